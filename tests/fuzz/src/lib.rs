//! What is fuzzed: each function takes any bytes and panics if a promise is broken.
//!
//! `cargo fuzz run TARGET` drives them with libFuzzer (nightly, `cargo install cargo-fuzz`);
//! `cargo test` drives them on stable with a bounded number of seeded mutations, which finds less.
#![allow(clippy::missing_panics_doc, reason = "panics are what is looked for")]

#[path = "../../../host/net/tests/twin/mod.rs"]
mod twin;

use std::path::PathBuf;

use patchbay_journal::{Memory, Reader, Storage};
use patchbay_mcast::{Consumer, ConsumerConfig};
use patchbay_model::parse_decimal;
use patchbay_runtime::config::HostConfig;
use patchbay_scan::{Cursor, Instructions, Reader as Scanner};
use simd_json::prelude::*;

/// The scanner: its twins agree, and what they read is what a JSON parser reads from the same bytes.
pub fn scan(bytes: &[u8]) {
    let Some((&[price_exp, qty_exp], text)) = bytes.split_first_chunk() else { return };
    let exps = (price_exp as i8 % 20, qty_exp as i8 % 20);
    let vector = wide(text);
    let scalar = Cursor::scalar(text);
    assert_eq!({ vector }.u64(), { scalar }.u64());
    assert_eq!({ vector }.string(), { scalar }.string());
    assert_eq!({ vector }.boolean(), { scalar }.boolean());
    let decimal = { vector }.decimal(exps.0);
    assert_eq!(decimal, { scalar }.decimal(exps.0));
    if let Some(end) = text.iter().position(|&byte| byte == b'"') {
        assert_eq!(decimal, parse_decimal(&text[..end], exps.0).ok());
    }
    let avx2 = Cursor::at_most(text, Instructions::Avx2);
    let lists = [vector, scalar, avx2, Cursor::new(text)].map(|cursor| levels(cursor, exps));
    assert!(lists.iter().all(|list| *list == lists[0]), "{lists:?}");
    if let Some((found, len)) = &lists[0] {
        assert_eq!(*found, general(&text[..*len], exps));
    }
}

/// A cursor with everything that the processor has.
fn wide(text: &[u8]) -> Cursor<'_> {
    struct Itself;
    impl<'a> Scanner<'a> for Itself {
        type Output = Cursor<'a>;

        fn read(self, cursor: Cursor<'a>) -> Cursor<'a> {
            cursor
        }
    }
    Cursor::with(text, Itself)
}

/// Levels, and where their list ends.
fn levels(mut cursor: Cursor<'_>, exps: (i8, i8)) -> Option<(Vec<[i64; 2]>, usize)> {
    let mut all = Vec::new();
    let count = cursor.levels(exps.0, exps.1, |some| {
        all.extend_from_slice(some);
        Some(())
    })?;
    assert_eq!(count, all.len());
    Some((all, cursor.position()))
}

/// The same by simd-json, for a list that was accepted.
fn general(text: &[u8], exps: (i8, i8)) -> Vec<[i64; 2]> {
    let mut text = text.to_vec();
    let list = simd_json::to_borrowed_value(&mut text).expect("what was accepted is JSON");
    let value = |level: &simd_json::BorrowedValue<'_>, place: usize, exp| {
        let text = level.get_idx(place).and_then(|value| value.as_str()).expect("text");
        parse_decimal(text.as_bytes(), exp).expect("a decimal that fits")
    };
    let levels = list.as_array().expect("a list").iter();
    levels.map(|level| [value(level, 0, exps.0), value(level, 1, exps.1)]).collect()
}

/// The multicast line: datagrams, each after its length in two bytes.
pub fn wire(bytes: &[u8]) {
    let mut consumer = Consumer::new(ConsumerConfig::default());
    let (mut rest, mut now) = (bytes, 0);
    while let Some((len, more)) = rest.split_first_chunk() {
        let len = usize::from(u16::from_le_bytes(*len)).min(more.len());
        let (datagram, after) = more.split_at(len);
        now += 1_000_000;
        let taken = consumer.datagram(datagram, now).is_ok();
        for key in consumer.keys().collect::<Vec<_>>() {
            let good = consumer.good(key, now).is_some();
            assert!(taken || !good || consumer.status(key, now).is_some());
        }
        rest = after;
    }
}

/// Bytes of a venue on a websocket, with wake-ups after each `size` of them: what is cut where it was
/// read is what tungstenite reads.
pub fn framing(bytes: &[u8]) {
    let Some((&size, stream)) = bytes.split_first() else { return };
    let chunks: Vec<&[u8]> = stream.chunks(usize::from(size).max(1)).collect();
    assert_eq!(twin::ours(&chunks, 4096), twin::theirs(&chunks, 4096));
}

/// A journal's first segment: read to its end or to a fault, never beyond.
pub fn journal(bytes: &[u8]) {
    let mut storage = Memory::default();
    let made = storage.create(1, bytes.len() as u64);
    if made.and_then(|()| storage.write_at(1, 0, bytes)).is_err() {
        return;
    }
    let Ok(mut reader) = Reader::open(storage) else { return };
    let mut last = 0;
    while let Ok(Some(record)) = reader.next() {
        assert!(record.sequence > last && record.offset < bytes.len() as u64);
        last = record.sequence;
    }
}

/// A plugin file that is only looked at.
pub fn plugin(bytes: &[u8]) {
    // Nothing that libFuzzer makes up is mapped: `inspect` runs no code of the file.
    if let Ok(manifest) = patchbay_loader::inspect(&file("so", bytes)) {
        assert!(!manifest.name.is_empty());
    }
}

/// The host's configuration: taken, or refused with words.
pub fn config(bytes: &[u8]) {
    if let Err(error) = HostConfig::load(&file("toml", bytes)) {
        assert!(!error.to_string().is_empty());
    }
}

/// A file of this process with `bytes` in it.
fn file(extension: &str, bytes: &[u8]) -> PathBuf {
    let name = format!("patchbay-fuzz-{}.{extension}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, bytes).expect("a folder for temporary files");
    path
}
