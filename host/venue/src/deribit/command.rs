//! What clients say over a websocket (JSON-RPC over Websocket).

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::protocol::{Client, Command};

/// Channels of one instrument.
const CHANNELS: [&str; 4] = ["book", "quote", "trades", "ticker"];
/// Beginnings of channels of none.
const COMMON: [&str; 3] = ["platform_state", "instrument.state.", "announcements"];

#[derive(Deserialize)]
struct Request {
    id: Option<Value>,
    #[serde(default)]
    method: String,
    #[serde(default)]
    params: Params,
}

#[derive(Default, Deserialize)]
struct Params {
    #[serde(default)]
    channels: Vec<String>,
    #[serde(default)]
    interval: u64,
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    signature: String,
}

/// Reads a client's message.
pub(super) fn read(client: &Client<'_>, text: &[u8]) -> Command {
    let Ok(Request { id, method, params }) = serde_json::from_slice::<Request>(text) else {
        return refused(&Value::Null, 11_050, "bad_request");
    };
    let id = id.unwrap_or(Value::Null);
    match method.as_str() {
        "public/test" => Command::Answer { reply: done(&id, &json!({"version": "1.2.26"})) },
        "public/set_heartbeat" if params.interval >= 10 => Command::Heartbeat {
            every: Duration::from_secs(params.interval),
            reply: done(&id, &json!("ok")),
        },
        "public/set_heartbeat" => refused(&id, -32_602, "Invalid params"),
        "public/auth" => login(&id, &params),
        "public/subscribe" => subscribe(client, &id, params.channels),
        "public/unsubscribe" => {
            let reply = done(&id, &json!(params.channels));
            Command::Unsubscribe { names: params.channels, reply }
        }
        _ => refused(&id, -32_601, "Method not found"),
    }
}

/// Names that are no channel are left out of the answer; raw data is refused, all of it, to who is
/// not logged in (public/subscribe).
fn subscribe(client: &Client<'_>, id: &Value, channels: Vec<String>) -> Command {
    if !client.logged_in && channels.iter().any(|name| name.ends_with(".raw")) {
        return refused(id, 13_778, "raw_subscriptions_not_available_for_unauthorized");
    }
    let valid = |name: &String| {
        let mut parts = name.split('.');
        let channel = parts.next().is_some_and(|channel| CHANNELS.contains(&channel));
        let known = parts.next().is_some_and(|symbol| (client.knows)(symbol));
        channel && known || COMMON.iter().any(|begin| name.starts_with(begin))
    };
    let names: Vec<_> = channels.into_iter().filter(valid).collect();
    Command::Subscribe { reply: done(id, &json!(names)), names }
}

/// What a login gives, in the form that the venue documents (public/auth).
pub(super) const TOKENS: [&str; 2] =
    ["1582628593469.1MbQ-J_4.CBP-OqOwm_FBdMYj", "1582628593469.1GP4rQd0.A9Wa78o5kFRIUP49"];

/// public/auth by signature. Any key is taken: who it belongs to only the venue knows.
fn login(id: &Value, params: &Params) -> Command {
    let signed = params.signature.len() == 64
        && params.signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    if params.grant_type != "client_signature" || params.client_id.is_empty() || !signed {
        return refused(id, 13_004, "invalid_credentials");
    }
    let [access, refresh] = TOKENS;
    let token = json!({
        "access_token": access, "expires_in": 31_536_000, "refresh_token": refresh,
        "scope": "connection account:read", "token_type": "bearer",
    });
    Command::Login { reply: done(id, &token) }
}

fn done(id: &Value, result: &Value) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"result":{result},"usIn":0,"usOut":0,"usDiff":0,"testnet":false}}"#
    )
}

fn refused(id: &Value, code: i64, message: &str) -> Command {
    let error = json!({"code": code, "message": message});
    Command::Answer {
        reply: format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error},"testnet":false}}"#),
    }
}

#[cfg(test)]
mod tests {
    use super::super::DERIBIT;
    use super::*;

    fn said(logged_in: bool, method: &str, params: &str) -> (Value, Command) {
        let knows = |symbol: &str| symbol == "BTC-PERPETUAL";
        let client = Client { product: DERIBIT, logged_in, knows: &knows, ..Client::default() };
        let text = format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{params}}}"#);
        let command = read(&client, text.as_bytes());
        let reply = match &command {
            Command::Subscribe { reply, .. }
            | Command::Unsubscribe { reply, .. }
            | Command::Login { reply }
            | Command::Heartbeat { reply, .. }
            | Command::Answer { reply } => reply,
            Command::List { .. } | Command::Replace { .. } => panic!("there is none"),
        };
        let reply: Value = serde_json::from_str(reply).unwrap();
        assert_eq!(reply["id"], 7);
        (reply, command)
    }

    #[test]
    fn an_answer_names_what_was_subscribed() {
        let channels = r#"{"channels":["quote.BTC-PERPETUAL","quote.NOPE","platform_state"]}"#;
        let (reply, _) = said(false, "public/subscribe", channels);
        assert_eq!(reply["result"], json!(["quote.BTC-PERPETUAL", "platform_state"]));
        let raw = r#"{"channels":["quote.BTC-PERPETUAL","book.BTC-PERPETUAL.raw"]}"#;
        assert_eq!(said(false, "public/subscribe", raw).0["error"]["code"], 13_778);
        assert!(
            matches!(said(true, "public/subscribe", raw).1, Command::Subscribe { names, .. } if names.len() == 2)
        );
    }

    #[test]
    fn logins_need_a_key_and_a_signature() {
        let params = |signature: &str| {
            format!(
                r#"{{"grant_type":"client_signature","client_id":"k","timestamp":1,"nonce":"2","signature":"{signature}"}}"#
            )
        };
        let (good, bad) = (params(&"0f".repeat(32)), params("0f"));
        assert!(matches!(said(false, "public/auth", &good).1, Command::Login { .. }));
        assert_eq!(said(false, "public/auth", &bad).0["error"]["code"], 13_004);
    }

    #[test]
    fn heartbeats_come_no_oftener_than_in_ten_seconds() {
        let (_, command) = said(false, "public/set_heartbeat", r#"{"interval":30}"#);
        assert!(matches!(command, Command::Heartbeat { every, .. } if every.as_secs() == 30));
        let (reply, _) = said(false, "public/set_heartbeat", r#"{"interval":9}"#);
        assert_eq!(reply["error"]["code"], -32_602);
        assert_eq!(said(false, "public/test", "{}").0["result"]["version"], "1.2.26");
        assert_eq!(said(false, "private/buy", "{}").0["error"]["code"], -32_601);
    }
}
