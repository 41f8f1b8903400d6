//! Bodies of answers.

use tokio::io::{AsyncRead, AsyncReadExt};

use super::head::{Head, Length};
use crate::fault::Fault;

/// What is allocated for a body before any of it has come.
const FIRST_ROOM: usize = 64 * 1024;

/// Most bytes of a line that announces a chunk, and of trailers.
const LINE_MAX: usize = 8 * 1024;

/// Reads the body that follows `head`, of which `rest` has come already. The flag says whether the
/// connection stands at the start of the next answer.
///
/// # Errors
/// [`Fault::Truncated`] if it ends early, [`Fault::TooLarge`], [`Fault::Protocol`].
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    host: &str,
    head: &Head,
    rest: Vec<u8>,
    method: &str,
    limit: usize,
) -> Result<(Vec<u8>, bool), Fault> {
    if method == "HEAD" || matches!(head.status, 101 | 204 | 304) {
        return Ok((Vec::new(), rest.is_empty()));
    }
    let reader = Reader { stream, host, bytes: rest, limit };
    match head.length {
        Length::Known(length) => reader.known(length).await,
        Length::Chunked => reader.chunked().await,
        Length::UntilClose => reader.until_close().await,
    }
}

struct Reader<'a, S> {
    stream: &'a mut S,
    host: &'a str,
    /// Read and not used.
    bytes: Vec<u8>,
    limit: usize,
}

impl<S: AsyncRead + Unpin> Reader<'_, S> {
    async fn known(mut self, length: usize) -> Result<(Vec<u8>, bool), Fault> {
        self.check(length)?;
        // Not all at once: a length is a claim.
        self.bytes.reserve(length.min(FIRST_ROOM).saturating_sub(self.bytes.len()));
        while self.bytes.len() < length {
            self.more().await?;
        }
        let whole = self.bytes.len() == length;
        self.bytes.truncate(length);
        Ok((self.bytes, whole))
    }

    async fn until_close(mut self) -> Result<(Vec<u8>, bool), Fault> {
        loop {
            self.check(self.bytes.len())?;
            let found = self.stream.read_buf(&mut self.bytes).await;
            // Without close_notify TLS reports an error: the end cannot be told from a cut.
            if found.map_err(|error| Fault::io(self.host, error))? == 0 {
                return Ok((self.bytes, false));
            }
        }
    }

    async fn chunked(mut self) -> Result<(Vec<u8>, bool), Fault> {
        let mut body = Vec::new();
        loop {
            let size = self.chunk_size().await?;
            if size == 0 {
                break;
            }
            self.check(body.len().saturating_add(size))?;
            while self.bytes.len() < size + 2 {
                self.more().await?;
            }
            if &self.bytes[size..size + 2] != b"\r\n" {
                return Err(Fault::protocol(self.host, "a chunk without its end"));
            }
            body.extend_from_slice(&self.bytes[..size]);
            self.bytes.drain(..size + 2);
        }
        // Trailers, up to the empty line.
        while !self.bytes.starts_with(b"\r\n") {
            match self.bytes.windows(2).position(|pair| pair == b"\r\n") {
                Some(end) => drop(self.bytes.drain(..end + 2)),
                None if self.bytes.len() > LINE_MAX => {
                    return Err(Fault::too_large(self.host, "its trailer", LINE_MAX));
                }
                None => self.more().await?,
            }
        }
        Ok((body, self.bytes.len() == 2))
    }

    async fn chunk_size(&mut self) -> Result<usize, Fault> {
        loop {
            match httparse::parse_chunk_size(&self.bytes) {
                Ok(httparse::Status::Complete((used, size))) => {
                    self.bytes.drain(..used);
                    return usize::try_from(size)
                        .map_err(|_| Fault::too_large(self.host, "a chunk", self.limit));
                }
                Ok(httparse::Status::Partial) if self.bytes.len() <= LINE_MAX => {
                    self.more().await?;
                }
                _ => return Err(Fault::protocol(self.host, "a bad chunk size")),
            }
        }
    }

    fn check(&self, length: usize) -> Result<(), Fault> {
        if length > self.limit {
            return Err(Fault::too_large(self.host, "the body of its answer", self.limit));
        }
        Ok(())
    }

    async fn more(&mut self) -> Result<(), Fault> {
        let found = self.stream.read_buf(&mut self.bytes).await;
        match found.map_err(|error| Fault::io(self.host, error))? {
            0 => Err(Fault::Truncated { host: self.host.to_owned(), found: self.bytes.len() }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::head::read_head;
    use super::*;

    async fn answer(text: &[u8], limit: usize) -> Result<(u16, Vec<u8>, bool), Fault> {
        let mut stream = text;
        let (head, rest) = read_head(&mut stream, "h", 1024).await?;
        let (body, whole) = read(&mut stream, "h", &head, rest, "GET", limit).await?;
        Ok((head.status, body, whole && head.keeps_alive))
    }

    #[tokio::test]
    async fn known_chunked_and_until_close() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(answer(text, 9).await.unwrap(), (200, b"abc".to_vec(), true));
        let text = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 418 x\r\nTransfer-Encoding: chunked\r\n\
            \r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nTrailer: t\r\n\r\n";
        assert_eq!(answer(text, 9).await.unwrap(), (418, b"abc".to_vec(), true));
        let text = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc";
        assert_eq!(answer(text, 9).await.unwrap(), (200, b"abc".to_vec(), false));
        let text = b"HTTP/1.1 204 No\r\n\r\n";
        assert_eq!(answer(text, 9).await.unwrap(), (204, Vec::new(), true));
    }

    #[tokio::test]
    async fn cut_and_too_large() {
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
            "HTTP/1.1 200 OK\r\nContent-Len",
            "",
        ] {
            let fault = answer(text.as_bytes(), 9).await.unwrap_err();
            assert!(matches!(fault, Fault::Truncated { .. }), "{text}: {fault}");
        }
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n",
            "HTTP/1.1 200 OK\r\n\r\n0123456789",
        ] {
            let fault = answer(text.as_bytes(), 9).await.unwrap_err();
            assert!(matches!(fault, Fault::TooLarge { .. }), "{text}: {fault}");
        }
        let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(9000));
        assert!(matches!(answer(long.as_bytes(), 9).await, Err(Fault::TooLarge { .. }) | Ok(_)));
    }

    #[tokio::test]
    async fn what_is_not_http() {
        for text in [
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
        ] {
            let fault = answer(text.as_bytes(), 9).await.unwrap_err();
            assert!(matches!(fault, Fault::Protocol { .. }), "{text}: {fault}");
        }
    }
}
