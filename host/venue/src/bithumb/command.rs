//! What clients say over a websocket (websocket, request format).

use serde_json::Value;

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
    if field("ticket").is_none() {
        return refused(("NO_TICKET", "no ticket"));
    }
    if !matches!(field("format"), None | Some("DEFAULT")) {
        return refused(("INVALID_PARAM", "only the format DEFAULT is served"));
    }
    match names(&objects) {
        Ok(names) if names.is_empty() => refused(("NO_TYPE", "no type")),
        Ok(names) => Command::Replace { names, reply: String::new() },
        Err(why) => refused(why),
    }
}

/// Streams that a request names: `orderbook:KRW-BTC`.
fn names(objects: &[Value]) -> Result<Vec<String>, (&'static str, &'static str)> {
    let mut names = Vec::new();
    for object in objects.iter().filter(|object| object.get("type").is_some()) {
        let kind = object["type"].as_str().filter(|kind| TYPES.contains(kind));
        let kind = kind.ok_or(("INVALID_PARAM", "an unknown type"))?;
        // Books whose prices are put together are streams of their own.
        let step = object["level"].as_f64().unwrap_or(1.0);
        let grouped = if step > 1.0 { format!("@{step}") } else { String::new() };
        let codes = object["codes"].as_array().filter(|codes| !codes.is_empty());
        for code in codes.ok_or(("NO_CODES", "no codes"))? {
            let code = code.as_str().ok_or(("INVALID_PARAM", "a code that is no text"))?;
            names.push(format!("{kind}{grouped}:{code}"));
        }
    }
    Ok(names)
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
        let text = r#"[{"ticket":"t"},{"type":"trade","codes":["KRW-BTC"],"isOnlyRealtime":true},{"type":"orderbook","codes":["KRW-BTC"],"level":1},{"type":"orderbook","codes":["KRW-ETH"],"level":10},{"format":"DEFAULT"}]"#;
        let names = ["trade:KRW-BTC", "orderbook:KRW-BTC", "orderbook@10:KRW-ETH"];
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
            (r#"[{"ticket":"t"},{"format":"DEFAULT"}]"#, "NO_TYPE"),
            (r#"[{"ticket":"t"},{"type":"trade"},{"format":"DEFAULT"}]"#, "NO_CODES"),
            (
                r#"[{"ticket":"t"},{"type":"x","codes":["A"]},{"format":"DEFAULT"}]"#,
                "INVALID_PARAM",
            ),
            (
                r#"[{"ticket":"t"},{"type":"trade","codes":["A"]},{"format":"SIMPLE"}]"#,
                "INVALID_PARAM",
            ),
        ] {
            let reply = refused(text);
            assert!(reply.starts_with(&format!(r#"{{"error":{{"name":"{name}""#)), "{reply}");
        }
        assert_eq!(refused("PING"), r#"{"status":"UP"}"#);
    }
}
