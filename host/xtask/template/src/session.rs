//! Streams: which there are, what they are called, how they are asked for.

use patchbay_feed::prelude::*;

use crate::Market;

const ALL: &[Line] = &[Line::of(0, 0)];

impl Streams for Market {
    /// DOC channels.
    const STREAMS: &'static [Channel] = &[Channel::of(CHANNEL_DEPTH, ALL, "book")];
    /// A subscription begins with the book as it is.
    const HEAL: Heal = Heal::Resubscribe(0);
    /// A websocket ping keeps a quiet connection alive.
    const PING: Ping = Ping { every_s: 20, text: "" };

    fn path(_line: Line) -> &'static str {
        "/ws"
    }

    fn name(&self, _line: Line, channel: &Channel, symbol: &str) -> String {
        format!("{}:{symbol}", channel.name)
    }

    /// DOC subscriptions: any number of streams in one request.
    fn request(&self, _line: Line, verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send {
        let (verb, names) = (verb.pick("subscribe", "unsubscribe"), Stream::join(streams, "\",\""));
        Send::text(format!(r#"{{"op":"{verb}","id":{},"streams":["{names}"]}}"#, ids.next()))
    }
}
