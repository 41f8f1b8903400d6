//! Heads of requests and answers.

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::address::Address;
use crate::fault::Fault;

/// Headers that an answer may have.
const HEADERS_MAX: usize = 128;

/// A request being written.
pub(crate) struct RequestText {
    host: String,
    text: Vec<u8>,
}

impl RequestText {
    /// The request line and the headers that the host adds.
    ///
    /// # Errors
    /// [`Fault::Injection`].
    pub(crate) fn new(address: &Address, method: &str, path: &str) -> Result<Self, Fault> {
        let host = address.host.clone();
        let inject = |what: &str| Fault::Injection { host: host.clone(), what: what.to_owned() };
        if method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(inject("the method"));
        }
        if !path.starts_with('/') || path.bytes().any(|b| b <= b' ' || b == 0x7f) {
            return Err(inject("the path"));
        }
        // Enough for every request but those with a long body, so that no shorter copy of a
        // signature is left behind by growing.
        let mut text = Vec::with_capacity(4096);
        for part in [method, " ", path, " HTTP/1.1\r\nHost: ", &address.authority(), "\r\n"] {
            text.extend_from_slice(part.as_bytes());
        }
        let mut request = Self { host, text };
        request.header("User-Agent", concat!("patchbay/", env!("CARGO_PKG_VERSION")))?;
        Ok(request)
    }

    /// Adds a header.
    ///
    /// # Errors
    /// [`Fault::Injection`].
    pub(crate) fn header(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        let plain = |b: u8| b == b'\t' || (b >= b' ' && b != 0x7f);
        if name.is_empty() || !name.bytes().all(token) || !value.bytes().all(plain) {
            let shown: String = name.chars().filter(char::is_ascii_graphic).take(64).collect();
            let what = format!("the header {shown}");
            return Err(Fault::Injection { host: self.host.clone(), what });
        }
        for part in [name, ": ", value, "\r\n"] {
            self.text.extend_from_slice(part.as_bytes());
        }
        Ok(())
    }

    /// The bytes to send.
    pub(crate) fn finish(mut self, body: &[u8]) -> Vec<u8> {
        self.text.extend_from_slice(b"\r\n");
        self.text.extend_from_slice(body);
        self.text
    }
}

/// How long a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Known(usize),
    Chunked,
    UntilClose,
}

/// The head of an answer.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) length: Length,
    pub(crate) keeps_alive: bool,
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a head, and what came with it of the body. Interim answers (1xx, but 101) are skipped.
///
/// # Errors
/// Cut, too large or not HTTP.
pub(crate) async fn read_head(
    stream: &mut (impl AsyncRead + Unpin),
    host: &str,
    limit: usize,
) -> Result<(Head, Vec<u8>), Fault> {
    let mut bytes = Vec::with_capacity(4096);
    let mut total = 0;
    loop {
        while let Some((head, used)) = parse(host, &bytes)? {
            bytes.drain(..used);
            if head.status >= 200 || head.status == 101 {
                return Ok((head, bytes));
            }
        }
        if total >= limit {
            return Err(Fault::too_large(host, "the head of its answer", limit));
        }
        let found = stream.read_buf(&mut bytes).await.map_err(|e| Fault::io(host, e))?;
        if found == 0 {
            return Err(Fault::Truncated { host: host.to_owned(), found: total });
        }
        total += found;
    }
}

fn parse(host: &str, bytes: &[u8]) -> Result<Option<(Head, usize)>, Fault> {
    let mut room = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Response::new(&mut room);
    let bad = |error: httparse::Error| Fault::protocol(host, format!("no HTTP answer: {error}"));
    let used = match parsed.parse(bytes).map_err(bad)? {
        httparse::Status::Complete(used) => used,
        httparse::Status::Partial => return Ok(None),
    };
    let headers: Vec<(String, String)> = parsed
        .headers
        .iter()
        .map(|h| (h.name.to_ascii_lowercase(), String::from_utf8_lossy(h.value).into_owned()))
        .collect();
    let length = length(host, &headers)?;
    let connection = headers.iter().find(|(n, _)| n == "connection").map(|(_, v)| v.as_str());
    let closes = connection.is_some_and(|v| v.eq_ignore_ascii_case("close"));
    let keeps_alive = parsed.version == Some(1) && !closes;
    let status = parsed.code.unwrap_or(0);
    Ok(Some((Head { status, headers, length, keeps_alive }, used)))
}

fn length(host: &str, headers: &[(String, String)]) -> Result<Length, Fault> {
    let mut length = Length::UntilClose;
    for (name, value) in headers {
        match name.as_str() {
            "transfer-encoding" if value.to_ascii_lowercase().ends_with("chunked") => {
                return Ok(Length::Chunked);
            }
            "transfer-encoding" => {
                return Err(Fault::protocol(host, "an unknown Transfer-Encoding"));
            }
            "content-length" => {
                let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
                let found = value.parse().ok().filter(|_| digits).map(Length::Known);
                let found = found.ok_or_else(|| Fault::protocol(host, "a bad Content-Length"))?;
                if length != Length::UntilClose && length != found {
                    return Err(Fault::protocol(host, "two different Content-Lengths"));
                }
                length = found;
            }
            _ => {}
        }
    }
    Ok(length)
}
