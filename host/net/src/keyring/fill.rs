//! Fills places for secrets, in order.

use std::collections::BTreeMap;

use patchbay_abi::{
    ENCODE_BASE64, ENCODE_BASE64_PERCENT, ENCODE_HEX, ENCODE_ISO8601, ENCODE_MICROS, ENCODE_MILLIS,
    ENCODE_SECONDS, ENCODE_TEXT, SECRET_ED25519, SECRET_HMAC_SHA256, SECRET_JWT_ES256,
    SECRET_JWT_HS256, SECRET_KEY_ID, SECRET_WALL_TIME, TARGET_BODY, TARGET_HEADER, TARGET_PATH,
    TARGET_SCRATCH,
};
use patchbay_plugin::Secret;
use thiserror::Error;
use zeroize::Zeroizing;

use super::message::{Message, place};
use super::{base64, sign};
use crate::hidden::Hidden;
use crate::transport::HeaderText;

/// Room for what a slot puts in, so that a text is not moved, leaving a copy behind.
const SLOT_ROOM: usize = 2048;

/// Most slots of a message.
const SLOTS_MAX: usize = 64;

/// Why a message could not be filled. Shows nothing of a key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FillError {
    /// The adapter asked for what makes no sense.
    #[error("place {number} for a secret is invalid: {what}; the adapter is wrong")]
    Slot {
        /// From 0.
        number: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// There is no such key.
    #[error("the secret store has no key {name:?}; add {name}.toml")]
    Key {
        /// Its name.
        name: String,
    },
    /// The key lacks something.
    #[error("key {name:?} has no {part}, which this venue needs; add it to {name}.toml")]
    Part {
        /// Name of the key.
        name: String,
        /// What it lacks.
        part: &'static str,
    },
    /// No reply has given such a token yet.
    #[error("no token {name:?} is kept; the login that gives it has not succeeded")]
    Token {
        /// Its name.
        name: String,
    },
}

/// A message as it leaves.
pub(crate) struct Filled {
    pub(crate) path: Hidden<String>,
    pub(crate) headers: Vec<HeaderText>,
    pub(crate) body: Hidden<Vec<u8>>,
}

/// One text on its way.
struct Text {
    bytes: Zeroizing<Vec<u8>>,
    /// Offset in the text as given, and length, of what was put in.
    inserted: Vec<(usize, usize)>,
}

impl Text {
    fn new(given: &[u8], room: usize) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(given.len() + room));
        bytes.extend_from_slice(given);
        Self { bytes, inserted: Vec::new() }
    }

    /// What stands before `offset` of the given text now, `behind` it all that was put in there.
    fn position(&self, offset: usize, behind: bool) -> usize {
        let before = |at: usize| at < offset || (behind && at == offset);
        let inserted = self.inserted.iter().filter(|(at, _)| before(*at));
        offset + inserted.map(|(_, len)| len).sum::<usize>()
    }

    fn insert(&mut self, offset: usize, value: &[u8]) {
        let at = self.position(offset, true);
        let old = self.bytes.len();
        self.bytes.resize(old + value.len(), 0);
        self.bytes.copy_within(at..old, at + value.len());
        self.bytes[at..at + value.len()].copy_from_slice(value);
        self.inserted.push((offset, value.len()));
    }

    fn covered(&self, from: usize, to: usize) -> &[u8] {
        let end = if to == usize::MAX { self.bytes.len() } else { self.position(to, true) };
        &self.bytes[self.position(from, false)..end]
    }
}

/// Whether every slot makes sense.
///
/// # Errors
/// [`FillError::Slot`].
pub(crate) fn check(message: &Message<'_>) -> Result<(), FillError> {
    for (number, slot) in message.secrets.iter().enumerate() {
        let refuse = |what| Err(FillError::Slot { number, what });
        if number >= SLOTS_MAX {
            return refuse("there are more than 64");
        }
        let Some(text) = message.text(slot.target, slot.header) else {
            return refuse("the message has no such text");
        };
        if slot.offset > text.len() {
            return refuse("its offset is beyond the text");
        }
        let boundary = |text: &[u8], at: usize| text.get(at).is_none_or(|b| b & 0xc0 != 0x80);
        if !boundary(text, slot.offset) {
            return refuse("its offset is inside a character");
        }
        if !encodes(slot) {
            return refuse("kind and encoding do not fit");
        }
        if covers(slot.kind) {
            let Some(over) = message.text(slot.over, slot.over_index) else {
                return refuse("the message has no such text to cover");
            };
            let to = if slot.to == usize::MAX { over.len() } else { slot.to };
            if to > over.len() || slot.from > to {
                return refuse("its range is not inside the text");
            }
        }
    }
    Ok(())
}

const fn covers(kind: u32) -> bool {
    matches!(kind, SECRET_HMAC_SHA256..=SECRET_JWT_ES256)
}

const fn encodes(slot: &Secret) -> bool {
    match slot.kind {
        SECRET_WALL_TIME => {
            matches!(slot.encoding, ENCODE_MILLIS | ENCODE_SECONDS | ENCODE_MICROS | ENCODE_ISO8601)
        }
        SECRET_HMAC_SHA256..=SECRET_ED25519 => {
            matches!(slot.encoding, ENCODE_HEX | ENCODE_BASE64 | ENCODE_BASE64_PERCENT)
        }
        SECRET_KEY_ID..=SECRET_JWT_ES256 => slot.encoding == ENCODE_TEXT,
        _ => false,
    }
}

/// Fills every slot with what `value` says for it, given what it covers.
///
/// # Errors
/// Of [`check`] and of `value`.
pub(super) fn fill(
    message: &Message<'_>,
    value: impl Fn(&Secret, &[u8]) -> Result<Zeroizing<Vec<u8>>, FillError>,
) -> Result<Filled, FillError> {
    check(message)?;
    let mut texts = texts(message);
    for slot in message.secrets {
        let empty: &[u8] = &[];
        let covered = match covers(slot.kind) {
            true => {
                let over = key(slot.over, slot.over_index);
                texts.get(&over).map_or(empty, |text| text.covered(slot.from, slot.to))
            }
            false => empty,
        };
        let value = value(slot, covered)?;
        if let Some(text) = texts.get_mut(&key(slot.target, place(slot))) {
            text.insert(slot.offset, &value);
        }
    }
    let mut take = |target, index| match texts.remove(&(target, index)) {
        Some(mut text) => std::mem::take(&mut *text.bytes),
        None => Vec::new(),
    };
    // What was UTF-8 and had UTF-8 put in at a boundary is UTF-8.
    let text = |bytes: Vec<u8>| Hidden::new(String::from_utf8(bytes).unwrap_or_default());
    let headers = message.headers.iter().enumerate();
    Ok(Filled {
        path: text(take(TARGET_PATH, 0)),
        headers: headers
            .map(|(index, (name, _))| (name.clone(), text(take(TARGET_HEADER, index))))
            .collect(),
        body: Hidden::new(take(TARGET_BODY, 0)),
    })
}

const fn key(target: u32, index: usize) -> (u32, usize) {
    match target {
        TARGET_HEADER | TARGET_SCRATCH => (target, index),
        _ => (target, 0),
    }
}

fn texts(message: &Message<'_>) -> BTreeMap<(u32, usize), Text> {
    let longest = |slot: &Secret| match slot.kind {
        // A JWT holds its claims in Base64.
        SECRET_JWT_HS256..=SECRET_JWT_ES256 => {
            SLOT_ROOM + 2 * message.text(slot.over, slot.over_index).map_or(0, <[u8]>::len)
        }
        _ => SLOT_ROOM,
    };
    let room = |target, index| {
        let here = |slot: &&Secret| slot.target == target && place(slot) == index;
        message.secrets.iter().filter(here).map(longest).sum()
    };
    let single = [(TARGET_PATH, 0), (TARGET_BODY, 0)].into_iter();
    let headers = (0..message.headers.len()).map(|index| (TARGET_HEADER, index));
    let scratch = (0..message.scratch.len()).map(|index| (TARGET_SCRATCH, index));
    single
        .chain(headers)
        .chain(scratch)
        .filter_map(|(target, index)| {
            let given = message.text(target, index)?;
            Some(((target, index), Text::new(given, room(target, index))))
        })
        .collect()
}

/// The bytes of a digest or signature by `ENCODE_*`.
pub(super) fn encoded(bytes: &[u8], encoding: u32) -> String {
    match encoding {
        ENCODE_HEX => sign::hex(bytes),
        ENCODE_BASE64_PERCENT => {
            base64::encode(bytes).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
        }
        _ => base64::encode(bytes),
    }
}
