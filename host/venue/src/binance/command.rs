//! What clients say over a websocket.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::SPOT;
use crate::protocol::{Command, Product};

#[derive(Deserialize)]
struct Request<'a> {
    method: Option<String>,
    params: Option<Vec<String>>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

fn invalid(code: u8, why: &str) -> Command {
    let msg = serde_json::Value::from(why);
    Command::Answer { reply: format!(r#"{{"code":{code},"msg":{msg}}}"#) }
}

/// Reads a client's message.
pub(super) fn read(product: Product, text: &[u8]) -> Command {
    if let Err(error) = serde_json::from_slice::<serde_json::Value>(text) {
        return invalid(3, &format!("Invalid JSON: {error}"));
    }
    let request: Request<'_> = match serde_json::from_slice(text) {
        Ok(request) => request,
        Err(error) => return invalid(2, &format!("Invalid request: {error}")),
    };
    let id = request.id.map_or("null", RawValue::get);
    if !is_id(product, id) {
        return invalid(2, "Invalid request: request ID must be an unsigned integer");
    }
    let names = request.params;
    match (request.method.as_deref(), names) {
        (Some("SUBSCRIBE"), Some(names)) if !names.is_empty() => {
            Command::Subscribe { names, reply: done(id) }
        }
        (Some("UNSUBSCRIBE"), Some(names)) if !names.is_empty() => {
            Command::Unsubscribe { names, reply: done(id) }
        }
        (Some("LIST_SUBSCRIPTIONS"), _) => Command::List { id: id.to_owned() },
        (Some("SUBSCRIBE" | "UNSUBSCRIBE"), _) => {
            invalid(2, "Invalid request: missing field `params`")
        }
        (Some(other), _) => invalid(
            2,
            &format!(
                "Invalid request: unknown variant `{other}`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`"
            ),
        ),
        (None, _) => invalid(2, "Invalid request: missing field `method`"),
    }
}

fn done(id: &str) -> String {
    format!(r#"{{"result":null,"id":{id}}}"#)
}

/// Spot takes an integer, a text of at most 36 or null; futures an unsigned integer.
fn is_id(product: Product, id: &str) -> bool {
    match product {
        SPOT => {
            id == "null" || id.parse::<i64>().is_ok() || (id.starts_with('"') && id.len() <= 38)
        }
        _ => id == "null" || id.parse::<u64>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::USDM;
    use super::*;

    #[test]
    fn reads_what_the_venue_documents() {
        let read_spot = |text: &str| read(SPOT, text.as_bytes());
        let subscribe = r#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}"#;
        let reply = r#"{"result":null,"id":1}"#.to_owned();
        let names = vec!["btcusdt@trade".to_owned()];
        assert_eq!(read_spot(subscribe), Command::Subscribe { names, reply });
        let list = r#"{"method":"LIST_SUBSCRIPTIONS","id":"x"}"#;
        assert_eq!(read_spot(list), Command::List { id: "\"x\"".to_owned() });
        for (text, code) in [("{", 3), (r#"{"method":"FLY","id":1}"#, 2), (r#"{"id":1}"#, 2)] {
            let Command::Answer { reply } = read_spot(text) else { panic!("{text}") };
            assert!(reply.starts_with(&format!(r#"{{"code":{code},"#)), "{reply}");
        }
        assert!(matches!(read(USDM, list.as_bytes()), Command::Answer { .. }));
    }
}
