//! What is read, and what is refused with which words.

use super::*;
use crate::MessageKind;

fn refusal(line: &str) -> (Option<u64>, Code, String) {
    let (id, failure) = Request::parse(line.as_bytes()).unwrap_err();
    (id, failure.code, failure.text)
}

#[test]
fn a_request_survives_its_line() {
    let tape = TapeQuery {
        symbol: "A".to_owned(),
        only: Some(MessageKind::OpenInterest),
        at: u64::MAX,
        ..TapeQuery::default()
    };
    let deep = vec!["A\"B".to_owned()];
    let detail = Detail { levels: 3, deep, log: 0, tape: Some(tape.clone()) };
    let swap = Operation::Swap { plugin: "binance".to_owned(), file: "b.so".to_owned() };
    let verbs = [
        Verb::Status(detail.clone()),
        Verb::Watch { every_ms: 250, detail },
        Verb::Books { symbols: vec!["A".to_owned()], levels: 25 },
        Verb::Plugins,
        Verb::Log { after: u64::MAX },
        Verb::Tape(tape),
        Verb::Operate(Operation::Stop {}),
        Verb::Operate(swap),
    ];
    for (id, verb) in (0..).zip(verbs) {
        let request = Request { id, verb };
        let line = request.line();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert_eq!(Request::parse(&line).unwrap(), request);
    }
}

#[test]
fn fields_left_out_have_their_defaults() {
    let request = Request::parse(br#"{"do":"status","id":4}"#).unwrap();
    assert_eq!(request, Request { id: 4, verb: Verb::Status(Detail::default()) });
    let request = Request::parse(br#"{"do":"books","id":4}"#).unwrap();
    assert_eq!(request.verb, Verb::Books { symbols: Vec::new(), levels: 20 });
}

#[test]
fn only_operations_need_the_right_to_operate() {
    for verb in QUERIES {
        let line = format!(r#"{{"id":1,"do":"{verb}","every_ms":100}}"#);
        let line = match verb {
            "watch" => line,
            "tape" => line.replace(r#""every_ms":100"#, r#""symbol":"A""#),
            _ => line.replace(r#","every_ms":100"#, ""),
        };
        assert_eq!(Request::parse(line.as_bytes()).unwrap().verb.needs(), Right::Read);
    }
    for verb in OPERATIONS {
        let line = format!(r#"{{"id":1,"do":"{verb}","plugin":"p","file":"f"}}"#);
        let line = match verb {
            "stop" => line.replace(r#","plugin":"p","file":"f""#, ""),
            "swap" => line,
            _ => line.replace(r#","file":"f""#, ""),
        };
        assert_eq!(Request::parse(line.as_bytes()).unwrap().verb.needs(), Right::Operate);
    }
}

#[test]
fn a_refusal_says_what_is_wrong() {
    let (id, code, text) = refusal(r#"{"id":2,"do":"watch","every":250}"#);
    assert_eq!((id, code), (Some(2), Code::BadRequest));
    assert!(text.contains("watch: unknown field `every`, expected one of `every_ms`"), "{text}");

    let (id, code, text) = refusal(r#"{"id":3,"do":"stop","now":true}"#);
    assert_eq!((id, code), (Some(3), Code::BadRequest));
    assert!(text.contains("unknown field `now`"), "{text}");

    let (_, code, text) = refusal(r#"{"id":4,"do":"reboot"}"#);
    assert_eq!(code, Code::UnknownVerb);
    assert!(text.contains("no verb `reboot`; known: status, watch"), "{text}");

    let (_, code, text) = refusal(r#"{"id":5,"do":"books","levels":26}"#);
    assert_eq!(code, Code::BadRequest);
    assert_eq!(text, "books: `levels` is 26 and must be from 0 to 25");

    let (_, _, text) = refusal(r#"{"id":6,"do":"watch","every_ms":1}"#);
    assert_eq!(text, "watch: `every_ms` is 1 and must be from 50 to 60000");
    assert_eq!(refusal(r#"{"id":7,"do":"tape"}"#).2, "tape: `symbol` must name an instrument");
    let (_, _, text) = refusal(r#"{"id":8,"do":"tape","symbol":"A","back":251}"#);
    assert_eq!(text, "tape: `back` is 251 and must be from 0 to 250");
    let (_, _, text) = refusal(r#"{"id":9,"do":"status","tape":{"symbol":"A","only":"rain"}}"#);
    assert!(text.starts_with("status: `only` must be one of trade, depth, quote"), "{text}");
    let (_, _, text) = refusal(r#"{"id":9,"do":"tape","symbol":"A","since":3}"#);
    assert!(text.contains("tape: unknown field `since`"), "{text}");
    assert_eq!(refusal(r#"{"do":"status"}"#).2, "`id` must be an integer from 0");
    assert_eq!(refusal(r#"{"id":1}"#).2, "`do` must name a verb");
}

#[test]
fn garbage_is_refused() {
    for line in ["", "[]", "7", "{", "\"status\"", "{\"id\":1,\"do\":\"status\"} x"] {
        assert_eq!(refusal(line).1, Code::BadJson, "{line}");
    }
    // Deeper than any stack would like.
    let deep = format!(r#"{{"id":1,"do":{}"#, "[".repeat(60_000));
    assert_eq!(refusal(&deep).1, Code::BadJson);
    // Every cut of a good line.
    let good = r#"{"id":1,"do":"books","symbols":["A","B"],"levels":2}"#;
    for end in 0..good.len() {
        assert_eq!(refusal(&good[..end]).1, Code::BadJson);
    }
}
