//! Streams: which there are, what they are called, how they are asked for; login.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::{index_of, inst_type};

const PUBLIC: &[Line] = &[Line::of(0, 0)];
const BUSINESS: &[Line] = &[Line::of(0, 1)];

impl Streams for Market {
    /// DOC Order Book Trading, Market Data; Public Data; Status.
    const STREAMS: &'static [Channel] = &[
        Channel::of(CHANNEL_DEPTH, PUBLIC, "books"),
        Channel::of(CHANNEL_QUOTES, PUBLIC, "bbo-tbt"),
        Channel::of(CHANNEL_TRADES, PUBLIC, "trades"),
        Channel::of(CHANNEL_TRADES, BUSINESS, "trades-all"),
        Channel::of(CHANNEL_MARK, PUBLIC, "index-tickers"),
        Channel::of(CHANNEL_MARK, PUBLIC, "mark-price"),
        Channel::of(CHANNEL_FUNDING, PUBLIC, "funding-rate"),
        Channel::of(CHANNEL_OPEN_INTEREST, PUBLIC, "open-interest"),
        Channel::of(CHANNEL_LIQUIDATIONS, PUBLIC, "liquidation-orders"),
        Channel::of(CHANNEL_STATUS, PUBLIC, "instruments"),
        Channel::of(CHANNEL_STATUS, PUBLIC, "status"),
    ];
    /// A new subscription brings a snapshot (DOC Order book channel).
    const HEAL: Heal = Heal::Resubscribe(0);
    /// The server ends what is silent for 30 s (DOC Overview, WebSocket, Connect).
    const PING: Ping = Ping { every_s: 20, text: "ping" };
    const ANSWERS: bool = true;

    fn path(line: Line) -> &'static str {
        if line.route == 0 { "/ws/v5/public" } else { "/ws/v5/business" }
    }

    /// Only derivatives have mark and index prices, open interest and liquidations here, and only
    /// swaps funding.
    fn has(&self, channel: &Channel, symbol: &str) -> bool {
        match (channel.of, inst_type(symbol)) {
            (CHANNEL_TRADES, _) => channel.name == self.trades,
            (CHANNEL_FUNDING, of) => of == "SWAP",
            (CHANNEL_MARK | CHANNEL_OPEN_INTEREST | CHANNEL_LIQUIDATIONS, of) => of != "SPOT",
            _ => true,
        }
    }

    /// As an argument of requests: of an instrument, an index, a type of instruments, or nothing.
    fn name(&self, _line: Line, channel: &Channel, symbol: &str) -> String {
        let (name, key, value) = match channel.name {
            "status" => return r#"{"channel":"status"}"#.to_owned(),
            "books" => (&*self.depth, "instId", symbol),
            "bbo-tbt" => (&*self.quotes, "instId", symbol),
            "index-tickers" => (channel.name, "instId", index_of(symbol)),
            "instruments" | "liquidation-orders" => (channel.name, "instType", inst_type(symbol)),
            name => (name, "instId", symbol),
        };
        format!(r#"{{"channel":"{name}","{key}":"{value}"}}"#)
    }

    /// DOC Overview, WebSocket, Subscribe. Of the 64 KB that a request may have, the 200 streams that
    /// the SDK puts into one take less than 16.
    fn request(&self, _line: Line, verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send {
        let op = verb.pick("subscribe", "unsubscribe");
        let (args, id) = (Stream::join(streams, ","), ids.next());
        Send::text(format!(r#"{{"id":"{id}","op":"{op}","args":[{args}]}}"#))
    }

    /// The books of 10 ms need a login (DOC Order book channel). Signed is
    /// `timestamp + "GET" + "/users/self/verify"` (Overview, WebSocket, Login).
    fn greet(&self, line: Line, _ids: &mut Ids) -> Greeting {
        if line.route != 0 || !self.depth.ends_with("-l2-tbt") {
            return Greeting::default();
        }
        let text =
            r#"{"op":"login","args":[{"apiKey":"","passphrase":"","timestamp":"","sign":""}]}"#;
        let marks = [r#"apiKey":""#, r#"passphrase":""#, r#"timestamp":""#, r#"sign":""#];
        let frames = vec![signed(text.to_owned(), marks, "GET/users/self/verify")];
        Greeting { frames, login: true }
    }
}
