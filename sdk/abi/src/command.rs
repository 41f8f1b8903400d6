//! What an adapter asks of the host. Each is a request, carried out after the call returns.
//!
//! Outgoing text may hold *secret slots*: places that the host fills when it sends, so that no key,
//! token or signature is ever seen by a plugin. A digest or signature covers a range of any text of
//! the request: of one that is sent, or of one in `scratch`, which is filled in the same way and
//! not sent.

use crate::{Bytes, Header, Str};

/// One place in an outgoing message that the host fills.
///
/// What the host fills in is inserted at `offset`; nothing of the text is overwritten. Offsets
/// count in the text as given. Slots are filled in the order of the list, and a digest, signature
/// or JWT covers its range as it stands then: with what earlier slots inserted there.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SecretSlot {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// `SECRET_*`: what goes in.
    pub kind: u32,
    /// `TARGET_*`: which text the slot is in.
    pub target: u32,
    /// `ENCODE_*`.
    pub encoding: u32,
    /// Byte offset in the text as given by the plugin.
    pub offset: usize,
    /// For digests, signatures and JWTs: first byte of the covered range, as an offset in the text
    /// as given that `over` names. For [`SECRET_WALL_TIME`]: seconds that are added, for the `exp`
    /// of a JWT. Otherwise 0.
    pub from: usize,
    /// End of the covered range, exclusive; `usize::MAX` for all that follows.
    pub to: usize,
    /// Name of the key in the host's secret store; empty for the key of the instance. For
    /// [`SECRET_TOKEN`] the name under which the token was kept.
    pub key: Str,
    /// Index in `headers` or `scratch` of the text that the slot is in, with [`TARGET_HEADER`] or
    /// [`TARGET_SCRATCH`].
    pub header: usize,
    /// For digests, signatures and JWTs: `TARGET_*`, which text the range lies in; otherwise 0.
    pub over: u32,
    /// Zero.
    pub reserved: u32,
    /// Index in `headers` or `scratch` of the text that the range lies in, with [`TARGET_HEADER`]
    /// or [`TARGET_SCRATCH`].
    pub over_index: usize,
}

/// The key id (API key).
pub const SECRET_KEY_ID: u32 = 1;
/// The secret itself, for venues that want it in the message.
pub const SECRET_SECRET: u32 = 2;
/// The passphrase.
pub const SECRET_PASSPHRASE: u32 = 3;
/// A token that the host kept from an earlier reply; `key` is its name.
pub const SECRET_TOKEN: u32 = 4;
/// Wall time by the venue's clock (host time and `wall_offset_ns`), as `encoding` says.
pub const SECRET_WALL_TIME: u32 = 5;
/// A decimal number, greater than every one used before with this key.
pub const SECRET_NONCE: u32 = 6;
/// HMAC-SHA256 of the range with the secret.
pub const SECRET_HMAC_SHA256: u32 = 7;
/// HMAC-SHA512 of the range with the secret.
pub const SECRET_HMAC_SHA512: u32 = 8;
/// SHA-512 of the range, without a key.
pub const SECRET_SHA512: u32 = 9;
/// Ed25519 signature of the range.
pub const SECRET_ED25519: u32 = 10;
/// A JWT with header `{"alg":"HS256","typ":"JWT"}`, whose claims are the range (JSON text); HS256
/// with the secret.
pub const SECRET_JWT_HS256: u32 = 11;
/// As [`SECRET_JWT_HS256`], HS512.
pub const SECRET_JWT_HS512: u32 = 12;
/// As [`SECRET_JWT_HS256`], ES256 with the private key; the header also holds `kid`, the key id,
/// and a random `nonce`.
pub const SECRET_JWT_ES256: u32 = 13;

/// The URL of a connection, or the path of a request.
pub const TARGET_PATH: u32 = 1;
/// The value of a header.
pub const TARGET_HEADER: u32 = 2;
/// The body or payload.
pub const TARGET_BODY: u32 = 3;
/// A text of `scratch`: filled, not sent.
pub const TARGET_SCRATCH: u32 = 4;

/// As it is.
pub const ENCODE_TEXT: u32 = 0;
/// Lowercase hexadecimal.
pub const ENCODE_HEX: u32 = 1;
/// Base64 with padding.
pub const ENCODE_BASE64: u32 = 2;
/// Base64, then percent-encoded.
pub const ENCODE_BASE64_PERCENT: u32 = 3;
/// Milliseconds since the Unix epoch.
pub const ENCODE_MILLIS: u32 = 4;
/// Seconds since the Unix epoch.
pub const ENCODE_SECONDS: u32 = 5;
/// Microseconds since the Unix epoch.
pub const ENCODE_MICROS: u32 = 6;
/// `2026-11-23T07:32:00.000Z`.
pub const ENCODE_ISO8601: u32 = 7;

/// A field of an answer that no plugin and no record may see: the host keeps its value, a text, and
/// overwrites it with spaces.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Token {
    /// Its name, wherever in the JSON it stands.
    pub field: Str,
    /// Name under which it is kept, for [`SECRET_TOKEN`]; empty if nobody needs it again.
    pub name: Str,
}

/// A request's price in one rate-limit bucket.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketCost {
    /// `Bucket::id`.
    pub bucket: u32,
    /// Tokens.
    pub cost: u32,
}

/// A rate limit of the venue, shared by all instances of the adapter within its scope.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Bucket {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Number by which [`BucketCost`] names it.
    pub id: u32,
    /// Tokens when full.
    pub capacity: u32,
    /// Tokens that come back every `period_ns`.
    pub refill: u32,
    /// Period in ns; refilled at once at its end if `refill == capacity`, otherwise evenly.
    pub period_ns: i64,
    /// `BUCKET_*`.
    pub scope: u32,
    /// For operators: `"rest weight"`.
    pub name: Str,
}

/// The venue counts per network address.
pub const BUCKET_ADDRESS: u32 = 1;
/// The venue counts per account.
pub const BUCKET_ACCOUNT: u32 = 2;
/// The venue counts per connection.
pub const BUCKET_CONNECTION: u32 = 3;

/// Open a websocket. The host chooses the connection's number and reports it, with `tag`, to
/// `on_open`; it reconnects by itself until `close`, and rotates before `life_ns`. A request with a
/// `tag` that is connected replaces that connection, make-before-break.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Connect {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// The adapter's own mark, repeated in `on_open`.
    pub tag: u32,
    /// `wss://...`.
    pub url: Str,
    /// Headers of the handshake.
    pub headers: *const Header,
    /// Entries in `headers`.
    pub headers_len: usize,
    /// Places to fill.
    pub secrets: *const SecretSlot,
    /// Entries in `secrets`.
    pub secrets_len: usize,
    /// What an attempt costs.
    pub costs: *const BucketCost,
    /// Entries in `costs`.
    pub costs_len: usize,
    /// The venue ends connections of this age; 0 if it does not. The host replaces it before.
    pub life_ns: i64,
    /// The host sends `ping_text` (or a websocket ping, if empty) this often; 0 for never.
    pub ping_ns: i64,
    /// Text frame that serves as ping.
    pub ping_text: Str,
    /// The connection is dead after this long without any frame; 0 for the host's default.
    pub silence_ns: i64,
    /// The connection is dead if a ping is not answered for this long; 0 for the host's default.
    pub ping_wait_ns: i64,
    /// Symbols that are wanted over it, for operators.
    pub symbols: u32,
    /// `CONNECT_*`.
    pub flags: u32,
    /// Texts that are filled but not sent, for slots to cover: what a venue has signed, the claims
    /// of a JWT.
    pub scratch: *const Str,
    /// Entries in `scratch`.
    pub scratch_len: usize,
}

/// `Connect::flags`: the venue caps connections, so break before make.
pub const CONNECT_EXCLUSIVE: u32 = 1;
/// `Connect::flags`: offer permessage-deflate.
pub const CONNECT_DEFLATE: u32 = 2;

/// Send one frame.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Send {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// Connection.
    pub conn: u32,
    /// `OPCODE_*`.
    pub opcode: u32,
    /// Zero.
    pub flags: u32,
    /// Payload, copied.
    pub payload: Bytes,
    /// Places to fill ([`TARGET_BODY`], [`TARGET_SCRATCH`]).
    pub secrets: *const SecretSlot,
    /// Entries in `secrets`.
    pub secrets_len: usize,
    /// What it costs.
    pub costs: *const BucketCost,
    /// Entries in `costs`.
    pub costs_len: usize,
    /// Texts that are filled but not sent, for slots to cover: what a venue has signed, the claims
    /// of a JWT.
    pub scratch: *const Str,
    /// Entries in `scratch`.
    pub scratch_len: usize,
    /// Fields of the answer that the host keeps for itself: of the first frame on this connection,
    /// after this one was sent, that has one of them.
    pub tokens: *const Token,
    /// Entries in `tokens`.
    pub tokens_len: usize,
}

/// A text frame (RFC 6455, section 11.8).
pub const OPCODE_TEXT: u32 = 1;
/// A binary frame.
pub const OPCODE_BINARY: u32 = 2;
/// A ping.
pub const OPCODE_PING: u32 = 9;
/// A pong.
pub const OPCODE_PONG: u32 = 10;

/// One HTTPS request; the answer comes to `on_reply` with the same `id`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Http {
    /// Bytes of this struct.
    pub struct_size: u32,
    /// `PURPOSE_*`: decides priority and thread.
    pub purpose: u32,
    /// The adapter's own number, not 0, unique among its open requests.
    pub id: u64,
    /// `SCOPE_*` of what the answer heals or audits, with [`PURPOSE_SNAPSHOT`] and
    /// [`PURPOSE_AUDIT`]; otherwise 0.
    pub scope_kind: u32,
    /// Instrument index, stream or chain number of it, with the same two.
    pub scope: u32,
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: Str,
    /// Scheme and host: `https://api.binance.com`.
    pub base: Str,
    /// Path and query, already encoded.
    pub path: Str,
    /// Headers.
    pub headers: *const Header,
    /// Entries in `headers`.
    pub headers_len: usize,
    /// Body.
    pub body: Bytes,
    /// Places to fill.
    pub secrets: *const SecretSlot,
    /// Entries in `secrets`.
    pub secrets_len: usize,
    /// What it costs.
    pub costs: *const BucketCost,
    /// Entries in `costs`.
    pub costs_len: usize,
    /// Given up after this long; 0 for the host's default.
    pub timeout_ns: i64,
    /// Name of a top-level field of the reply that the host keeps and blanks; empty for none.
    pub token_field: Str,
    /// Name under which it is kept, for [`SECRET_TOKEN`].
    pub token: Str,
    /// Texts that are filled but not sent, for slots to cover: what a venue has signed, the claims
    /// of a JWT.
    pub scratch: *const Str,
    /// Entries in `scratch`.
    pub scratch_len: usize,
}

/// Instruments and other lists; parsed off the hot thread.
pub const PURPOSE_REFERENCE: u32 = 1;
/// A book snapshot.
pub const PURPOSE_SNAPSHOT: u32 = 2;
/// Server time.
pub const PURPOSE_TIME: u32 = 3;
/// An order, amendment or query about one.
pub const PURPOSE_ORDER: u32 = 4;
/// A cancel: goes first.
pub const PURPOSE_CANCEL: u32 = 5;
/// Login, token, listen key.
pub const PURPOSE_SESSION: u32 = 6;
/// Account queries.
pub const PURPOSE_ACCOUNT: u32 = 7;
/// Anything else.
pub const PURPOSE_OTHER: u32 = 8;
/// A book snapshot to compare with: goes last, and leaves most of each limit to the others.
pub const PURPOSE_AUDIT: u32 = 9;
