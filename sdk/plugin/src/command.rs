//! Requests to the host as Rust values, with both ways across the boundary: `lend` on the plugin's
//! side, `copy` on the host's.

use patchbay_abi::{self as abi, BucketCost, Bytes, Str};
use patchbay_model::Nanos;

use crate::read::{items, strided};

/// A header: name and value.
pub type Header = (String, String);

/// A place in an outgoing message that the host fills; see [`abi::SecretSlot`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secret {
    /// `SECRET_*`.
    pub kind: u32,
    /// `TARGET_*`: the text that it is inserted in.
    pub target: u32,
    /// `ENCODE_*`.
    pub encoding: u32,
    /// Where it is inserted, in bytes of the text as given.
    pub offset: usize,
    /// Covered range of a digest, signature or JWT, in bytes of the text as given that `over`
    /// names. Of a wall time the seconds that are added.
    pub from: usize,
    /// End of it; `usize::MAX` for all that follows.
    pub to: usize,
    /// Name of the key; empty for the key of the instance.
    pub key: String,
    /// Index of the header or scratch text, with `TARGET_HEADER` or `TARGET_SCRATCH`.
    pub header: usize,
    /// `TARGET_*`: the text that the range lies in; 0 without a range.
    pub over: u32,
    /// Index of the header or scratch text that the range lies in.
    pub over_index: usize,
}

/// A field of an answer that the host keeps for itself; see [`abi::Token`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Token {
    /// Its name, wherever in the JSON it stands.
    pub field: String,
    /// Name under which it is kept, for `SECRET_TOKEN`; empty if nobody needs it again.
    pub name: String,
}

/// Open a websocket; see [`abi::Connect`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connect {
    /// The adapter's mark, repeated when it opens.
    pub tag: u32,
    /// `wss://...`.
    pub url: String,
    /// Handshake headers.
    pub headers: Vec<Header>,
    /// Places to fill.
    pub secrets: Vec<Secret>,
    /// What an attempt costs.
    pub costs: Vec<BucketCost>,
    /// Age at which the venue ends it, ns; 0 if it does not.
    pub life_ns: Nanos,
    /// Interval of pings, ns; 0 for none.
    pub ping_ns: Nanos,
    /// Text that serves as ping; empty for a websocket ping.
    pub ping_text: String,
    /// Dead after this long without a frame, ns; 0 for the host's default.
    pub silence_ns: Nanos,
    /// Dead if a ping is unanswered for this long, ns; 0 for the host's default.
    pub ping_wait_ns: Nanos,
    /// Symbols wanted over it.
    pub symbols: u32,
    /// `CONNECT_*`.
    pub flags: u32,
    /// Texts that are filled but not sent.
    pub scratch: Vec<String>,
}

/// Send one frame; see [`abi::Send`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Send {
    /// Connection.
    pub conn: u32,
    /// `OPCODE_*`.
    pub opcode: u32,
    /// Payload.
    pub payload: Vec<u8>,
    /// Places to fill.
    pub secrets: Vec<Secret>,
    /// What it costs.
    pub costs: Vec<BucketCost>,
    /// Texts that are filled but not sent.
    pub scratch: Vec<String>,
    /// Fields of the answer that the host keeps for itself.
    pub tokens: Vec<Token>,
}

/// One HTTPS request; see [`abi::Http`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Http {
    /// The adapter's number of it.
    pub id: u64,
    /// `PURPOSE_*`.
    pub purpose: u32,
    /// `SCOPE_*` and number that a snapshot heals.
    pub scope: (u32, u32),
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    /// Scheme and host.
    pub base: String,
    /// Path and query, encoded.
    pub path: String,
    /// Headers.
    pub headers: Vec<Header>,
    /// Body.
    pub body: Vec<u8>,
    /// Places to fill.
    pub secrets: Vec<Secret>,
    /// What it costs.
    pub costs: Vec<BucketCost>,
    /// Given up after this long, ns; 0 for the host's default.
    pub timeout_ns: Nanos,
    /// Field of the reply that the host keeps and blanks; empty for none.
    pub token_field: String,
    /// Name under which it is kept.
    pub token: String,
    /// Texts that are filled but not sent.
    pub scratch: Vec<String>,
}

/// A rate limit of the venue; see [`abi::Bucket`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Number by which costs name it.
    pub id: u32,
    /// Tokens when full.
    pub capacity: u32,
    /// Tokens that come back every period.
    pub refill: u32,
    /// Period, ns.
    pub period_ns: Nanos,
    /// `BUCKET_*`.
    pub scope: u32,
    /// For operators.
    pub name: String,
}

impl Token {
    /// A token that nothing sent later needs.
    pub fn blanked(field: &str) -> Self {
        Self { field: field.to_owned(), ..Self::default() }
    }
}

impl Send {
    /// A text frame, without its connection.
    pub fn text(payload: String) -> Self {
        Self { opcode: abi::OPCODE_TEXT, payload: payload.into_bytes(), ..Self::default() }
    }
}

impl Bucket {
    /// A limit of `capacity` every `seconds`.
    pub const fn filling(id: u32, name: String, capacity: u32, seconds: i64, scope: u32) -> Self {
        let period_ns = seconds * 1_000_000_000;
        Self { id, capacity, refill: capacity, period_ns, scope, name }
    }
}

pub(crate) const fn size<T>() -> u32 {
    size_of::<T>() as u32
}

fn lend_headers(headers: &[Header]) -> Vec<abi::Header> {
    headers
        .iter()
        .map(|(name, value)| abi::Header { name: Str::new(name), value: Str::new(value) })
        .collect()
}

fn lend_secrets(secrets: &[Secret]) -> Vec<abi::SecretSlot> {
    secrets
        .iter()
        .map(|s| abi::SecretSlot {
            struct_size: size::<abi::SecretSlot>(),
            kind: s.kind,
            target: s.target,
            encoding: s.encoding,
            offset: s.offset,
            from: s.from,
            to: s.to,
            key: Str::new(&s.key),
            header: s.header,
            over: s.over,
            reserved: 0,
            over_index: s.over_index,
        })
        .collect()
}

fn lend_tokens(tokens: &[Token]) -> Vec<abi::Token> {
    let lend = |t: &Token| abi::Token { field: Str::new(&t.field), name: Str::new(&t.name) };
    tokens.iter().map(lend).collect()
}

fn lend_texts(texts: &[String]) -> Vec<Str> {
    texts.iter().map(|text| Str::new(text)).collect()
}

impl Connect {
    pub(crate) fn lend<R>(&self, give: impl FnOnce(&abi::Connect) -> R) -> R {
        let (headers, secrets) = (lend_headers(&self.headers), lend_secrets(&self.secrets));
        let scratch = lend_texts(&self.scratch);
        give(&abi::Connect {
            struct_size: size::<abi::Connect>(),
            tag: self.tag,
            url: Str::new(&self.url),
            headers: headers.as_ptr(),
            headers_len: headers.len(),
            secrets: secrets.as_ptr(),
            secrets_len: secrets.len(),
            costs: self.costs.as_ptr(),
            costs_len: self.costs.len(),
            life_ns: self.life_ns,
            ping_ns: self.ping_ns,
            ping_text: Str::new(&self.ping_text),
            silence_ns: self.silence_ns,
            ping_wait_ns: self.ping_wait_ns,
            symbols: self.symbols,
            flags: self.flags,
            scratch: scratch.as_ptr(),
            scratch_len: scratch.len(),
        })
    }

    /// # Safety
    ///
    /// `from` follows the contract of [`abi::Connect`] during the call.
    pub(crate) unsafe fn copy(from: &abi::Connect) -> Option<Self> {
        // SAFETY: every pointer is valid for its length by the caller's contract.
        unsafe {
            Some(Self {
                tag: from.tag,
                url: owned(from.url)?,
                headers: copy_headers(from.headers, from.headers_len)?,
                secrets: copy_secrets(from.secrets, from.secrets_len)?,
                costs: items(from.costs, from.costs_len).to_vec(),
                life_ns: from.life_ns,
                ping_ns: from.ping_ns,
                ping_text: owned(from.ping_text)?,
                silence_ns: from.silence_ns,
                ping_wait_ns: from.ping_wait_ns,
                symbols: from.symbols,
                flags: from.flags,
                scratch: copy_texts(from.scratch, from.scratch_len)?,
            })
        }
    }
}

impl Send {
    pub(crate) fn lend<R>(&self, give: impl FnOnce(&abi::Send) -> R) -> R {
        let secrets = lend_secrets(&self.secrets);
        let (scratch, tokens) = (lend_texts(&self.scratch), lend_tokens(&self.tokens));
        give(&abi::Send {
            struct_size: size::<abi::Send>(),
            conn: self.conn,
            opcode: self.opcode,
            flags: 0,
            payload: Bytes::new(&self.payload),
            secrets: secrets.as_ptr(),
            secrets_len: secrets.len(),
            costs: self.costs.as_ptr(),
            costs_len: self.costs.len(),
            scratch: scratch.as_ptr(),
            scratch_len: scratch.len(),
            tokens: tokens.as_ptr(),
            tokens_len: tokens.len(),
        })
    }

    /// # Safety
    ///
    /// `from` follows the contract of [`abi::Send`] during the call.
    pub(crate) unsafe fn copy(from: &abi::Send) -> Option<Self> {
        // SAFETY: every pointer is valid for its length by the caller's contract.
        unsafe {
            Some(Self {
                conn: from.conn,
                opcode: from.opcode,
                payload: from.payload.as_slice().to_vec(),
                secrets: copy_secrets(from.secrets, from.secrets_len)?,
                costs: items(from.costs, from.costs_len).to_vec(),
                scratch: copy_texts(from.scratch, from.scratch_len)?,
                tokens: copy_tokens(from.tokens, from.tokens_len)?,
            })
        }
    }
}

impl Http {
    pub(crate) fn lend<R>(&self, give: impl FnOnce(&abi::Http) -> R) -> R {
        let (headers, secrets) = (lend_headers(&self.headers), lend_secrets(&self.secrets));
        let scratch = lend_texts(&self.scratch);
        give(&abi::Http {
            struct_size: size::<abi::Http>(),
            purpose: self.purpose,
            id: self.id,
            scope_kind: self.scope.0,
            scope: self.scope.1,
            method: Str::new(&self.method),
            base: Str::new(&self.base),
            path: Str::new(&self.path),
            headers: headers.as_ptr(),
            headers_len: headers.len(),
            body: Bytes::new(&self.body),
            secrets: secrets.as_ptr(),
            secrets_len: secrets.len(),
            costs: self.costs.as_ptr(),
            costs_len: self.costs.len(),
            timeout_ns: self.timeout_ns,
            token_field: Str::new(&self.token_field),
            token: Str::new(&self.token),
            scratch: scratch.as_ptr(),
            scratch_len: scratch.len(),
        })
    }

    /// # Safety
    ///
    /// `from` follows the contract of [`abi::Http`] during the call.
    pub(crate) unsafe fn copy(from: &abi::Http) -> Option<Self> {
        // SAFETY: every pointer is valid for its length by the caller's contract.
        unsafe {
            Some(Self {
                id: from.id,
                purpose: from.purpose,
                scope: (from.scope_kind, from.scope),
                method: owned(from.method)?,
                base: owned(from.base)?,
                path: owned(from.path)?,
                headers: copy_headers(from.headers, from.headers_len)?,
                body: from.body.as_slice().to_vec(),
                secrets: copy_secrets(from.secrets, from.secrets_len)?,
                costs: items(from.costs, from.costs_len).to_vec(),
                timeout_ns: from.timeout_ns,
                token_field: owned(from.token_field)?,
                token: owned(from.token)?,
                scratch: copy_texts(from.scratch, from.scratch_len)?,
            })
        }
    }
}

impl Bucket {
    pub(crate) fn lend<R>(&self, give: impl FnOnce(&abi::Bucket) -> R) -> R {
        give(&abi::Bucket {
            struct_size: size::<abi::Bucket>(),
            id: self.id,
            capacity: self.capacity,
            refill: self.refill,
            period_ns: self.period_ns,
            scope: self.scope,
            name: Str::new(&self.name),
        })
    }

    /// # Safety
    ///
    /// `from` follows the contract of [`abi::Bucket`] during the call.
    pub(crate) unsafe fn copy(from: &abi::Bucket) -> Option<Self> {
        Some(Self {
            id: from.id,
            capacity: from.capacity,
            refill: from.refill,
            period_ns: from.period_ns,
            scope: from.scope,
            // SAFETY: valid text by the caller's contract.
            name: unsafe { owned(from.name)? },
        })
    }
}

/// # Safety
///
/// As [`Str::as_str`].
pub(crate) unsafe fn owned(text: Str) -> Option<String> {
    // SAFETY: the caller's contract.
    unsafe { text.as_str() }.map(str::to_owned)
}

/// # Safety
///
/// As [`items`], for the headers and their texts.
unsafe fn copy_headers(ptr: *const abi::Header, len: usize) -> Option<Vec<Header>> {
    // SAFETY: the caller's contract.
    unsafe { items(ptr, len).iter().map(|h| Some((owned(h.name)?, owned(h.value)?))).collect() }
}

/// # Safety
///
/// As [`items`], for the tokens and their texts.
unsafe fn copy_tokens(ptr: *const abi::Token, len: usize) -> Option<Vec<Token>> {
    let copy = |token: &abi::Token| {
        // SAFETY: the caller's contract.
        let (field, name) = unsafe { (owned(token.field)?, owned(token.name)?) };
        Some(Token { field, name })
    };
    // SAFETY: the caller's contract.
    unsafe { items(ptr, len) }.iter().map(copy).collect()
}

/// # Safety
///
/// As [`items`], for the texts.
unsafe fn copy_texts(ptr: *const Str, len: usize) -> Option<Vec<String>> {
    // SAFETY: the caller's contract.
    unsafe { items(ptr, len).iter().map(|text| owned(*text)).collect() }
}

/// # Safety
///
/// As [`strided`], for the slots and their texts.
unsafe fn copy_secrets(ptr: *const abi::SecretSlot, len: usize) -> Option<Vec<Secret>> {
    // SAFETY: the caller's contract.
    unsafe {
        strided(ptr, len)?
            .iter()
            .map(|s| {
                Some(Secret {
                    kind: s.kind,
                    target: s.target,
                    encoding: s.encoding,
                    offset: s.offset,
                    from: s.from,
                    to: s.to,
                    key: owned(s.key)?,
                    header: s.header,
                    over: s.over,
                    over_index: s.over_index,
                })
            })
            .collect()
    }
}
