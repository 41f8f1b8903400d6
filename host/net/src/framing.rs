//! Websocket frames, cut where they were read.
//!
//! What venues send is whole text and binary frames, and those are only looked at: in the buffer that
//! the socket filled, without a copy. All else (control frames, fragments, the goodbye, whatever
//! breaks a rule) goes to tungstenite, one frame at a time, so that the protocol stands in one
//! well-kept place. See docs/decisions, "Frames are cut where they were read".

use std::io::{self, Read, Write};
use std::mem::swap;

use patchbay_abi::{OPCODE_BINARY, OPCODE_PING, OPCODE_PONG, OPCODE_TEXT};
use tungstenite::protocol::frame::{CloseFrame, Utf8Bytes};
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Error, Message};

use crate::batch::Batch;
use crate::transport::Frame;

/// Bytes that may wait to be sent before more are taken.
const OWED_MAX: usize = 64 * 1024;

/// Tungstenite sees a frame at a time, and clears this much before each.
const ODD_BUFFER: usize = 1024;

/// The last frame of a message, without reserved bits (RFC 6455, section 5.2).
const WHOLE_TEXT: u8 = 0x81;
const WHOLE_BINARY: u8 = 0x82;

/// Both directions of a client's websocket after its handshake, without the socket.
pub struct Framing {
    context: WebSocketContext,
    pipe: Pipe,
    /// What came behind the last whole frame.
    rest: Vec<u8>,
    /// The first fragment of a message has come and the last has not.
    fragments: bool,
    message_max: usize,
}

/// How a venue ended the conversation.
#[derive(Debug)]
pub enum Over {
    /// With a goodbye; its code and reason, if it gave them.
    Goodbye(Option<(u16, String)>),
    /// Otherwise.
    Broken(Error),
}

impl From<Error> for Over {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl Framing {
    /// `rest` is what came behind the answer to the handshake.
    pub fn new(rest: Vec<u8>, message_max: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(ODD_BUFFER)
            .write_buffer_size(0)
            .max_write_buffer_size(message_max)
            .max_message_size(Some(message_max))
            .max_frame_size(Some(message_max));
        let context = WebSocketContext::new(Role::Client, Some(config));
        Self { context, pipe: Pipe::default(), rest, fragments: false, message_max }
    }

    /// Adds to `batch` what `read` appends to its bytes, until `read` has no more to give for now
    /// (`None`), the stream has ended (`Some(0)`) or the batch is full.
    ///
    /// # Errors
    /// The conversation is over; frames before its end are in `batch`.
    pub fn take(
        &mut self,
        batch: &mut Batch,
        mut read: impl FnMut(&mut Vec<u8>) -> io::Result<Option<usize>>,
    ) -> Result<(), Over> {
        if batch.bytes.is_empty() {
            swap(&mut batch.bytes, &mut self.rest);
        } else {
            batch.bytes.append(&mut self.rest);
        }
        let result = self.take_all(batch, &mut read);
        if batch.uncut == 0 {
            swap(&mut batch.bytes, &mut self.rest);
        } else {
            self.rest.extend_from_slice(&batch.bytes[batch.uncut..]);
            batch.bytes.truncate(batch.uncut);
        }
        result
    }

    fn take_all(
        &mut self,
        batch: &mut Batch,
        read: &mut impl FnMut(&mut Vec<u8>) -> io::Result<Option<usize>>,
    ) -> Result<(), Over> {
        self.cut(batch)?;
        while !batch.is_full() {
            batch.reserve();
            match read(&mut batch.bytes).map_err(Error::Io)? {
                None => return Ok(()),
                Some(0) => return self.end(batch),
                Some(_) => self.cut(batch)?,
            }
        }
        Ok(())
    }

    /// Marks the frames that are whole.
    fn cut(&mut self, batch: &mut Batch) -> Result<(), Over> {
        while let Some(head) = Head::of(&batch.bytes[batch.uncut..]) {
            let start = batch.uncut + head.size;
            if head.len > self.message_max as u64 {
                // Tungstenite refuses it by its head.
                return self.odd(batch, start);
            }
            let (len, whole) = (head.len as usize, start + head.len as usize);
            let Some(payload) = batch.bytes.get(start..whole) else { return Ok(()) };
            let opcode = match head.first {
                _ if head.masked || self.fragments => None,
                WHOLE_TEXT if simdutf8::basic::from_utf8(payload).is_ok() => Some(OPCODE_TEXT),
                WHOLE_BINARY => Some(OPCODE_BINARY),
                _ => None,
            };
            match opcode {
                Some(opcode) => {
                    batch.mark(opcode, start, len);
                    batch.uncut = whole;
                }
                None => {
                    // Opcodes below 8 carry data; the first bit says that it is the last fragment.
                    if head.first & 0x0f < 8 {
                        self.fragments = head.first & 0x80 == 0;
                    }
                    self.odd(batch, whole)?;
                }
            }
        }
        Ok(())
    }

    /// Gives tungstenite what lies up to `end`; the message that it makes of it stands there then.
    fn odd(&mut self, batch: &mut Batch, end: usize) -> Result<(), Over> {
        self.pipe.shown.clear();
        self.pipe.shown.extend_from_slice(&batch.bytes[batch.uncut..end]);
        self.pipe.seen = 0;
        let mut made = None;
        let over = loop {
            match self.context.read(&mut self.pipe) {
                Ok(Message::Text(text)) => made = Some((OPCODE_TEXT, text.into())),
                Ok(Message::Binary(data)) => made = Some((OPCODE_BINARY, data)),
                Ok(Message::Ping(_)) => batch.pings += 1,
                Ok(Message::Pong(_)) => batch.pongs += 1,
                Ok(Message::Close(frame)) => {
                    // Its answer; what hinders that is of no interest any more.
                    drop(self.context.flush(&mut self.pipe));
                    break Err(Over::Goodbye(frame.map(told)));
                }
                Ok(Message::Frame(_)) => {}
                Err(error) if would_block(&error) => break Ok(()),
                Err(error) => break Err(Over::Broken(error)),
            }
        };
        let (start, data) = (batch.uncut, made.as_ref().map_or(&[][..], |(_, data)| data));
        batch.bytes.splice(start..end, data.iter().copied());
        batch.uncut += data.len();
        if let Some((opcode, data)) = &made {
            batch.mark(*opcode, start, data.len());
        }
        over
    }

    /// The stream ended.
    fn end(&mut self, batch: &mut Batch) -> Result<(), Over> {
        self.pipe.ended = true;
        self.odd(batch, batch.bytes.len())
    }

    /// Whether a frame would be taken now. If not, what is [owed](Self::owed) has to leave first.
    pub fn is_ready(&self) -> bool {
        self.pipe.owed.len() < OWED_MAX
    }

    /// Puts a frame, masked, behind what is owed to the venue.
    ///
    /// # Errors
    /// It cannot be sent any more.
    pub fn send(&mut self, frame: Frame) -> Result<(), Error> {
        let message = match frame.opcode {
            OPCODE_PING => Message::Ping(frame.data),
            OPCODE_PONG => Message::Pong(frame.data),
            OPCODE_TEXT => match Utf8Bytes::try_from(frame.data.clone()) {
                Ok(text) => Message::Text(text),
                Err(_) => Message::Binary(frame.data),
            },
            _ => Message::Binary(frame.data),
        };
        accepted(self.context.write(&mut self.pipe, message))
    }

    /// Puts a goodbye behind what is owed.
    ///
    /// # Errors
    /// It cannot be sent any more.
    pub fn close(&mut self, code: u16, reason: &str) -> Result<(), Error> {
        let frame = CloseFrame { code: code.into(), reason: reason.into() };
        accepted(self.context.close(&mut self.pipe, Some(frame)))
    }

    /// Bytes for the venue: frames, and answers to its pings and goodbye. The front is taken away as
    /// it is sent.
    ///
    /// # Errors
    /// There can be no more.
    pub fn owed(&mut self) -> Result<&mut Vec<u8>, Error> {
        if self.pipe.refused && self.is_ready() {
            self.pipe.refused = false;
            accepted(self.context.flush(&mut self.pipe))?;
        }
        Ok(&mut self.pipe.owed)
    }
}

/// The head of a frame (RFC 6455, section 5.2).
struct Head {
    /// Last fragment, reserved bits, opcode.
    first: u8,
    masked: bool,
    /// Bytes of the head.
    size: usize,
    /// Bytes of the payload.
    len: u64,
}

impl Head {
    /// The head at the front of `bytes`, if all of it is there.
    fn of(bytes: &[u8]) -> Option<Self> {
        let [first, second, rest @ ..] = bytes else { return None };
        let (size, len) = match second & 0x7f {
            126 => (4, u16::from_be_bytes(*rest.first_chunk()?).into()),
            127 => (10, u64::from_be_bytes(*rest.first_chunk()?)),
            len => (2, len.into()),
        };
        let masked = second & 0x80 != 0;
        let size = if masked { size + 4 } else { size };
        (bytes.len() >= size).then_some(Self { first: *first, masked, size, len })
    }
}

fn told(frame: CloseFrame) -> (u16, String) {
    (frame.code.into(), frame.reason.as_str().to_owned())
}

fn would_block(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == io::ErrorKind::WouldBlock)
}

/// What the pipe has no room for waits in tungstenite's own bounded buffer.
fn accepted(result: Result<(), Error>) -> Result<(), Error> {
    result.or_else(|error| if would_block(&error) { Ok(()) } else { Err(error) })
}

/// The stream as tungstenite sees it: a frame to be read, and room for what it says.
#[derive(Default)]
struct Pipe {
    shown: Vec<u8>,
    /// Bytes of `shown` that were read.
    seen: usize,
    /// Nothing comes after `shown`.
    ended: bool,
    owed: Vec<u8>,
    /// Something was not taken.
    refused: bool,
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = (&self.shown[self.seen..]).read(into)?;
        self.seen += count;
        match count {
            0 if !self.ended => Err(io::ErrorKind::WouldBlock.into()),
            count => Ok(count),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.owed.len() >= OWED_MAX {
            self.refused = true;
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.owed.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
