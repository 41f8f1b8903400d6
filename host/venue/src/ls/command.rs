//! What clients say over a websocket (`S3_` and all others alike): one stream a message.

use serde::Deserialize;
use serde_json::json;

use crate::protocol::Command;

#[derive(Deserialize)]
struct Message {
    header: Header,
    body: Body,
}

#[derive(Deserialize)]
struct Header {
    token: String,
    tr_type: String,
}

#[derive(Deserialize)]
struct Body {
    tr_cd: String,
    tr_key: String,
}

/// Reads a client's message, which must have the token that is good. A key of NXT has ten characters.
pub(super) fn read(token: Option<&str>, text: &[u8]) -> Command {
    let Ok(Message { header, body }) = serde_json::from_slice::<Message>(text) else {
        return Command::Answer { reply: answer("", "", "", "IGW40011") };
    };
    let Body { tr_cd, tr_key } = &body;
    let said = |code| answer(tr_cd, tr_key, &header.tr_type, code);
    if token != Some(&*header.token) {
        return Command::Answer { reply: said("IGW00121") };
    }
    let width = match tr_cd.as_str() {
        "H1_" | "HA_" | "S3_" | "K3_" | "VI_" => 6,
        "NH1" | "NS3" | "NVI" => 10,
        "JIF" => 1,
        _ => return Command::Answer { reply: said("IGW00215") },
    };
    if tr_key.len() != width {
        return Command::Answer { reply: said("10009") };
    }
    let (names, reply) = (vec![format!("{tr_cd}:{}", tr_key.trim_end())], said("00000"));
    match header.tr_type.as_str() {
        "3" => Command::Subscribe { names, reply },
        "4" => Command::Unsubscribe { names, reply },
        _ => Command::Answer { reply: said("IGW40011") },
    }
}

/// The header alone, with a code.
fn answer(tr_cd: &str, tr_key: &str, tr_type: &str, code: &str) -> String {
    let header = json!({
        "tr_cd": tr_cd, "tr_key": tr_key, "tr_type": tr_type, "rsp_cd": code, "rsp_msg": "",
    });
    json!({ "header": header }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(token: &str, kind: &str, code: &str, key: &str) -> Command {
        let text = format!(
            r#"{{"header":{{"token":"{token}","tr_type":"{kind}"}},"body":{{"tr_cd":"{code}","tr_key":"{key}"}}}}"#
        );
        read(Some("good"), text.as_bytes())
    }

    #[test]
    fn a_message_names_one_stream() {
        let subscribed = said("good", "3", "S3_", "005930");
        assert!(matches!(subscribed, Command::Subscribe { names, .. } if names == ["S3_:005930"]));
        let given_up = said("good", "4", "NS3", "N010950   ");
        assert!(matches!(given_up, Command::Unsubscribe { names, .. } if names == ["NS3:N010950"]));
    }

    #[test]
    fn refusals_have_codes() {
        for (command, code) in [
            (said("old", "3", "S3_", "005930"), "IGW00121"),
            (said("good", "3", "NS3", "N010950"), "10009"),
            (said("good", "3", "X", "005930"), "IGW00215"),
            (said("good", "9", "S3_", "005930"), "IGW40011"),
        ] {
            let Command::Answer { reply } = command else { panic!("{code}: it was taken") };
            assert!(reply.contains(code), "{code}: {reply}");
        }
    }
}
