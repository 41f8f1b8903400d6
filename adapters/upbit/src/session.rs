//! Streams: which there are, what they are called, how they are asked for.

use patchbay_feed::prelude::*;

use crate::Market;

const ALL: &[Line] = &[Line::of(0, 0)];

impl Streams for Market {
    /// DOC websocket-orderbook, websocket-trade, websocket-ticker. Trades tell the best bid and ask.
    const STREAMS: &'static [Channel] = &[
        Channel::of(CHANNEL_DEPTH, ALL, "orderbook"),
        Channel::of(CHANNEL_TRADES | CHANNEL_QUOTES, ALL, "trade"),
        Channel::of(CHANNEL_STATUS, ALL, "ticker"),
    ];
    /// A request is answered with the books as they are (DOC websocket-guide).
    const HEAL: Heal = Heal::Resubscribe(0);
    /// A connection over which nothing goes for 120 s is closed. The text `PING` would be answered
    /// every 10 s for ever (DOC websocket-guide).
    const PING: Ping = Ping { every_s: 20, text: "" };
    /// Another request takes the place of the one before; nothing is acknowledged.
    const WHOLE: bool = true;

    fn path(_line: Line) -> &'static str {
        "/websocket/v1"
    }

    /// Only books in KRW can be grouped (DOC websocket-orderbook).
    fn name(&self, _line: Line, channel: &Channel, symbol: &str) -> String {
        match channel.name {
            "orderbook" if self.level != "0" && symbol.starts_with("KRW-") => {
                format!("orderbook@{} {symbol}.{}", self.level, self.depth)
            }
            "orderbook" => format!("orderbook {symbol}.{}", self.depth),
            name => format!("{name} {symbol}"),
        }
    }

    /// DOC websocket-guide. A request brings what stood before it, too; of trades, that would be the
    /// last one once more.
    fn request(&self, _line: Line, _verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send {
        let mut text = format!(r#"[{{"ticket":"patchbay-{}"}}"#, ids.next());
        for (kind, codes) in Stream::codes(streams) {
            let (kind, level) = kind.split_once('@').unwrap_or((kind, ""));
            text += &format!(r#",{{"type":"{kind}","codes":[{codes}]"#);
            text += &match (kind, level) {
                ("trade", _) => r#","is_only_realtime":true}"#.to_owned(),
                (_, "") => "}".to_owned(),
                _ => format!(r#","level":{level}}}"#),
            };
        }
        Send::text(text + r#",{"format":"SIMPLE"}]"#)
    }
}
