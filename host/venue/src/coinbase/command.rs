//! What clients say over a websocket (WebSocket Overview and Authentication of both products).

use std::collections::BTreeMap;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::hmac;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ADVANCED;
use crate::protocol::{Client, Command};

/// Channels of products of Advanced Trade, and those of none.
const OF_ADVANCED: [&str; 5] = ["level2", "market_trades", "ticker", "ticker_batch", "candles"];
const ALONE: [&str; 2] = ["heartbeats", "status"];
/// Channels of the Exchange; the last need a key.
const OF_EXCHANGE: [&str; 8] = [
    "matches",
    "ticker",
    "ticker_batch",
    "heartbeat",
    "level2_batch",
    "auctionfeed",
    "level2",
    "full",
];
const WITH_KEY: [&str; 2] = ["level2", "full"];

/// Seconds for which a JWT is good, and by which the time of a signature may be wrong.
const JWT_S: u64 = 120;
const SIGNED_S: u64 = 30;

/// A key of the Exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// What names it.
    pub id: &'static str,
    /// What signs, in Base64.
    pub secret: &'static str,
    /// What was chosen with it.
    pub passphrase: &'static str,
}

/// A key that no account has.
pub const SAMPLE_KEY: Key = Key {
    id: "patchbay",
    secret: "cGF0Y2hiYXktc2VjcmV0LWZvci10ZXN0cy0wMDAwMDA=",
    passphrase: "123456",
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Request {
    #[serde(rename = "type")]
    kind: String,
    product_ids: Vec<String>,
    channel: String,
    channels: Vec<Value>,
    jwt: Option<String>,
    key: Option<String>,
    passphrase: String,
    timestamp: String,
    signature: String,
}

/// Reads a client's message.
pub(super) fn read(client: &Client<'_>, text: &[u8]) -> Command {
    let Ok(request) = serde_json::from_slice::<Request>(text) else {
        return error("Malformed JSON", "");
    };
    let on = match request.kind.as_str() {
        "subscribe" => true,
        "unsubscribe" => false,
        other => return error("Type has to be either subscribe or unsubscribe", other),
    };
    let failed = if on { "Failed to subscribe" } else { "Failed to unsubscribe" };
    let names = match request.names(client, on) {
        Ok(names) => names,
        Err(why) => return error(failed, &why),
    };
    let mut held = (client.names)();
    match on {
        true => held.extend(names.iter().cloned()),
        false => held.retain(|name| !names.contains(name)),
    }
    let reply = subscriptions(client, &held);
    match on {
        true => Command::Subscribe { names, reply },
        false => Command::Unsubscribe { names, reply },
    }
}

impl Request {
    /// Names of the streams: channel and symbol, or a channel alone.
    fn names(&self, client: &Client<'_>, on: bool) -> Result<Vec<String>, String> {
        let advanced = client.product == ADVANCED;
        let mut names = Vec::new();
        let mut add = |channel: &str, products: &[String]| {
            let of_products: &[&str] = if advanced { &OF_ADVANCED } else { &OF_EXCHANGE };
            if ALONE.contains(&channel) {
                names.push(channel.to_owned());
                return Ok(());
            }
            if !of_products.contains(&channel) {
                return Err(format!("{channel} is not a valid channel"));
            }
            if !advanced && on && WITH_KEY.contains(&channel) && self.key.is_none() {
                return Err(format!("{channel} channel now requires authentication"));
            }
            if products.is_empty() {
                return Err(format!(
                    "You need to specify at least one product ID for channel {channel}"
                ));
            }
            if let Some(wrong) = products.iter().find(|symbol| !(client.knows)(symbol)) {
                return Err(format!("{wrong} is not a valid product"));
            }
            names.extend(products.iter().map(|symbol| format!("{channel}:{symbol}")));
            Ok(())
        };
        if advanced {
            add(&self.channel, &self.product_ids)?;
        }
        for channel in &self.channels {
            match (channel.as_str(), &channel["name"], &channel["product_ids"]) {
                (Some(name), ..) => add(name, &self.product_ids)?,
                (None, Value::String(name), Value::Array(own)) => {
                    let own = own.iter().filter_map(|id| id.as_str().map(str::to_owned));
                    add(name, &own.collect::<Vec<_>>())?;
                }
                (None, Value::String(name), _) => add(name, &self.product_ids)?,
                _ => return Err("a channel without a name".to_owned()),
            }
        }
        let now = client.wall_ms / 1000;
        let jwt = self.jwt.as_ref().is_none_or(|jwt| is_jwt(jwt, now));
        match jwt && self.key.as_ref().is_none_or(|key| self.is_signed(key, now)) {
            true => Ok(names),
            false => Err("authentication failure".to_owned()),
        }
    }

    /// Exchange, WebSocket Authentication: what the secret's Base64 says signs time and path.
    fn is_signed(&self, key: &str, now: u64) -> bool {
        let secret = BASE64.decode(SAMPLE_KEY.secret.as_bytes()).unwrap_or_default();
        let said = format!("{}GET/users/self/verify", self.timestamp);
        let given = BASE64.decode(self.signature.as_bytes()).unwrap_or_default();
        let time = self.timestamp.parse().is_ok_and(|at: u64| at.abs_diff(now) <= SIGNED_S);
        let right =
            hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &secret), said.as_bytes(), &given);
        time && right.is_ok() && (key, &*self.passphrase) == (SAMPLE_KEY.id, SAMPLE_KEY.passphrase)
    }
}

/// Whether a text is a JWT as Advanced Trade wants it (WebSocket Authentication), good now. Whose key
/// has signed it only the venue knows.
fn is_jwt(text: &str, now: u64) -> bool {
    let parts: Vec<_> =
        text.split('.').map(|part| BASE64URL_NOPAD.decode(part.as_bytes())).collect();
    let [Ok(head), Ok(claims), Ok(signature)] = &parts[..] else { return false };
    let read = |part: &[u8]| serde_json::from_slice::<Value>(part).unwrap_or_default();
    let (head, claims) = (read(head), read(claims));
    let time = |key: &str| claims[key].as_u64().unwrap_or(0);
    let good = time("nbf") <= now && now < time("exp") && time("exp") - time("nbf") <= JWT_S;
    let named = head["kid"].is_string() && head["kid"] == claims["sub"] && claims["iss"] == "cdp";
    good && named && head["alg"] == "ES256" && signature.len() == 64
}

fn error(message: &str, reason: &str) -> Command {
    let mut told = json!({ "type": "error", "message": message });
    if !reason.is_empty() {
        told["reason"] = reason.into();
    }
    Command::Answer { reply: told.to_string() }
}

/// All streams of the connection, after every change of them.
fn subscriptions(client: &Client<'_>, names: &[String]) -> String {
    let mut channels: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in names {
        let (channel, symbol) = name.split_once(':').unwrap_or((name, name));
        let known = channels.entry(channel).or_default();
        if !known.contains(&symbol) {
            known.push(symbol);
        }
    }
    if client.product == ADVANCED {
        let now = patchbay_model::iso8601(client.wall_ms as i64 * 1_000_000);
        let events = json!([{ "subscriptions": channels }]);
        return format!(
            r#"{{"channel":"subscriptions","timestamp":"{now}","sequence_num":0,"events":{events}}}"#
        );
    }
    let list = channels.into_iter().map(|(name, products)| {
        // What batches is called by its interval.
        let name = if name == "level2_batch" { "level2_50" } else { name };
        json!({ "name": name, "product_ids": products, "account_ids": null })
    });
    json!({ "type": "subscriptions", "channels": list.collect::<Vec<_>>() }).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::EXCHANGE;
    use super::*;

    const NOW_MS: u64 = 1_700_000_000_000;

    fn said(product: crate::Product, text: &str) -> (Vec<String>, Value) {
        let client = Client {
            product,
            names: &|| vec!["ticker:BTC-USD".to_owned()],
            knows: &|symbol| symbol.starts_with("BTC"),
            wall_ms: NOW_MS,
            ..Client::default()
        };
        let (names, reply) = match read(&client, text.as_bytes()) {
            Command::Subscribe { names, reply } | Command::Unsubscribe { names, reply } => {
                (names, reply)
            }
            Command::Answer { reply } => (Vec::new(), reply),
            other => panic!("{other:?}"),
        };
        (names, serde_json::from_str(&reply).unwrap())
    }

    #[test]
    fn an_answer_lists_all_that_is_subscribed() {
        let text = r#"{"type":"subscribe","product_ids":["BTC-USD"],"channel":"level2"}"#;
        let (names, reply) = said(ADVANCED, text);
        assert_eq!(names, ["level2:BTC-USD"]);
        let listed = json!([{"subscriptions": {"level2": ["BTC-USD"], "ticker": ["BTC-USD"]}}]);
        assert_eq!((&reply["channel"], &reply["events"]), (&json!("subscriptions"), &listed));
        let text = r#"{"type":"subscribe","product_ids":["BTC-EUR"],"channels":["level2_batch",{"name":"heartbeat","product_ids":["BTC-USD"]}]}"#;
        let (names, reply) = said(EXCHANGE, text);
        assert_eq!(names, ["level2_batch:BTC-EUR", "heartbeat:BTC-USD"]);
        assert_eq!(reply["channels"][1]["name"], "level2_50");
        let text = r#"{"type":"unsubscribe","product_ids":["BTC-USD"],"channels":["ticker"]}"#;
        assert_eq!(said(EXCHANGE, text).1["channels"], json!([]));
    }

    #[test]
    fn a_request_fails_as_a_whole() {
        for (text, why) in [
            (
                r#"{"type":"subscribe","product_ids":["BTC-USD","NO"],"channels":["ticker"]}"#,
                "NO is not a valid product",
            ),
            (
                r#"{"type":"subscribe","product_ids":["BTC-USD"],"channels":["ticks"]}"#,
                "ticks is not a valid channel",
            ),
            (
                r#"{"type":"subscribe","product_ids":["BTC-USD"],"channels":["level2"]}"#,
                "level2 channel now requires authentication",
            ),
            (
                r#"{"type":"subscribe","channels":["ticker"]}"#,
                "You need to specify at least one product ID for channel ticker",
            ),
        ] {
            let (names, reply) = said(EXCHANGE, text);
            assert_eq!(
                (names.len(), &reply["type"], &reply["reason"]),
                (0, &json!("error"), &json!(why))
            );
        }
        assert_eq!(said(ADVANCED, "{").1["message"], "Malformed JSON");
    }

    #[test]
    fn a_signature_is_of_time_and_path_by_the_decoded_secret() {
        let text = |signature: &str| {
            format!(
                r#"{{"type":"subscribe","product_ids":["BTC-USD"],"channels":["level2"],"key":"patchbay","passphrase":"123456","timestamp":"1700000000","signature":"{signature}"}}"#
            )
        };
        let (names, _) = said(EXCHANGE, &text("y9Gr9ZlSMDdnvt4cBPYKNaAEjY/CVRKEDH86VuzFZwA="));
        assert_eq!(names, ["level2:BTC-USD"]);
        let (_, reply) = said(EXCHANGE, &text("IfYZO91XMVjNUOnTtAvibwTUfS4H94/1uIcluVa6Wrw="));
        assert_eq!(reply["reason"], "authentication failure");
    }

    #[test]
    fn a_jwt_is_good_for_two_minutes() {
        let jwt = |nbf: u64, exp: u64| {
            let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
            let head = part(json!({"alg": "ES256", "typ": "JWT", "kid": "k", "nonce": "0f"}));
            let claims = part(json!({"iss": "cdp", "sub": "k", "nbf": nbf, "exp": exp}));
            format!("{head}.{claims}.{}", BASE64URL_NOPAD.encode(&[0; 64]))
        };
        let now = NOW_MS / 1000;
        for (jwt, good) in [
            (jwt(now, now + 120), true),
            (jwt(now - 120, now), false),
            (jwt(now, now + 600), false),
            ("a.b".to_owned(), false),
        ] {
            let text = format!(r#"{{"type":"subscribe","channel":"heartbeats","jwt":"{jwt}"}}"#);
            assert_eq!(said(ADVANCED, &text).0.len(), usize::from(good), "{jwt}");
        }
    }
}
