//! An outgoing message with places for secrets, as the adapter gave it.

use std::fmt;

use patchbay_abi::{
    SECRET_ED25519, SECRET_HMAC_SHA256, SECRET_HMAC_SHA512, SECRET_JWT_ES256, SECRET_JWT_HS256,
    SECRET_JWT_HS512, SECRET_KEY_ID, SECRET_NONCE, SECRET_PASSPHRASE, SECRET_SECRET, SECRET_SHA512,
    SECRET_TOKEN, SECRET_WALL_TIME, TARGET_BODY, TARGET_HEADER, TARGET_PATH, TARGET_SCRATCH,
};
use patchbay_plugin::{Connect, Header, Http, Secret, Send};

/// The texts of a request.
#[derive(Clone, Copy)]
pub(crate) struct Message<'a> {
    /// Method and base, for operators.
    pub(super) title: (&'a str, &'a str),
    /// The URL of a connection, or the path of a request; `None` for a frame.
    pub(super) path: Option<&'a str>,
    pub(super) headers: &'a [Header],
    /// `None` for a connection.
    pub(super) body: Option<&'a [u8]>,
    pub(super) scratch: &'a [String],
    pub(super) secrets: &'a [Secret],
}

impl<'a> Message<'a> {
    /// The text that `TARGET_*` and an index name.
    pub(super) fn text(&self, target: u32, index: usize) -> Option<&'a [u8]> {
        match target {
            TARGET_PATH => self.path.map(str::as_bytes),
            TARGET_HEADER => self.headers.get(index).map(|(_, value)| value.as_bytes()),
            TARGET_BODY => self.body,
            TARGET_SCRATCH => self.scratch.get(index).map(String::as_bytes),
            _ => None,
        }
    }
}

impl<'a> From<&'a Http> for Message<'a> {
    fn from(http: &'a Http) -> Self {
        Self {
            title: (&http.method, &http.base),
            path: Some(&http.path),
            headers: &http.headers,
            body: Some(&http.body),
            scratch: &http.scratch,
            secrets: &http.secrets,
        }
    }
}

impl<'a> From<&'a Connect> for Message<'a> {
    fn from(connect: &'a Connect) -> Self {
        Self {
            title: ("CONNECT", ""),
            path: Some(&connect.url),
            headers: &connect.headers,
            body: None,
            scratch: &connect.scratch,
            secrets: &connect.secrets,
        }
    }
}

impl<'a> From<&'a Send> for Message<'a> {
    fn from(send: &'a Send) -> Self {
        Self {
            title: ("SEND", ""),
            path: None,
            headers: &[],
            body: Some(&send.payload),
            scratch: &send.scratch,
            secrets: &send.secrets,
        }
    }
}

/// A request as logs may show it: `<signature>` and the like where the host fills something in.
///
/// Made from what the adapter gave, which holds no secret; what is filled in is never near it.
pub struct Redacted<'a>(Message<'a>);

impl<'a> Redacted<'a> {
    /// Of an HTTPS request.
    pub fn http(http: &'a Http) -> Self {
        Self(http.into())
    }

    /// Of a connection.
    pub fn connect(connect: &'a Connect) -> Self {
        Self(connect.into())
    }

    /// Of a frame.
    pub fn send(send: &'a Send) -> Self {
        Self(send.into())
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = &self.0;
        let (method, base) = message.title;
        write!(f, "{method} {base}")?;
        if message.path.is_some() {
            marked(f, message, TARGET_PATH, 0)?;
        }
        for (index, (name, _)) in message.headers.iter().enumerate() {
            write!(f, " | {name}: ")?;
            marked(f, message, TARGET_HEADER, index)?;
        }
        let filled = message.secrets.iter().any(|slot| slot.target == TARGET_BODY);
        if filled || message.body.is_some_and(|body| !body.is_empty()) {
            f.write_str(" | ")?;
            marked(f, message, TARGET_BODY, 0)?;
        }
        Ok(())
    }
}

/// Most bytes of a text that are shown.
const SHOWN_MAX: usize = 1024;

fn marked(
    f: &mut fmt::Formatter<'_>,
    message: &Message<'_>,
    target: u32,
    index: usize,
) -> fmt::Result {
    let text = message.text(target, index).unwrap_or_default();
    let shown = &text[..text.len().min(SHOWN_MAX)];
    let here = |slot: &&Secret| slot.target == target && place(slot) == index;
    let mut slots: Vec<_> = message.secrets.iter().filter(here).collect();
    slots.sort_by_key(|slot| slot.offset);
    let mut at = 0;
    for slot in slots {
        let end = slot.offset.clamp(at, shown.len());
        write!(f, "{}<{}>", String::from_utf8_lossy(&shown[at..end]), name(slot.kind))?;
        at = end;
    }
    f.write_str(&String::from_utf8_lossy(&shown[at..]))?;
    if text.len() > shown.len() {
        write!(f, "... ({} bytes)", text.len())?;
    }
    Ok(())
}

/// The index of the text that a slot stands in, 0 where there is only one.
pub(super) const fn place(slot: &Secret) -> usize {
    match slot.target {
        TARGET_HEADER | TARGET_SCRATCH => slot.header,
        _ => 0,
    }
}

const fn name(kind: u32) -> &'static str {
    match kind {
        SECRET_KEY_ID => "key id",
        SECRET_SECRET => "secret",
        SECRET_PASSPHRASE => "passphrase",
        SECRET_TOKEN => "token",
        SECRET_WALL_TIME => "time",
        SECRET_NONCE => "nonce",
        SECRET_SHA512 => "digest",
        SECRET_HMAC_SHA256 | SECRET_HMAC_SHA512 | SECRET_ED25519 => "signature",
        SECRET_JWT_HS256 | SECRET_JWT_HS512 | SECRET_JWT_ES256 => "jwt",
        _ => "unknown",
    }
}
