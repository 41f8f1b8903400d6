//! Keys, tokens and signatures: filled into what leaves, seen by nobody else.

mod awaited;
pub(crate) mod base64;
mod fill;
mod key;
mod message;
mod sign;
mod store;
mod time;
pub(crate) mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patchbay_abi::{
    SECRET_KEY_ID, SECRET_NONCE, SECRET_PASSPHRASE, SECRET_SECRET, SECRET_SHA512, SECRET_TOKEN,
    SECRET_WALL_TIME,
};
use patchbay_model::Nanos;
use patchbay_plugin::Secret;
use zeroize::Zeroizing;

use crate::hidden::Hidden;
pub(crate) use awaited::Awaited;
pub use fill::FillError;
pub(crate) use fill::{Filled, check};
use key::Key;
pub(crate) use message::Message;
pub use message::Redacted;
pub use store::{KeyError, SecretStore};

/// Most tokens that are kept.
const TOKENS_MAX: usize = 256;

/// The keys that one account's instances may use, and the tokens that its logins gave.
pub struct Keyring {
    store: Arc<SecretStore>,
    /// Key of slots that name none.
    default: String,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    tokens: BTreeMap<String, Hidden<String>>,
    /// Last nonce by key.
    nonces: BTreeMap<String, i64>,
}

impl Keyring {
    /// Keys of `store`; slots that name none use `default`.
    pub fn new(store: Arc<SecretStore>, default: &str) -> Self {
        Self { store, default: default.to_owned(), held: Mutex::default() }
    }

    /// No keys at all.
    pub fn empty() -> Self {
        Self::new(Arc::new(SecretStore::empty()), "")
    }

    /// Name of the key that is meant where none is named: instances with the same one act for the
    /// same account. Empty without keys.
    pub fn account(&self) -> &str {
        &self.default
    }

    /// Fills a message; `wall` is the venue's time.
    ///
    /// # Errors
    /// An invalid slot, or a key, part of a key or token that is not there.
    pub(crate) fn fill(&self, message: &Message<'_>, wall: Nanos) -> Result<Filled, FillError> {
        fill::fill(message, |slot, covered| self.value(slot, covered, wall))
    }

    /// Keeps a token.
    pub(crate) fn keep(&self, name: &str, token: Hidden<String>) {
        let mut held = self.lock();
        if held.tokens.len() < TOKENS_MAX || held.tokens.contains_key(name) {
            held.tokens.insert(name.to_owned(), token);
        }
    }

    fn value(
        &self,
        slot: &Secret,
        covered: &[u8],
        wall: Nanos,
    ) -> Result<Zeroizing<Vec<u8>>, FillError> {
        let bytes = |text: String| Zeroizing::new(text.into_bytes());
        match slot.kind {
            SECRET_WALL_TIME => {
                let time = time::later(wall, slot.from);
                return Ok(bytes(time::encode(time, slot.encoding).unwrap_or_default()));
            }
            SECRET_TOKEN => return self.token(&slot.key),
            _ => {}
        }
        let name = if slot.key.is_empty() { &self.default } else { &slot.key };
        let key = self.store.get(name);
        if key.is_none() && slot.kind != SECRET_SHA512 {
            return Err(FillError::Key { name: name.clone() });
        }
        let lacks = |part| FillError::Part { name: name.clone(), part };
        if slot.kind == SECRET_NONCE {
            return Ok(bytes(self.nonce(name, wall)));
        }
        if let Some(signature) = sign::sign(slot.kind, key, covered) {
            return Ok(bytes(fill::encoded(&signature.map_err(lacks)?, slot.encoding)));
        }
        if let Some(jwt) = sign::jwt(slot.kind, key, covered) {
            return jwt.map(bytes).map_err(lacks);
        }
        let (text, part) = text(key, slot.kind);
        let text = text.ok_or_else(|| lacks(part))?;
        Ok(Zeroizing::new(text.expose().as_bytes().to_vec()))
    }

    fn token(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, FillError> {
        let held = self.lock();
        let token = held.tokens.get(name);
        let token = token.ok_or_else(|| FillError::Token { name: name.to_owned() })?;
        Ok(Zeroizing::new(token.expose().as_bytes().to_vec()))
    }

    /// Microseconds of wall time, or one more than the last: greater than all before, also of an
    /// earlier run.
    fn nonce(&self, name: &str, wall: Nanos) -> String {
        let mut held = self.lock();
        let last = held.nonces.entry(name.to_owned()).or_insert(0);
        *last = (*last + 1).max(wall / 1000);
        last.to_string()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text(key: Option<&Key>, kind: u32) -> (Option<&Hidden<String>>, &'static str) {
    match kind {
        SECRET_KEY_ID => (key.and_then(|key| key.id.as_ref()), "key_id"),
        SECRET_SECRET => (key.and_then(|key| key.secret.as_ref()), "secret"),
        SECRET_PASSPHRASE => (key.and_then(|key| key.passphrase.as_ref()), "passphrase"),
        _ => (None, "part of that kind"),
    }
}
