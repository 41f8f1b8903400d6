//! Streams: which there are, what they are called, how they are asked for.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::{COINM, SPOT, USDM};

const BOOK: &[Line] = &[Line::of(SPOT, 0), Line::of(USDM, 0), Line::of(COINM, 0)];
const TAPE: &[Line] = &[Line::of(SPOT, 0), Line::of(USDM, 1), Line::of(COINM, 0)];
const FUTURES: &[Line] = &[Line::of(USDM, 1), Line::of(COINM, 0)];

impl Streams for Market {
    /// SPOT web-socket-streams.md, DERIV Websocket Market Streams.
    const STREAMS: &'static [Channel] = &[
        Channel::of(CHANNEL_DEPTH, BOOK, "depth@100ms"),
        Channel::of(CHANNEL_QUOTES, BOOK, "bookTicker"),
        Channel::of(CHANNEL_TRADES, TAPE, "trade"),
        Channel::of(CHANNEL_MARK | CHANNEL_FUNDING, FUTURES, "markPrice@1s"),
        Channel::of(CHANNEL_LIQUIDATIONS, FUTURES, "forceOrder"),
    ];
    const HEAL: Heal = Heal::Ask(Topic::Snapshot);
    /// SPOT web-socket-streams.md, WebSocket Limits; futures say the same.
    const ROOM: Room = Room { streams: 1024, ..Room::FREE };

    /// USD-M is split over two paths since 2026-04-23, and a stream on the wrong one is acknowledged
    /// and silent (WSURL).
    fn path(line: Line) -> &'static str {
        match (line.product, line.route) {
            (USDM, 0) => "/public/stream",
            (USDM, _) => "/market/stream",
            _ => "/stream",
        }
    }

    /// Lower case, `<symbol>@<suffix>`; that of futures' trades by configuration.
    fn name(&self, line: Line, channel: &Channel, symbol: &str) -> String {
        let futures = channel.name == "trade" && line.product != SPOT;
        let suffix = if futures { &self.trades } else { channel.name };
        format!("{}@{suffix}", symbol.to_ascii_lowercase())
    }

    /// SPOT web-socket-streams.md, Live Subscribing/Unsubscribing to streams.
    fn request(&self, _line: Line, verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send {
        let method = verb.pick("SUBSCRIBE", "UNSUBSCRIBE");
        let (params, id) = (Stream::join(streams, "\",\""), ids.next());
        Send::text(format!(r#"{{"method":"{method}","params":["{params}"],"id":{id}}}"#))
    }
}
