//! Channels: which there are, how they are asked for, with which key.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::{ADVANCED, EXCHANGE};

const A: &[Line] = &[Line::of(ADVANCED, 0)];
const E: &[Line] = &[Line::of(EXCHANGE, 0)];
const BOTH: &[Line] = &[Line::of(ADVANCED, 0), Line::of(EXCHANGE, 0)];

impl Streams for Market {
    /// AT WebSocket Channels, EX WebSocket Channels. Without heartbeats channels are closed that have
    /// nothing to say for a minute, and a dead connection looks like a quiet one.
    const STREAMS: &'static [Channel] = &[
        Channel::of(CHANNEL_DEPTH, BOTH, "level2"),
        Channel::of(CHANNEL_TRADES, A, "market_trades"),
        Channel::of(CHANNEL_TRADES, E, "matches"),
        Channel::of(CHANNEL_QUOTES, BOTH, "ticker"),
        Channel::of(CHANNEL_STATUS, BOTH, "status"),
        Channel::of(u32::MAX, A, "heartbeats"),
        Channel::of(u32::MAX, E, "heartbeat"),
    ];
    /// A subscription begins with the whole book.
    const HEAL: Heal = Heal::Resubscribe(0);
    const ANSWERS: bool = true;

    fn path(_line: Line) -> &'static str {
        ""
    }

    /// Channel and symbol; two channels have no symbols.
    fn name(&self, line: Line, channel: &Channel, symbol: &str) -> String {
        match channel.name {
            name @ ("status" | "heartbeats") => name.to_owned(),
            "level2" if line.product == EXCHANGE => format!("{}:{symbol}", self.depth),
            name => format!("{name}:{symbol}"),
        }
    }

    /// A request names one channel: Advanced Trade takes no more (AT WebSocket Overview).
    fn group(place: u8) -> u8 {
        place
    }

    /// AT, EX WebSocket Overview. A JWT is good for two minutes, and so each request has its own (AT
    /// WebSocket Authentication). The Exchange has the time and a path of REST signed; the key of the
    /// HMAC is what the Base64 of the secret says (EX WebSocket Authentication).
    fn request(&self, line: Line, verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send {
        ids.next();
        let kind = verb.pick("subscribe", "unsubscribe");
        let parts = || streams.iter().map(|s| s.name.split_once(':').unwrap_or((&s.name, "")));
        let (channel, symbol) = parts().next().unwrap_or_default();
        let symbols = parts().map(|part| part.1).collect::<Vec<_>>().join("\",\"");
        let symbols = match symbol {
            "" => symbols,
            _ => format!(r#","product_ids":["{symbols}"]"#),
        };
        if line.product == ADVANCED {
            let text = format!(r#"{{"type":"{kind}","channel":"{channel}"{symbols}"#);
            let jwt = (format!(r#"{text},"jwt":""}}"#), r#""jwt":""#, SECRET_JWT_ES256);
            let times = [(r#""nbf":"#, 0), (r#""exp":"#, 120)];
            let signed = with_jwt(jwt, CLAIMS, r#""sub":""#, &times);
            return if self.login { signed } else { Send::text(text + "}") };
        }
        let text = format!(r#"{{"type":"{kind}","channels":["{channel}"]{symbols}"#);
        match self.login || self.depth == "level2" {
            true => signed(text + KEYS, MARKS, "GET/users/self/verify"),
            false => Send::text(text + "}"),
        }
    }
}

/// Of a JWT.
const CLAIMS: &str = r#"{"iss":"cdp","sub":"","nbf":,"exp":}"#;
/// What a signed request to the Exchange ends with, and what it is filled behind.
const KEYS: &str = r#","key":"","passphrase":"","timestamp":"","signature":""}"#;
const MARKS: [&str; 4] =
    [r#""key":""#, r#""passphrase":""#, r#""timestamp":""#, r#""signature":""#];
