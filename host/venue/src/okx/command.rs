//! What clients say over a websocket (Overview, WebSocket; Error Code, WebSocket).

use data_encoding::BASE64;
use ring::hmac;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::frame::Arg;
use super::path::BUSINESS;
use crate::protocol::{Client, Command};

/// Channels of one instrument or index over the public route.
const CHANNELS: [&str; 12] = [
    "books",
    "books-l2-tbt",
    "books50-l2-tbt",
    "books5",
    "bbo-tbt",
    "trades",
    "tickers",
    "mark-price",
    "index-tickers",
    "funding-rate",
    "open-interest",
    "price-limit",
];
/// Channels of a type of instruments.
const OF_TYPES: [&str; 2] = ["instruments", "liquidation-orders"];
const TYPES: [&str; 5] = ["SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION"];

/// Bytes of a request (Subscribe).
const REQUEST_MAX: usize = 64 << 10;
/// Requests to subscribe, to unsubscribe and to log in, per hour and connection (Connect).
const REQUESTS_MAX: u32 = 480;
/// Seconds for which a login is good (Login).
const LOGIN_S: u64 = 30;

/// A key of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// What names it.
    pub id: &'static str,
    /// What signs.
    pub secret: &'static str,
    /// What was chosen with it.
    pub passphrase: &'static str,
}

/// The key that the documents sign with (Overview, REST Authentication; WebSocket, Login).
pub const SAMPLE_KEY: Key = Key {
    id: "985d5b66-57ce-40fb-b714-afc0b9787083",
    secret: "22582BD0CFF14C41EDBF1AB98506286D",
    passphrase: "123456",
};

#[derive(Deserialize)]
struct Request<'a> {
    id: Option<String>,
    op: String,
    #[serde(borrow)]
    args: Vec<&'a RawValue>,
}

/// Reads a client's message.
pub(super) fn read(client: &Client<'_>, text: &[u8]) -> Command {
    if text == b"ping" {
        return Command::Answer { reply: "pong".to_owned() };
    }
    let request = serde_json::from_slice::<Request<'_>>(text);
    let Some(request) = request.ok().filter(|_| text.len() <= REQUEST_MAX) else {
        let shown = String::from_utf8_lossy(&text[..text.len().min(200)]);
        return Command::Answer {
            reply: refused(None, 60_012, &format!("Invalid request: {shown}")),
        };
    };
    let Request { id, op, args } = request;
    let answer = |code, why: &str| Command::Answer { reply: refused(id.as_deref(), code, why) };
    if !matches!(&*op, "subscribe" | "unsubscribe" | "login") {
        return answer(60_019, &format!("Invalid op: {op}"));
    }
    if client.requests >= REQUESTS_MAX {
        return answer(60_014, "Requests too frequent");
    }
    match &*op {
        "login" => match login(client, &args) {
            Ok(()) => Command::Login { reply: answered("login", None, r#","code":"0","msg":"""#) },
            Err((code, why)) => answer(code, why),
        },
        op => {
            let mut names = Vec::new();
            let mut each = |arg: &&RawValue| match stream(client, op, arg.get()) {
                Ok(name) => {
                    names.push(name);
                    answered(op, id.as_deref(), &format!(r#","arg":{}"#, arg.get()))
                }
                Err((code, why)) => refused(id.as_deref(), code, &why),
            };
            let reply = args.iter().map(&mut each).collect::<Vec<_>>().join("\n");
            match op {
                "subscribe" => Command::Subscribe { names, reply },
                _ => Command::Unsubscribe { names, reply },
            }
        }
    }
}

/// The stream that an argument names, or code and text of the refusal.
fn stream(client: &Client<'_>, op: &str, arg: &str) -> Result<String, (u32, String)> {
    let Ok(asked) = serde_json::from_str::<Arg<'_>>(arg) else {
        return Err((60_013, "Invalid args".to_owned()));
    };
    let channel = asked.channel;
    let business = channel == "trades-all" || channel.starts_with("candle");
    if business != (client.route == BUSINESS) {
        let (code, why) = match business {
            true => (64_001, "This channel has been migrated to the '/business' URL."),
            false => (64_002, "This channel is not supported by \"/business\" URL."),
        };
        return Err((code, why.to_owned()));
    }
    let known = match (asked.symbol, asked.kind) {
        (Some(symbol), _) => (business || CHANNELS.contains(&channel)) && (client.knows)(symbol),
        (None, Some(kind)) => OF_TYPES.contains(&channel) && TYPES.contains(&kind),
        (None, None) => channel == "status",
    };
    if !known {
        let of = asked.symbol.or(asked.kind).unwrap_or_default();
        let why = format!(
            "Wrong URL or channel:{channel},instId:{of} doesn't exist. Please use the correct URL, \
             channel and parameters referring to API document."
        );
        return Err((60_018, why));
    }
    // Order Book Trading, Market Data, WS / Order book channel.
    if op == "subscribe" && channel.ends_with("-l2-tbt") && !client.logged_in {
        return Err((60_011, "Please log in".to_owned()));
    }
    Ok(asked.name())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Login {
    #[serde(rename = "apiKey")]
    key: String,
    passphrase: String,
    timestamp: String,
    sign: String,
}

/// Whether a login is one of [`SAMPLE_KEY`], signed over time, method and path (Login).
fn login(client: &Client<'_>, args: &[&RawValue]) -> Result<(), (u32, &'static str)> {
    if client.logged_in {
        return Err((60_031, "The WebSocket endpoint does not allow multiple or repeated logins."));
    }
    let [arg] = args else { return Err((60_013, "Invalid args")) };
    let Ok(Login { key, passphrase, timestamp, sign }) = serde_json::from_str(arg.get()) else {
        return Err((60_013, "Invalid args"));
    };
    if key != SAMPLE_KEY.id {
        return Err((60_005, "Invalid apiKey"));
    }
    if passphrase != SAMPLE_KEY.passphrase {
        return Err((60_024, "Wrong passphrase"));
    }
    let Ok(second) = timestamp.parse::<u64>() else { return Err((60_004, "Invalid timestamp")) };
    if (client.wall_ms / 1000).abs_diff(second) > LOGIN_S {
        return Err((60_006, "Timestamp request expired"));
    }
    let secret = hmac::Key::new(hmac::HMAC_SHA256, SAMPLE_KEY.secret.as_bytes());
    let message = format!("{timestamp}GET/users/self/verify");
    let good = |sign: Vec<u8>| hmac::verify(&secret, message.as_bytes(), &sign).is_ok();
    match BASE64.decode(sign.as_bytes()).is_ok_and(good) {
        true => Ok(()),
        false => Err((60_007, "Invalid sign")),
    }
}

/// An event, with the id of the request where it had one.
fn answered(event: &str, id: Option<&str>, more: &str) -> String {
    let id = id.map_or_else(String::new, |id| format!(r#""id":{},"#, Value::from(id)));
    format!(r#"{{{id}"event":"{event}"{more},"connId":"patchbay"}}"#)
}

fn refused(id: Option<&str>, code: u32, why: &str) -> String {
    answered("error", id, &format!(r#","code":"{code}","msg":{}"#, json!(why)))
}

#[cfg(test)]
mod tests {
    use super::super::path::PUBLIC;
    use super::*;

    fn client() -> Client<'static> {
        let knows = &|symbol: &str| symbol == "BTC-USDT";
        Client { route: PUBLIC, knows, wall_ms: 1_538_054_051_000, ..Client::default() }
    }

    fn said(client: &Client<'_>, text: &str) -> Vec<String> {
        let (Command::Subscribe { reply, .. }
        | Command::Unsubscribe { reply, .. }
        | Command::Login { reply }
        | Command::Answer { reply }) = read(client, text.as_bytes())
        else {
            panic!("{text}")
        };
        reply.lines().map(str::to_owned).collect()
    }

    fn code(client: &Client<'_>, text: &str) -> u64 {
        let reply: Value = serde_json::from_str(&said(client, text)[0]).unwrap();
        reply["code"].as_str().map_or(0, |code| code.parse().unwrap())
    }

    // Overview, WebSocket, Subscribe and Unsubscribe; Connect.
    #[test]
    fn one_answer_an_argument() {
        let text = r#"{"id":"1512","op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"},{"channel":"status"},{"channel":"trades","instId":"NO-SUCH"}]}"#;
        let replies = said(&client(), text);
        let ack = r#"{"id":"1512","event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"patchbay"}"#;
        assert_eq!((replies.len(), &*replies[0]), (3, ack));
        assert!(replies[2].contains(r#""code":"60018""#), "{}", replies[2]);
        let Command::Subscribe { names, .. } = read(&client(), text.as_bytes()) else { panic!() };
        assert_eq!(names, ["books:BTC-USDT", "status"]);
        assert_eq!(said(&client(), "ping"), ["pong"]);
    }

    #[test]
    fn requests_that_are_refused() {
        let one = |op: &str, arg: &str| format!(r#"{{"op":"{op}","args":[{arg}]}}"#);
        let books = r#"{"channel":"books","instId":"BTC-USDT"}"#;
        let client = client();
        let of = |text: &str| code(&client, text);
        assert_eq!(of(r#"{"op":"subscribe","argss":[]}"#), 60_012);
        assert_eq!(of(&one("subscribe", &[books; 2_000].join(","))), 60_012);
        assert_eq!(of(&one("subscribe", "7")), 60_013);
        assert_eq!(of(&one("fly", books)), 60_019);
        let raw = r#"{"channel":"books-l2-tbt","instId":"BTC-USDT"}"#;
        assert_eq!((of(&one("subscribe", raw)), of(&one("subscribe", books))), (60_011, 0));
        let all = r#"{"channel":"trades-all","instId":"BTC-USDT"}"#;
        assert_eq!(of(&one("subscribe", all)), 64_001);
        let business = Client { route: BUSINESS, ..self::client() };
        assert_eq!(code(&business, &one("subscribe", all)), 0);
        assert_eq!(code(&business, &one("subscribe", books)), 64_002);
        let busy = Client { requests: 480, ..self::client() };
        assert_eq!(code(&busy, &one("unsubscribe", books)), 60_014);
    }

    // Overview, WebSocket, Login, with its timestamp; the signature was computed apart from this code.
    #[test]
    fn logins_are_signed() {
        let login = |key: &str, passphrase: &str, time: &str, sign: &str| {
            format!(
                r#"{{"op":"login","args":[{{"apiKey":"{key}","passphrase":"{passphrase}","timestamp":"{time}","sign":"{sign}"}}]}}"#
            )
        };
        let Key { id, passphrase, .. } = SAMPLE_KEY;
        let sign = "+LdIr8lkkvhr5hoA3g9TMC0+uQJ849ftAcocA/ouu4M=";
        let good = login(id, passphrase, "1538054050", sign);
        let ack = r#"{"event":"login","code":"0","msg":"","connId":"patchbay"}"#;
        assert_eq!(said(&client(), &good), [ack]);
        let of = |text: &str| code(&client(), text);
        assert_eq!(of(&login("x", passphrase, "1538054050", sign)), 60_005);
        assert_eq!(of(&login(id, "x", "1538054050", sign)), 60_024);
        assert_eq!(of(&login(id, passphrase, "then", sign)), 60_004);
        assert_eq!(of(&login(id, passphrase, "1538054020", sign)), 60_006);
        assert_eq!(of(&login(id, passphrase, "1538054051", sign)), 60_007);
        assert_eq!(code(&Client { logged_in: true, ..client() }, &good), 60_031);
    }
}
