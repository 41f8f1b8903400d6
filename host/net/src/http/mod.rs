//! A small HTTP/1.1 client: one request a connection at a time, kept alive, never repeated.

mod body;
mod head;
mod pool;

use std::time::Duration;

use patchbay_abi::{REPLY_LOST, REPLY_NOT_SENT, REPLY_TIMEOUT};
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use crate::address::Address;
use crate::dial::{Dialer, Stream};
use crate::fault::Fault;
use crate::transport::{Request, Response, Unanswered};
pub(crate) use head::{Head, RequestText, read_head};
use pool::Pool;

/// Size caps of an answer.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) head: usize,
    pub(crate) body: usize,
}

/// Makes requests over connections that it keeps.
pub(crate) struct Client {
    limits: Limits,
    pool: Pool,
}

/// How far a request has come: decides what its failure means.
#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Unsent,
    Sent,
}

impl Client {
    pub(crate) fn new(limits: Limits, idle_max: usize, idle_for: Duration) -> Self {
        Self { limits, pool: Pool::new(idle_max, idle_for) }
    }

    /// Makes the request, once.
    ///
    /// # Errors
    /// `REPLY_NOT_SENT` if no byte of it left, also when the time was up before; `REPLY_TIMEOUT` or
    /// `REPLY_LOST` after.
    pub(crate) async fn exchange(
        &self,
        dialer: &Dialer,
        request: &Request,
    ) -> Result<Response, Unanswered> {
        let deadline = Instant::now() + request.timeout;
        let mut phase = Phase::Unsent;
        match timeout_at(deadline, self.attempt(dialer, request, &mut phase)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(fault)) => {
                let error = if phase == Phase::Unsent { REPLY_NOT_SENT } else { REPLY_LOST };
                Err(Unanswered { error, fault })
            }
            Err(_) => {
                let host = Address::parse(&request.base).map(|a| a.host).unwrap_or_default();
                let (error, what) = match phase {
                    Phase::Unsent => (REPLY_NOT_SENT, "connection"),
                    Phase::Sent => (REPLY_TIMEOUT, "answer"),
                };
                Err(Unanswered { error, fault: Fault::timeout(&host, what, request.timeout) })
            }
        }
    }

    async fn attempt(
        &self,
        dialer: &Dialer,
        request: &Request,
        phase: &mut Phase,
    ) -> Result<Response, Fault> {
        let address = Address::parse(&request.base)?;
        let text = Zeroizing::new(compose(&address, request)?);
        let mut stream = match self.pool.take(&address).await {
            Some(stream) => stream,
            None => dialer.dial(&address).await?,
        };
        let host = &address.host;
        *phase = Phase::Sent;
        stream.write_all(&text).await.map_err(|error| Fault::io(host, error))?;
        stream.flush().await.map_err(|error| Fault::io(host, error))?;
        let (response, reusable) = self.answer(&mut stream, host, &request.method).await?;
        if reusable {
            self.pool.put(&address, stream);
        }
        Ok(response)
    }

    async fn answer(
        &self,
        stream: &mut Stream,
        host: &str,
        method: &str,
    ) -> Result<(Response, bool), Fault> {
        let (head, rest) = read_head(stream, host, self.limits.head).await?;
        let (body, whole) = body::read(stream, host, &head, rest, method, self.limits.body).await?;
        let reusable = whole && head.keeps_alive;
        Ok((Response { status: head.status, headers: head.headers, body }, reusable))
    }
}

fn compose(address: &Address, request: &Request) -> Result<Vec<u8>, Fault> {
    let prefix = address.path.expose().trim_end_matches('/');
    let path = Zeroizing::new(format!("{prefix}{}", request.path.expose()));
    let mut text = RequestText::new(address, &request.method, &path)?;
    let body = request.body.expose();
    if !body.is_empty() || matches!(request.method.as_str(), "POST" | "PUT") {
        text.header("Content-Length", &body.len().to_string())?;
    }
    for (name, value) in &request.headers {
        text.header(name, value.expose())?;
    }
    Ok(text.finish(body))
}
