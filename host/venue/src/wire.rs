//! Websocket frames (RFC 6455, 5.2). Written here rather than by a library, so that they can be
//! broken.

/// Bytes of a client's message at most; Binance's are far smaller.
const MAX_MESSAGE: usize = 64 << 10;

/// What a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Text(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close,
}

/// What a client must not send; the close code that answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Violation(pub(crate) u16);

pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;
const CONTINUATION: u8 = 0;

/// Appends the header of a frame of `len` bytes.
pub(crate) fn header(out: &mut Vec<u8>, fin: bool, opcode: u8, len: usize) {
    out.push(if fin { 0x80 | opcode } else { opcode });
    match len {
        0..126 => out.push(len as u8),
        126..0x1_0000 => {
            out.push(126);
            out.extend_from_slice(&(len as u16).to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
}

/// Appends a whole frame.
pub(crate) fn frame(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    header(out, true, opcode, payload.len());
    out.extend_from_slice(payload);
}

/// Appends a close frame.
pub(crate) fn close(out: &mut Vec<u8>, code: u16, why: &str) {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(why.as_bytes());
    frame(out, CLOSE, &payload);
}

/// Appends a text, or what the opcode says, as fragments, a ping after the first.
pub(crate) fn fragments(out: &mut Vec<u8>, opcode: u8, payload: &[u8], pieces: usize) {
    let size = payload.len().div_ceil(pieces.max(1)).max(1);
    let count = payload.len().div_ceil(size).max(1);
    for place in 0..count {
        let piece = &payload[place * size..payload.len().min((place + 1) * size)];
        let opcode = if place == 0 { opcode } else { CONTINUATION };
        header(out, place + 1 == count, opcode, piece.len());
        out.extend_from_slice(piece);
        if place == 0 && count > 1 {
            frame(out, PING, b"between");
        }
    }
}

/// Takes a client's bytes apart.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    buffer: Vec<u8>,
    /// A message whose last fragment has not come.
    partial: Option<Vec<u8>>,
}

impl Reader {
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next message, `None` until more bytes have come.
    pub(crate) fn next(&mut self) -> Result<Option<Message>, Violation> {
        while let Some((fin, opcode, payload)) = self.take_frame()? {
            match opcode {
                PING => return Ok(Some(Message::Ping(payload))),
                PONG => return Ok(Some(Message::Pong(payload))),
                CLOSE => return Ok(Some(Message::Close)),
                TEXT | BINARY if self.partial.is_none() && fin => {
                    return Ok(Some(Message::Text(payload)));
                }
                TEXT | BINARY if self.partial.is_none() => self.partial = Some(payload),
                CONTINUATION => {
                    let mut whole = self.partial.take().ok_or(Violation(1002))?;
                    if whole.len() + payload.len() > MAX_MESSAGE {
                        return Err(Violation(1009));
                    }
                    whole.extend_from_slice(&payload);
                    if fin {
                        return Ok(Some(Message::Text(whole)));
                    }
                    self.partial = Some(whole);
                }
                _ => return Err(Violation(1002)),
            }
        }
        Ok(None)
    }

    fn take_frame(&mut self) -> Result<Option<(bool, u8, Vec<u8>)>, Violation> {
        let [first, second, rest @ ..] = self.buffer.as_slice() else { return Ok(None) };
        let (fin, opcode) = (first & 0x80 != 0, first & 0x0f);
        // Clients must mask, and no extension was agreed on.
        if second & 0x80 == 0 || first & 0x70 != 0 {
            return Err(Violation(1002));
        }
        let (len, width) = match (second & 0x7f, rest) {
            (126, [a, b, ..]) => (usize::from(u16::from_be_bytes([*a, *b])), 2),
            (126, _) => return Ok(None),
            (127, _) => return Err(Violation(1009)),
            (len, _) => (usize::from(len), 0),
        };
        if len > MAX_MESSAGE || (opcode >= CLOSE && (len > 125 || !fin)) {
            return Err(Violation(if len > MAX_MESSAGE { 1009 } else { 1002 }));
        }
        let Some(body) = rest.get(width..width + 4 + len) else { return Ok(None) };
        let (mask, masked) = body.split_at(4);
        let payload = masked.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m).collect();
        self.buffer.drain(..2 + width + 4 + len);
        Ok(Some((fin, opcode, payload)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut out = vec![first, 0x80 | payload.len() as u8, 1, 2, 3, 4];
        out.extend(payload.iter().zip([1, 2, 3, 4].iter().cycle()).map(|(b, m)| b ^ m));
        out
    }

    #[test]
    fn reads_what_is_split_anywhere() {
        let mut bytes = masked(0x01, b"{\"a\"");
        bytes.extend(masked(0x89, b"hi"));
        bytes.extend(masked(0x80, b":1}"));
        let mut reader = Reader::default();
        let mut messages = Vec::new();
        for byte in bytes {
            reader.feed(&[byte]);
            messages.extend(reader.next().unwrap());
        }
        assert_eq!(messages, [Message::Ping(b"hi".to_vec()), Message::Text(b"{\"a\":1}".to_vec())]);
    }

    #[test]
    fn refuses_violations() {
        for (bytes, code) in [
            (vec![0x81, 0x01, b'x'], 1002),
            (masked(0xc1, b"x"), 1002),
            (masked(0x80, b"x"), 1002),
            (vec![0x81, 0xff, 0, 0], 1009),
            (masked(0x09, b"x"), 1002),
        ] {
            let mut reader = Reader::default();
            reader.feed(&bytes);
            assert_eq!(reader.next(), Err(Violation(code)), "{bytes:?}");
        }
    }

    #[test]
    fn fragments_are_the_message() {
        let mut out = Vec::new();
        fragments(&mut out, TEXT, b"abcdefg", 3);
        assert_eq!(out, b"\x01\x03abc\x89\x07between\x00\x03def\x80\x01g");
        out.clear();
        fragments(&mut out, TEXT, b"", 3);
        assert_eq!(out, [0x81, 0]);
    }
}
