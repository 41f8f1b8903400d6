//! HTTP/1.1, as much of it as an exchange's clients use.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes of a request's head at most.
const MAX_HEAD: usize = 16 << 10;
/// Bytes of a request's body at most; few calls of market data have one.
const MAX_BODY: usize = 64 << 10;

/// A request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) host: String,
    /// The key of a websocket upgrade.
    pub(crate) key: Option<String>,
    /// The client wants the connection to end.
    pub(crate) close: bool,
    /// Names in lower case, and values.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The value of a header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or_else(String::new, |(_, value)| value.clone())
    }
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// Reads a request; what follows it stays in `buffer`. `None` at the end of the connection.
///
/// # Errors
///
/// Those of the socket; `InvalidData` if it is no request.
pub(crate) async fn read<S: AsyncRead + Unpin>(
    socket: &mut S,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<Request>> {
    loop {
        if let Some((mut request, head, body)) = parse(buffer)? {
            while buffer.len() < head + body {
                if socket.read_buf(buffer).await? == 0 {
                    return Ok(None);
                }
            }
            request.body = buffer[head..head + body].to_vec();
            buffer.drain(..head + body);
            return Ok(Some(request));
        }
        if buffer.len() > MAX_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if socket.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// A whole head: the request, its length, the length of its body.
fn parse(bytes: &[u8]) -> io::Result<Option<(Request, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let head = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    };
    let mut request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        close: parsed.version == Some(0),
        ..Request::default()
    };
    let (mut upgrade, mut body) = (false, 0);
    for header in parsed.headers.iter() {
        let value = str::from_utf8(header.value).unwrap_or_default().trim();
        let name = header.name;
        request.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        if name.eq_ignore_ascii_case("host") {
            value.clone_into(&mut request.host);
        } else if name.eq_ignore_ascii_case("connection") {
            request.close |= value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("upgrade") {
            upgrade = value.eq_ignore_ascii_case("websocket");
        } else if name.eq_ignore_ascii_case("sec-websocket-key") {
            request.key = Some(value.to_owned());
        } else if name.eq_ignore_ascii_case("content-length") {
            let length: Option<usize> = value.parse().ok();
            let length = length.filter(|length| *length <= MAX_BODY);
            body = length.ok_or(io::ErrorKind::InvalidData)?;
        }
    }
    request.key = request.key.filter(|_| upgrade);
    Ok(Some((request, head, body)))
}

impl Response {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Its bytes.
    pub(crate) fn bytes(&self, close: bool) -> Vec<u8> {
        let reason = match self.status {
            200 => "OK",
            400 => "Bad Request",
            404 => "Not Found",
            405 => "Method Not Allowed",
            418 => "I'm a teapot",
            429 => "Too Many Requests",
            500..=599 => "Server Error",
            _ => "Other",
        };
        let mut text = format!(
            "HTTP/1.1 {} {reason}\r\nContent-Type: application/json;charset=UTF-8\r\n\
             Content-Length: {}\r\nConnection: {}\r\n",
            self.status,
            self.body.len(),
            if close { "close" } else { "keep-alive" }
        );
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += "\r\n";
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// The answer that makes a connection a websocket.
pub(crate) fn upgraded(key: &str) -> Vec<u8> {
    let accept = tokio_tungstenite::tungstenite::handshake::derive_accept_key(key.as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_requests() {
        let text = b"GET /api/v3/time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nrest";
        let (request, head, body) = parse(text).unwrap().unwrap();
        assert_eq!((request.target.as_str(), request.host.as_str()), ("/api/v3/time", "x"));
        assert_eq!((head, body, request.close, request.key), (text.len() - 4, 0, true, None));
        assert!(parse(&text[..30]).unwrap().is_none());
        assert!(parse(b"\0\0\0\0").is_err());
        let text = b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n";
        assert!(parse(text).is_err());
    }

    #[test]
    fn knows_upgrades() {
        let text = b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        let key = parse(text).unwrap().unwrap().0.key.unwrap();
        let answer = String::from_utf8(upgraded(&key)).unwrap();
        assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}"); // RFC 6455, 1.3
    }
}
