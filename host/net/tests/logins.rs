//! Tokens that a login over a websocket gives are kept, and shown to nobody.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::fake::Fake;
use common::*;
use patchbay_abi::*;
use patchbay_net::{Event, Hub};
use patchbay_plugin::bind::Command;
use patchbay_plugin::{Secret, Send, Token};

/// docs.deribit.com, public/auth, with its tokens cut.
const ANSWER: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"access_token":"1582628593469.1MbQ","expires_in":31536000,"refresh_token":"1582628593469.1Gpe","scope":"connection mainaccount","token_type":"bearer"}}"#;

/// A hub with one open connection.
async fn open() -> (Arc<Fake>, Hub) {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(connect(1, "wss://v/ws"));
    until(&mut hub, is_opened).await;
    (fake, hub)
}

fn login(tokens: &[(&str, &str)]) -> Command {
    let token = |(field, name): &(&str, &str)| Token {
        field: (*field).to_owned(),
        name: (*name).to_owned(),
    };
    let tokens = tokens.iter().map(token).collect();
    Command::Send(Send { conn: 1, opcode: OPCODE_TEXT, tokens, ..Send::default() })
}

/// What comes of frames that the venue sends.
async fn heard(hub: &mut Hub, fake: &Fake, texts: &[&str]) -> Vec<String> {
    for text in texts {
        fake.remote(0).text(text);
    }
    let events = during(hub, Duration::from_millis(10)).await;
    let frames = events.iter().filter_map(|event| match event {
        Event::Frames { batch, .. } => Some(batch),
        _ => None,
    });
    let text = |(_, data): (u32, &[u8])| String::from_utf8(data.to_vec()).unwrap();
    frames.flat_map(|batch| batch.frames().map(text)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_token_of_a_frame_is_kept_blanked_and_filled_in_later() {
    let (fake, mut hub) = open().await;
    hub.command(login(&[("access_token", "session"), ("refresh_token", "")]));
    let before = r#"{"method":"subscription","params":{"data":"access_token"}}"#;
    let heard = heard(&mut hub, &fake, &[before, ANSWER, ANSWER]).await;
    let blanked = ANSWER.replace("1582628593469.1MbQ", &" ".repeat(18));
    let blanked = blanked.replace("1582628593469.1Gpe", &" ".repeat(18));
    // Who asked for one answer has had it.
    assert_eq!(heard, [before, &blanked, ANSWER]);

    let place = |offset, key: &str| Secret {
        kind: SECRET_TOKEN,
        target: TARGET_BODY,
        offset,
        key: key.to_owned(),
        ..Secret::default()
    };
    let send = |key: &str| {
        let (payload, secrets) = (b"token:".to_vec(), vec![place(6, key)]);
        Command::Send(Send { conn: 1, opcode: OPCODE_TEXT, payload, secrets, ..Send::default() })
    };
    hub.command(send("session"));
    hub.command(send(""));
    let events = during(&mut hub, Duration::from_millis(10)).await;
    assert_eq!(fake.remote(0).texts()[1..], ["token:1582628593469.1MbQ"]);
    assert!(notes(&events).contains("no token \"\""), "what has no name is kept by nobody");
}

#[tokio::test(start_paused = true)]
async fn a_login_may_be_refused_and_said_again() {
    let (fake, mut hub) = open().await;
    hub.command(login(&[("access_token", "session")]));
    let refused = r#"{"id":1,"error":{"code":13004,"message":"invalid_credentials"}}"#;
    assert_eq!(heard(&mut hub, &fake, &[refused]).await, [refused]);
    // Again, with a better key.
    hub.command(login(&[("access_token", "session")]));
    assert!(!heard(&mut hub, &fake, &[ANSWER]).await[0].contains("1MbQ"));
}

#[tokio::test(start_paused = true)]
async fn a_login_whose_tokens_could_not_be_kept_is_not_sent() {
    let (fake, mut hub) = open().await;
    let fields: Vec<String> = (0..17).map(|number| format!("field{number}")).collect();
    let tokens: Vec<_> = fields.iter().map(|field| (field.as_str(), "")).collect();
    hub.command(login(&tokens));
    let events = during(&mut hub, Duration::from_millis(10)).await;
    assert!(fake.remote(0).texts().is_empty());
    assert!(notes(&events).contains("more than 16 fields to keep"), "{}", notes(&events));
}
