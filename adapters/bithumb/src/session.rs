//! Streams: which there are, what they are called, how they are asked for.

use patchbay_feed::prelude::*;

use crate::Market;

const ALL: &[Line] = &[Line::of(0, 0)];

impl Streams for Market {
    /// DOC websocket, basic information. There is none of the best bid and ask alone.
    const STREAMS: &'static [Channel] = &[
        Channel::of(CHANNEL_DEPTH, ALL, "orderbook"),
        Channel::of(CHANNEL_TRADES, ALL, "trade"),
        Channel::of(CHANNEL_STATUS, ALL, "ticker"),
    ];
    /// A request is answered with the books as they are (DOC websocket, data types).
    const HEAL: Heal = Heal::Resubscribe(0);
    /// A connection over which nothing goes for 120 s is closed. The text `PING` would be answered
    /// every 10 s for ever (DOC websocket, connection management).
    const PING: Ping = Ping { every_s: 20, text: "" };
    /// Another request takes the place of the one before; nothing is acknowledged.
    const WHOLE: bool = true;

    fn path(_line: Line) -> &'static str {
        "/websocket/v1"
    }

    fn name(&self, _line: Line, channel: &Channel, symbol: &str) -> String {
        format!("{} {symbol}", channel.name)
    }

    /// DOC websocket, request format; flags are in camel case. A request brings what stood before it,
    /// too; of trades, that would be the last one once more.
    fn request(&self, _line: Line, _verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send {
        let mut text = format!(r#"[{{"ticket":"patchbay-{}"}}"#, ids.next());
        for (kind, codes) in Stream::codes(streams) {
            text += &format!(r#",{{"type":"{kind}","codes":[{codes}]"#);
            text += &match kind {
                "trade" => r#","isOnlyRealtime":true}"#.to_owned(),
                "orderbook" => format!(r#","level":{}}}"#, self.level),
                _ => "}".to_owned(),
            };
        }
        Send::text(text + r#",{"format":"DEFAULT"}]"#)
    }
}
