//! The handshake of a websocket. It is ours: it tells a refusal's status and `Retry-After`, has size
//! and time bounds, and writes no key to a log.

use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};
use tokio::io::AsyncWriteExt;
use zeroize::Zeroizing;

use crate::address::Address;
use crate::dial::Stream;
use crate::fault::Fault;
use crate::http::{Head, RequestText, read_head};
use crate::keyring::base64;
use crate::transport::Upgrade;

/// Asks for the websocket; what came behind the answer.
pub(crate) async fn handshake(
    stream: &mut Stream,
    address: &Address,
    upgrade: &Upgrade,
    head_max: usize,
) -> Result<Vec<u8>, Fault> {
    let host = &address.host;
    let key = nonce(host)?;
    let mut text = RequestText::new(address, "GET", address.path.expose())?;
    text.header("Connection", "Upgrade")?;
    text.header("Upgrade", "websocket")?;
    text.header("Sec-WebSocket-Version", "13")?;
    text.header("Sec-WebSocket-Key", &key)?;
    for (name, value) in &upgrade.headers {
        text.header(name, value.expose())?;
    }
    let text = Zeroizing::new(text.finish(&[]));
    stream.write_all(&text).await.map_err(|error| Fault::io(host, error))?;
    stream.flush().await.map_err(|error| Fault::io(host, error))?;
    let (head, rest) = read_head(stream, host, head_max).await?;
    check(host, &head, &key)?;
    Ok(rest)
}

fn nonce(host: &str) -> Result<String, Fault> {
    let mut bytes = [0; 16];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| Fault::protocol(host, "this machine gives no random bytes"))?;
    Ok(base64::encode(&bytes))
}

fn check(host: &str, head: &Head, key: &str) -> Result<(), Fault> {
    if head.status != 101 {
        let owned = |name| head.header(name).map(str::to_owned);
        let remedy = match head.status {
            429 | 418 => "the venue wants fewer attempts; nothing is sent until it allows",
            401 | 403 => "check the key, its permissions and the addresses that it is bound to",
            300..=399 => "redirects are not followed; check the URL",
            500..=599 => "the venue has a fault; it is tried again",
            _ => "check the URL",
        };
        let (retry_after, date) = (owned("retry-after"), owned("date"));
        let (host, status) = (host.to_owned(), head.status);
        return Err(Fault::Upgrade { host, status, remedy, retry_after, date });
    }
    let is = |name, wanted: &str| {
        let found = head.header(name).unwrap_or("");
        found.split(',').any(|word| word.trim().eq_ignore_ascii_case(wanted))
    };
    if !is("upgrade", "websocket") || !is("connection", "upgrade") {
        return Err(Fault::protocol(host, "status 101 without the websocket headers"));
    }
    // RFC 6455, section 1.3.
    let text = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    if head.header("sec-websocket-accept") != Some(&base64::encode(digest.as_ref())) {
        return Err(Fault::protocol(host, "a websocket answer to another question"));
    }
    if head.header("sec-websocket-extensions").is_some() {
        return Err(Fault::protocol(host, "a websocket extension that nobody offered"));
    }
    Ok(())
}
