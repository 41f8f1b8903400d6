//! The same bytes of a venue through `Framing` and through tungstenite alone.
#![allow(unreachable_pub, clippy::unwrap_used, reason = "a part of tests")]

use std::io::{self, Read, Write};

use patchbay_net::{Batch, Framing, Over};
use tungstenite::protocol::{Role, WebSocket, WebSocketConfig};
use tungstenite::{Error, Message};

/// What was made of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Opcode and payload.
    pub frames: Vec<(u32, Vec<u8>)>,
    pub pings: u32,
    pub pongs: u32,
    /// Opcode and unmasked payload of each frame that is owed to the venue.
    pub owed: Vec<(u8, Vec<u8>)>,
    /// Why it is over.
    pub end: String,
}

/// Cut where they were read, with a wake-up for each chunk; the stream ends after the last one.
pub fn ours(chunks: &[&[u8]], message_max: usize) -> Heard {
    let mut framing = Framing::new(Vec::new(), message_max);
    let (mut heard, mut batch, mut chunks) = (Heard::default(), Batch::default(), chunks.iter());
    let over = loop {
        let mut next = Some(chunks.next());
        let taken = framing.take(&mut batch, |bytes| match next.take() {
            None => Ok(None),
            Some(None) => Ok(Some(0)),
            Some(Some(chunk)) => {
                bytes.extend_from_slice(chunk);
                // Nothing read is an end; an empty chunk is a wake-up for nothing.
                Ok((!chunk.is_empty()).then_some(chunk.len()))
            }
        });
        heard.frames.extend(batch.frames().map(|(opcode, data)| (opcode, data.to_vec())));
        heard.pings += batch.pings;
        heard.pongs += batch.pongs;
        batch.clear();
        if let Err(over) = taken {
            break over;
        }
    };
    heard.end = match over {
        Over::Goodbye(frame) => format!("{frame:?}"),
        Over::Broken(error) => error.to_string(),
    };
    if let Ok(owed) = framing.owed() {
        heard.owed = unmasked(owed);
    }
    heard
}

/// As the library reads them.
pub fn theirs(chunks: &[&[u8]], message_max: usize) -> Heard {
    let config = WebSocketConfig::default()
        .write_buffer_size(0)
        .max_message_size(Some(message_max))
        .max_frame_size(Some(message_max));
    let stream = Chunks {
        chunks: chunks.iter().map(|chunk| chunk.to_vec()).collect(),
        at: 0,
        owed: Vec::new(),
    };
    let mut socket = WebSocket::from_raw_socket(stream, Role::Client, Some(config));
    let mut heard = Heard::default();
    heard.end = loop {
        match socket.read() {
            Ok(Message::Text(text)) => heard.frames.push((1, text.as_bytes().to_vec())),
            Ok(Message::Binary(data)) => heard.frames.push((2, data.to_vec())),
            Ok(Message::Ping(_)) => heard.pings += 1,
            Ok(Message::Pong(_)) => heard.pongs += 1,
            Ok(Message::Frame(_)) => unreachable!("never read"),
            Ok(Message::Close(frame)) => {
                let _answered = socket.flush();
                let frame = frame.map(|f| (u16::from(f.code), f.reason.as_str().to_owned()));
                break format!("{frame:?}");
            }
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => break error.to_string(),
        }
    };
    heard.owed = unmasked(&socket.get_ref().owed);
    heard
}

/// A stream that gives a chunk at a time, and takes everything.
struct Chunks {
    chunks: Vec<Vec<u8>>,
    at: usize,
    owed: Vec<u8>,
}

impl Read for Chunks {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(chunk) = self.chunks.get_mut(self.at) else { return Ok(0) };
        if chunk.is_empty() {
            self.at += 1;
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = chunk.as_slice().read(into)?;
        chunk.drain(..count);
        Ok(count)
    }
}

impl Write for Chunks {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.owed.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Control frames of a client: a head of two bytes, a mask of four, at most 125 bytes.
fn unmasked(mut owed: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, mask @ ..] = owed {
        let (mask, rest) = mask.split_first_chunk::<4>().unwrap();
        assert!(second & 0x80 != 0, "a client masks");
        let (payload, rest) = rest.split_at(usize::from(second & 0x7f));
        let clear = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
        frames.push((*first, clear.collect()));
        owed = rest;
    }
    frames
}
