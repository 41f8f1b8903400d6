//! Streams, logins and heartbeats.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::DERIBIT;

const ALL: &[Line] = &[Line::of(DERIBIT, 0)];
const TICKER: u32 = CHANNEL_MARK | CHANNEL_FUNDING | CHANNEL_OPEN_INTEREST | CHANNEL_STATUS;

/// Streams about no instrument: what is locked, and what opens and closes.
const COMMON: &str = r#""platform_state","instrument.state.future.any","instrument.state.option.any","instrument.state.spot.any""#;

/// What the token of a login is good for: nothing but reading, on that connection (DOC Access
/// scope).
const SCOPE: &str = "connection account:read trade:none wallet:none block_trade:none";

impl Streams for Market {
    /// DOC book, quote, trades and ticker.
    const STREAMS: &'static [Channel] = &[
        Channel::of(CHANNEL_DEPTH, ALL, "book"),
        Channel::of(CHANNEL_QUOTES, ALL, "quote"),
        Channel::of(CHANNEL_TRADES | CHANNEL_LIQUIDATIONS, ALL, "trades"),
        Channel::of(TICKER, ALL, "ticker"),
    ];
    /// To subscribe what is subscribed does nothing: it is given up first.
    const HEAL: Heal = Heal::Resubscribe(0);
    /// DOC Connection Management: 32 an address, of which some are left to REST.
    const ROOM: Room = Room { connections: 28, ..Room::FREE };
    const ANSWERS: bool = true;

    fn path(_line: Line) -> &'static str {
        "/ws/api/v2"
    }

    fn name(&self, _line: Line, channel: &Channel, symbol: &str) -> String {
        match channel.name {
            "quote" => format!("quote.{symbol}"),
            name => format!("{name}.{symbol}.{}", self.interval),
        }
    }

    /// DOC public/subscribe, public/unsubscribe.
    fn request(&self, _line: Line, verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send {
        let method = verb.pick("public/subscribe", "public/unsubscribe");
        call(ids.next(), method, &format!(r#""channels":["{}"]"#, Stream::join(streams, "\",\"")))
    }

    /// DOC public/set_heartbeat: without, a dead connection looks like a quiet one.
    fn greet(&self, _line: Line, ids: &mut Ids) -> Greeting {
        let interval = format!(r#""interval":{}"#, self.heartbeat);
        let mut frames = vec![call(ids.next(), "public/set_heartbeat", &interval)];
        frames.extend(self.login.then(|| login(ids.next())));
        frames.push(call(ids.next(), "public/subscribe", &format!(r#""channels":[{COMMON}]"#)));
        Greeting { frames, login: self.login }
    }
}

/// A request (DOC JSON-RPC over Websocket).
pub(crate) fn call(id: u64, method: &str, params: &str) -> Send {
    let head = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params""#);
    Send::text(format!("{head}:{{{params}}}}}"))
}

/// DOC public/auth, `client_signature`: HMAC-SHA256 of time, nonce and data, a line each. The secret
/// is not sent, and the tokens of the answer are not seen.
fn login(id: u64) -> Send {
    let who = r#""client_id":"","timestamp":,"signature":"""#;
    let how = format!(r#""grant_type":"client_signature","scope":"{SCOPE}","nonce":"{id}","#);
    let send = call(id, "public/auth", &(how + who));
    let text = String::from_utf8_lossy(&send.payload);
    let key = slot(&text, r#""client_id":""#, SECRET_KEY_ID, ENCODE_TEXT);
    let time = slot(&text, r#""timestamp":"#, SECRET_WALL_TIME, ENCODE_MILLIS);
    let signed = Secret { target: TARGET_SCRATCH, offset: 0, ..time.clone() };
    let mac = slot(&text, r#""signature":""#, SECRET_HMAC_SHA256, ENCODE_HEX);
    let mac = Secret { over: TARGET_SCRATCH, to: usize::MAX, ..mac };
    let (secrets, scratch) = (vec![key, time, signed, mac], vec![format!("\n{id}\n")]);
    let tokens = ["access_token", "refresh_token"].map(Token::blanked).to_vec();
    Send { secrets, scratch, tokens, ..send }
}
