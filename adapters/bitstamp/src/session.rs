//! Channels: which there are, what they are called, how they are asked for.

use patchbay_feed::prelude::*;

use crate::Market;

const ALL: &[Line] = &[Line::of(0, 0)];

impl Streams for Market {
    /// WS Channels. `diff_order_book` has no numbers, so that a loss would go unseen: every message
    /// of `order_book` is the best hundred levels of both sides.
    const STREAMS: &'static [Channel] = &[
        Channel::of(CHANNEL_DEPTH, ALL, "order_book"),
        Channel::of(CHANNEL_TRADES, ALL, "live_trades"),
        Channel::of(CHANNEL_ORDERS, ALL, "live_orders"),
    ];
    /// The next message is a whole book.
    const HEAL: Heal = Heal::Resubscribe(0);
    /// WS Heartbeat: answered, whatever else goes over the connection.
    const PING: Ping = Ping { every_s: 20, text: r#"{"event":"bts:heartbeat"}"# };
    const ANSWERS: bool = true;

    fn path(_line: Line) -> &'static str {
        ""
    }

    fn name(&self, _line: Line, channel: &Channel, symbol: &str) -> String {
        format!("{}_{symbol}", channel.name)
    }

    /// A request names one channel (WS Subscriptions).
    fn batch(_line: Line) -> Batch {
        Batch { streams: 1, bytes: usize::MAX }
    }

    fn request(&self, _line: Line, verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send {
        ids.next();
        let verb = verb.pick("subscribe", "unsubscribe");
        let channel = Stream::join(streams, "");
        Send::text(format!(r#"{{"event":"bts:{verb}","data":{{"channel":"{channel}"}}}}"#))
    }
}
