//! What a certificate has to know of a venue, one file each.

mod binance;
mod bitstamp;
mod bybit;
mod coinbase;
mod deribit;
mod ls;
mod okx;
mod upbit;

use std::sync::Arc;

use patchbay_venue::Protocol;

/// A venue. Its recordings and the independent replay's rules are found by its name
/// ([`patchbay_naive::venue`]).
pub(crate) struct Venue {
    /// Name of its adapter.
    pub(crate) name: &'static str,
    /// The local venue.
    pub(crate) protocol: fn() -> Arc<dyn Protocol>,
    /// How connections are kept alive.
    pub(crate) heartbeat: Heartbeat,
    /// Age at which the venue ends connections, s; 0 if it does not.
    pub(crate) life_s: i64,
    /// Status and body of its ban; `None` if it documents none.
    pub(crate) ban: Option<(u32, &'static str)>,
    /// How the adapter logs in; `None` if no market data needs it.
    pub(crate) login: Option<Login>,
    /// The recording that the running host is tried with: one of some seconds.
    pub(crate) live: &'static str,
    /// Settings with which the adapter takes what that recording holds (TOML lines).
    pub(crate) settings: &'static [&'static str],
}

/// A login for market data.
pub(crate) struct Login {
    /// Settings with which the adapter logs in (TOML lines).
    pub(crate) settings: &'static [&'static str],
    /// A key that the local venue takes: fields of a key file.
    pub(crate) key: &'static [(&'static str, &'static str)],
    /// Where a token is asked for by REST: the URL, and the documented answer, its token blanked as by
    /// the host.
    pub(crate) token: Option<(&'static str, &'static str)>,
}

/// Who keeps a connection alive, by the venue's documents.
#[derive(Clone, Copy)]
pub(crate) enum Heartbeat {
    /// The venue sends websocket pings, which the host answers.
    Venue,
    /// The client sends this text within so many seconds of its last message.
    Client { text: &'static str, within_s: i64 },
    /// The venue documents none.
    Undocumented,
    /// The venue sends the first frame and ends the connection without an answer that holds the
    /// second text.
    Asked { frame: &'static str, answer: &'static str },
    /// The venue sends them over a channel, to who asks for it with a message that holds this text.
    Subscribed { text: &'static str },
}

/// Every venue that can be certified.
static VENUES: [&Venue; 8] = [
    &binance::BINANCE,
    &bitstamp::BITSTAMP,
    &bybit::BYBIT,
    &coinbase::COINBASE,
    &deribit::DERIBIT,
    &ls::LS,
    &okx::OKX,
    &upbit::UPBIT,
];

/// The venue of an adapter.
pub(crate) fn find(name: &str) -> Option<&'static Venue> {
    VENUES.into_iter().find(|venue| venue.name == name)
}
