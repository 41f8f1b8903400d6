//! `docs/wire_reader.py`, which shares no code with this crate, agrees with [`Consumer`].
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::path::Path;
use std::process::Command;

use common::Tape;
use common::world::{PUBLISHER, SECOND, play};
use patchbay_mcast::{Book, Consumer, ConsumerConfig, Key, Kind, PublisherConfig};
use patchbay_model::{Side, format_decimal};
use serde_json::{Value, json};

/// What the reader makes of datagrams; `None` (said so) where there is no Python.
fn read(name: &str, datagrams: &[&[u8]]) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/wire_reader.py");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut bytes = Vec::new();
    for datagram in datagrams {
        bytes.extend((datagram.len() as u32).to_le_bytes());
        bytes.extend_from_slice(datagram);
    }
    std::fs::write(&file, bytes).unwrap();
    let mut command = Command::new("python3");
    command.arg(script).arg("--json").args(["--levels", "0", "--file"]).arg(&file);
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(serde_json::from_slice(&output.stdout).unwrap())
        }
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "python3: {error}");
            println!("SKIPPED: python3: {error}");
            None
        }
    }
}

/// Compares everything that both of them say.
fn agree(name: &str, datagrams: &[&[u8]]) -> Option<usize> {
    let report = read(name, datagrams)?;
    let mut consumer = Consumer::new(ConsumerConfig::default());
    // Errors are counted.
    let errors = datagrams.iter().filter(|bytes| consumer.datagram(bytes, 0).is_err()).count();
    let counters = consumer.counters();
    assert_eq!(errors as u64, counters.crc_errors + counters.decode_errors);
    let sum = |pick: fn(&patchbay_mcast::ChannelCounters) -> u64| -> u64 {
        [1, 2]
            .iter()
            .filter_map(|&c| consumer.channel_counters(PUBLISHER, c))
            .map(|c| pick(&c))
            .sum()
    };
    assert_eq!(report["datagrams"], counters.datagrams);
    assert_eq!(report["texts"], counters.texts);
    assert_eq!(report["crc_errors"], counters.crc_errors);
    assert_eq!(report["decode_errors"], counters.decode_errors);
    assert_eq!(report["taken"], sum(|c| c.datagrams));
    assert_eq!(report["holes"], sum(|c| c.holes));
    assert_eq!(report["lost"], sum(|c| c.lost));
    assert_eq!(report["old"], sum(|c| c.old));
    for kind in Kind::ALL {
        let count = report["kinds"][kind.name()].as_u64().unwrap_or(0);
        assert_eq!(count, consumer.of_kind(*kind), "{kind:?}");
    }
    let books = report["books"].as_array().unwrap();
    assert_eq!(books.len(), consumer.keys().count());
    let mut good = 0;
    for told in books {
        let number = |field: &str| told[field].as_u64().unwrap();
        let channel = number("channel") as u8;
        let key = Key { publisher: PUBLISHER, channel, instrument: number("instrument") as u32 };
        let book = consumer.good(key, 0);
        assert_eq!(told["status"] == "good", book.is_some(), "{key:?}: {}", told["status"]);
        if let Some(book) = book {
            assert_eq!(told["venue_sequence"], book.venue_sequence());
            assert_eq!(told["bids"], texts(book, Side::Buy));
            assert_eq!(told["asks"], texts(book, Side::Sell));
            assert_eq!(told["symbol"], consumer.definition(key).unwrap().venue_symbol);
            good += 1;
        }
    }
    Some(good)
}

fn texts(book: &Book, side: Side) -> Value {
    let (price, qty) = book.exps();
    let text = |level: patchbay_abi::Level| {
        json!([format_decimal(level.price, price), format_decimal(level.qty, qty)])
    };
    book.levels(side).map(text).collect()
}

fn datagrams(tape: &Tape) -> Vec<&[u8]> {
    tape.sent().map(|(_, bytes)| bytes).collect()
}

#[test]
fn an_independent_reader_agrees() {
    let config = PublisherConfig { snapshot_cycle_ns: 5 * SECOND, ..PublisherConfig::default() };
    let Some(mut world) = play(config, 20 * SECOND, true) else {
        return;
    };
    let Some(good) = agree("good-line.bin", &datagrams(&world.tape)) else {
        return;
    };
    println!("{} datagrams, {good} good books, every level equal", world.tape.entries.len());
    assert_eq!(good, 4);

    // Some lost, some twice, some damaged.
    let sent = datagrams(&world.tape);
    let hit = (777..).find(|&place| sent[place].starts_with(b"PB")).unwrap();
    let mut damaged = sent[hit].to_vec();
    damaged[70] ^= 4;
    let mut spoilt: Vec<&[u8]> = Vec::new();
    for (place, bytes) in sent.iter().enumerate() {
        match place {
            _ if place == hit => spoilt.push(&damaged),
            _ if place % 997 == 5 => {}
            _ if place % 311 == 7 => spoilt.extend([*bytes, *bytes]),
            _ => spoilt.push(bytes),
        }
    }
    let good = agree("bad-line.bin", &spoilt).unwrap();
    println!("bad line: {good} good books, every level equal");

    world.end();
    assert_eq!(agree("ended.bin", &datagrams(&world.tape)), Some(0), "the session is over");
}
