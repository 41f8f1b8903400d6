//! `docs/control.md` names every field, word and verb, and its examples are what it says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use patchbay_control::{
    BookState, Cause, Code, ConnectionState, Detector, Evidence, Greeting, JournalState, LogLevel,
    MAX_CLIENTS, MAX_LEVELS, MAX_LOG_LINES, MAX_MESSAGES, MessageKind, PluginKind, PluginState,
    Request,
};
use serde_json::Value;

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/control.md");
    std::fs::read_to_string(path).unwrap()
}

fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                names(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

#[test]
fn every_field_of_a_status_is_described() {
    let (document, mut fields) = (document(), BTreeSet::new());
    names(&serde_json::to_value(common::status()).unwrap(), &mut fields);
    assert!(fields.len() > 60, "{}", fields.len());
    for field in fields {
        assert!(document.contains(&format!("`{field}`")), "docs/control.md lacks `{field}`");
    }
}

#[test]
fn every_word_is_described() {
    let document = document();
    let mut words: Vec<&str> = Vec::new();
    words.extend(BookState::ALL.iter().map(|word| word.word()));
    words.extend(Evidence::ALL.iter().map(|word| word.word()));
    words.extend(Cause::ALL.iter().map(|word| word.word()));
    words.extend(MessageKind::ALL.iter().map(|word| word.word()));
    words.extend(Detector::ALL.iter().map(|word| word.word()));
    words.extend(ConnectionState::ALL.iter().map(|word| word.word()));
    words.extend(PluginKind::ALL.iter().map(|word| word.word()));
    words.extend(PluginState::ALL.iter().map(|word| word.word()));
    words.extend(JournalState::ALL.iter().map(|word| word.word()));
    words.extend(LogLevel::ALL.iter().map(|word| word.word()));
    for word in words {
        assert!(document.contains(&format!("`{word}`")), "docs/control.md lacks `{word}`");
    }
}

#[test]
fn every_code_is_described_and_none_that_is_not() {
    let document = document();
    let rows = document.split("| code | means |").nth(1).unwrap().split("\n\n").next().unwrap();
    let codes: Vec<_> =
        rows.split("\n| `").skip(1).map(|row| row.split('`').next().unwrap()).collect();
    assert_eq!(codes.len(), 8);
    for code in codes {
        let read: Code = serde_json::from_value(Value::from(code)).unwrap();
        assert_ne!(read, Code::Other, "{code}");
    }
}

#[test]
fn examples_are_what_they_show() {
    let document = document();
    let (mut requests, mut greetings) = (0, 0);
    for block in document.split("```json\n").skip(1) {
        for line in block.split("\n```").next().unwrap().lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            if value.get("do").is_some() {
                Request::parse(line.as_bytes()).unwrap();
                requests += 1;
            } else if value.get("protocol").is_some() {
                serde_json::from_str::<Greeting>(line).unwrap();
                greetings += 1;
            }
        }
    }
    assert_eq!((requests, greetings), (9, 1));
}

#[test]
fn bounds_are_what_they_say() {
    let document = document();
    assert!(document.contains(&format!("| clients at once | {MAX_CLIENTS} |")));
    assert!(document.contains(&format!("0 to {MAX_LEVELS}")));
    assert!(document.contains(&format!("0 to {MAX_LOG_LINES}")));
    assert!(document.contains(&format!("0 to {MAX_MESSAGES}")));
}
