//! What clients say over a websocket (websocket-guide; websocket-list-subscriptions).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::body::error;
use crate::protocol::Command;

/// Types of market data.
const TYPES: [&str; 3] = ["ticker", "trade", "orderbook"];

/// Reads a client's message: an array of a ticket, of types, and of a format.
pub(super) fn read(text: &[u8]) -> Command {
    if text == b"PING" {
        return Command::Answer { reply: r#"{"status":"UP"}"#.to_owned() };
    }
    let refused = |(name, why): (&str, &str)| Command::Answer { reply: error(name, why) };
    let Ok(Value::Array(objects)) = serde_json::from_slice(text) else {
        return refused(("WRONG_FORMAT", "a request is an array"));
    };
    let field = |key: &str| objects.iter().find_map(|object| object[key].as_str());
    let Some(ticket) = field("ticket") else { return refused(("NO_TICKET", "no ticket")) };
    if field("method") == Some("LIST_SUBSCRIPTIONS") {
        return Command::List { id: ticket.to_owned() };
    }
    if field("format") != Some("SIMPLE") {
        return refused(("INVALID_PARAM", "the recording has the format SIMPLE"));
    }
    match names(&objects) {
        Ok(names) if names.is_empty() => refused(("NO_TYPE", "no type")),
        Ok(names) => Command::Replace { names, reply: String::new() },
        Err(why) => refused(why),
    }
}

/// Streams that a request names: `orderbook:KRW-BTC.30`.
fn names(objects: &[Value]) -> Result<Vec<String>, (&'static str, &'static str)> {
    let mut names = Vec::new();
    for object in objects.iter().filter(|object| object.get("type").is_some()) {
        let kind = object["type"].as_str().filter(|kind| TYPES.contains(kind));
        let kind = kind.ok_or(("INVALID_PARAM", "an unknown type"))?;
        // A step by which prices are put together is not recorded, and brings nothing.
        let step = object["level"].as_f64().unwrap_or(0.0);
        let grouped = if step > 0.0 { format!("@{step}") } else { String::new() };
        let codes = object["codes"].as_array().filter(|codes| !codes.is_empty());
        for code in codes.ok_or(("NO_CODES", "no codes"))? {
            let code = code.as_str().ok_or(("INVALID_PARAM", "a code that is no text"))?;
            names.push(format!("{kind}{grouped}:{code}"));
        }
    }
    Ok(names)
}

/// The answer to `LIST_SUBSCRIPTIONS`.
pub(super) fn listing(ticket: &str, names: &[&str]) -> String {
    let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (kind, code) in names.iter().filter_map(|name| name.split_once(':')) {
        types.entry(kind).or_default().push(code);
    }
    let result: Vec<_> =
        types.iter().map(|(kind, codes)| json!({"type": kind, "codes": codes})).collect();
    json!({"method": "LIST_SUBSCRIPTIONS", "result": result, "ticket": ticket}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        match read(text.as_bytes()) {
            Command::Answer { reply } => reply,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_request_names_everything() {
        let text = r#"[{"ticket":"t"},{"type":"trade","codes":["KRW-BTC"],"is_only_realtime":true},{"type":"orderbook","codes":["KRW-BTC.30","BTC-ETH"],"level":0},{"type":"orderbook","codes":["KRW-ETH"],"level":10},{"format":"SIMPLE"}]"#;
        let names =
            ["trade:KRW-BTC", "orderbook:KRW-BTC.30", "orderbook:BTC-ETH", "orderbook@10:KRW-ETH"];
        let expected = names.map(str::to_owned).to_vec();
        assert_eq!(
            read(text.as_bytes()),
            Command::Replace { names: expected, reply: String::new() }
        );
    }

    #[test]
    fn refusals_have_names() {
        for (text, name) in [
            ("{}", "WRONG_FORMAT"),
            (r#"[{"type":"trade","codes":["A"]}]"#, "NO_TICKET"),
            (r#"[{"ticket":"t"},{"format":"SIMPLE"}]"#, "NO_TYPE"),
            (r#"[{"ticket":"t"},{"type":"trade"},{"format":"SIMPLE"}]"#, "NO_CODES"),
            (r#"[{"ticket":"t"},{"type":"x","codes":["A"]},{"format":"SIMPLE"}]"#, "INVALID_PARAM"),
            (r#"[{"ticket":"t"},{"type":"trade","codes":["A"]}]"#, "INVALID_PARAM"),
        ] {
            let reply = refused(text);
            assert!(reply.starts_with(&format!(r#"{{"error":{{"name":"{name}""#)), "{reply}");
        }
        assert_eq!(refused("PING"), r#"{"status":"UP"}"#);
    }

    #[test]
    fn subscriptions_are_listed_by_type() {
        let text = r#"[{"ticket":"t"},{"method":"LIST_SUBSCRIPTIONS"}]"#;
        assert_eq!(read(text.as_bytes()), Command::List { id: "t".to_owned() });
        let list: Value = serde_json::from_str(&listing("t", &["trade:A", "trade:B"])).unwrap();
        assert_eq!(list["result"], json!([{"type": "trade", "codes": ["A", "B"]}]));
    }
}
