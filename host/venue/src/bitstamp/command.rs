//! What clients say over a websocket (WS Subscriptions, Unsubscriptions, Heartbeat).

use serde::Deserialize;

use crate::protocol::{Client, Command};

/// Channels of market data. Those of an account begin with `private-` and need a token.
const CHANNELS: [&str; 5] =
    ["live_trades_", "live_orders_", "order_book_", "detail_order_book_", "diff_order_book_"];

#[derive(Deserialize)]
struct Message {
    event: String,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    channel: String,
}

/// Reads a client's message, which names one channel.
pub(super) fn read(client: &Client<'_>, text: &[u8]) -> Command {
    let Ok(Message { event, data }) = serde_json::from_slice::<Message>(text) else {
        return refused("Incorrect JSON format.");
    };
    if event == "bts:heartbeat" {
        return Command::Answer { reply: said(&event, "", r#"{"status":"success"}"#) };
    }
    let Some(Data { channel }) = data else { return refused("Bad subscription string.") };
    let answer = |done: &str| said(&format!("bts:{done}_succeeded"), &channel, "{}");
    match event.as_str() {
        "bts:subscribe" if is_known(client, &channel) => {
            let reply = answer("subscription");
            Command::Subscribe { names: vec![channel], reply }
        }
        "bts:unsubscribe" if (client.names)().contains(&channel) => {
            let reply = answer("unsubscription");
            Command::Unsubscribe { names: vec![channel], reply }
        }
        _ => refused("Bad subscription string."),
    }
}

/// Whether there is such a channel of a market that there is.
fn is_known(client: &Client<'_>, channel: &str) -> bool {
    CHANNELS.iter().any(|name| channel.strip_prefix(name).is_some_and(client.knows))
}

/// What the venue says by itself or in answer.
pub(super) fn said(event: &str, channel: &str, data: &str) -> String {
    format!(r#"{{"event":"{event}","channel":"{channel}","data":{data}}}"#)
}

/// Of codes and words no more is documented than that there are some.
fn refused(why: &str) -> Command {
    let data = format!(r#"{{"code":null,"message":"{why}"}}"#);
    Command::Answer { reply: said("bts:error", "", &data) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(verb: &str, channel: &str) -> Command {
        let client = Client {
            knows: &|symbol| symbol == "btcusd",
            names: &|| vec!["live_trades_btcusd".to_owned()],
            ..Client::default()
        };
        let text = format!(r#"{{"event":"bts:{verb}","data":{{"channel":"{channel}"}}}}"#);
        read(&client, text.as_bytes())
    }

    #[test]
    fn a_message_names_one_channel() {
        let names = vec!["live_orders_btcusd".to_owned()];
        let reply =
            r#"{"event":"bts:subscription_succeeded","channel":"live_orders_btcusd","data":{}}"#;
        let reply = reply.to_owned();
        assert_eq!(asked("subscribe", &names[0]), Command::Subscribe { names, reply });
        let names = vec!["live_trades_btcusd".to_owned()];
        let reply =
            r#"{"event":"bts:unsubscription_succeeded","channel":"live_trades_btcusd","data":{}}"#;
        let reply = reply.to_owned();
        assert_eq!(asked("unsubscribe", &names[0]), Command::Unsubscribe { names, reply });
    }

    #[test]
    fn what_it_does_not_understand_it_says() {
        let error = |text: &str| match read(&Client::default(), text.as_bytes()) {
            Command::Answer { reply } => reply,
            other => panic!("{other:?}"),
        };
        // github.com/semenmsu/crypto, `bitstamp/README.md`.
        let incorrect = r#"{"event":"bts:error","channel":"","data":{"code":null,"message":"Incorrect JSON format."}}"#;
        assert_eq!(error("{"), incorrect);
        let pong = r#"{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}"#;
        assert_eq!(error(r#"{"event":"bts:heartbeat"}"#), pong);
        for (verb, channel) in [
            ("subscribe", "live_orders_nosuch"),
            ("subscribe", "ticker_btcusd"),
            ("unsubscribe", "order_book_btcusd"),
            ("list", "live_trades_btcusd"),
        ] {
            let Command::Answer { reply } = asked(verb, channel) else { panic!("{channel}") };
            assert!(reply.starts_with(r#"{"event":"bts:error""#), "{reply}");
        }
    }
}
