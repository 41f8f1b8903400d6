//! What clients say over a websocket.

use serde::Deserialize;

use super::{OPTION, SPOT};
use crate::protocol::{Client, Command};

/// Channels (docs/v5/websocket/public).
const CHANNELS: [&str; 8] = [
    "orderbook",
    "publicTrade",
    "tickers",
    "kline",
    "allLiquidation",
    "adlAlert",
    "priceLimit",
    "insurance",
];

/// Bytes of all topics of a connection (docs/v5/ws/connect, Public channel - Args limits).
const ARGS_MAX: usize = 21_000;

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    req_id: String,
    #[serde(default)]
    op: String,
    #[serde(default)]
    args: Vec<String>,
}

/// Reads a client's message.
pub(super) fn read(client: &Client<'_>, text: &[u8]) -> Command {
    let Ok(Request { req_id, op, args }) = serde_json::from_slice::<Request>(text) else {
        return Command::Answer { reply: told(false, "Invalid request", "", "") };
    };
    match op.as_str() {
        "ping" => Command::Answer { reply: told(true, "pong", &req_id, "ping") },
        "subscribe" => match wrong(client, &args) {
            Some(why) => Command::Answer { reply: told(false, &why, &req_id, "subscribe") },
            None => Command::Subscribe { reply: done(client, &args, &req_id, &op), names: args },
        },
        "unsubscribe" => {
            Command::Unsubscribe { reply: done(client, &args, &req_id, &op), names: args }
        }
        other => Command::Answer { reply: told(false, "unknown op", &req_id, other) },
    }
}

/// Why a subscription is refused, all of it.
fn wrong(client: &Client<'_>, args: &[String]) -> Option<String> {
    if client.product == SPOT && args.len() > 10 {
        return Some("args size >10".to_owned());
    }
    let held: usize = (client.names)().iter().map(String::len).sum();
    let more: usize = args.iter().map(String::len).sum();
    if held + more > ARGS_MAX {
        return Some(format!("args of the connection exceed {ARGS_MAX} characters"));
    }
    let valid = |topic: &&String| {
        let mut parts = topic.split('.');
        let channel = parts.next().is_some_and(|channel| CHANNELS.contains(&channel));
        channel && parts.next_back().is_some_and(|symbol| (client.knows)(symbol))
    };
    let bad = args.iter().find(|topic| !valid(topic))?;
    Some(format!("Invalid topic: [{bad}]"))
}

fn told(success: bool, why: &str, req_id: &str, op: &str) -> String {
    let [why, req_id, op] = [why, req_id, op].map(serde_json::Value::from);
    format!(
        r#"{{"success":{success},"ret_msg":{why},"conn_id":"patchbay","req_id":{req_id},"op":{op}}}"#
    )
}

/// Options answer in a form of their own.
fn done(client: &Client<'_>, args: &[String], req_id: &str, op: &str) -> String {
    match client.product {
        OPTION => {
            let topics = serde_json::json!(args);
            format!(
                r#"{{"success":true,"conn_id":"patchbay","data":{{"failTopics":[],"successTopics":{topics}}},"type":"COMMAND_RESP"}}"#
            )
        }
        SPOT => told(true, op, req_id, op),
        _ => told(true, "", req_id, op),
    }
}

#[cfg(test)]
mod tests {
    use super::super::LINEAR;
    use super::*;

    fn said(client: &Client<'_>, text: &str) -> String {
        match read(client, text.as_bytes()) {
            Command::Subscribe { reply, .. }
            | Command::Unsubscribe { reply, .. }
            | Command::Answer { reply } => reply,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn answers_as_documented() {
        let names = || vec!["x".repeat(20_990)];
        let client =
            Client { product: LINEAR, knows: &|symbol| symbol == "BTCUSDT", ..Client::default() };
        let ping = said(&client, r#"{"req_id":"7","op":"ping"}"#);
        let pong =
            r#"{"success":true,"ret_msg":"pong","conn_id":"patchbay","req_id":"7","op":"ping"}"#;
        assert_eq!(ping, pong);
        let good = r#"{"req_id":"1","op":"subscribe","args":["orderbook.50.BTCUSDT"]}"#;
        assert!(said(&client, good).contains(r#""success":true,"ret_msg":"""#));
        let bad = r#"{"op":"subscribe","args":["orderbook.50.BTCUSDT","tickers.NOPE"]}"#;
        assert!(said(&client, bad).contains("Invalid topic: [tickers.NOPE]"));
        let full = Client { names: &names, ..client };
        assert!(said(&full, good).contains("exceed 21000"));
        let many =
            format!(r#"{{"op":"subscribe","args":[{}]}}"#, [r#""tickers.BTCUSDT""#; 11].join(","));
        assert!(said(&full, &many).contains("exceed"));
        let spot = Client { product: SPOT, names: &Vec::new, ..full };
        assert!(said(&spot, &many).contains("args size >10"));
        assert!(said(&spot, good).contains(r#""ret_msg":"subscribe""#));
    }
}
