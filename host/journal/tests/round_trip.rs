//! What is appended is what is read.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::*;
use patchbay_journal::{
    Entry, Input, JournalError, Kind, List, Memory, Reader, Start, Storage, StorageFault, Tail,
    Turn, Writer, WriterConfig, segment_name, segment_number,
};

const HEADERS: u64 = 64 + 32;

#[test]
fn every_entry_comes_back() {
    let (config, wishes, headers) = (settings(), wishes(), headers());
    let reply = |status, error, headers, body| Input::Reply {
        id: u64::MAX,
        status,
        error,
        url: "https://api/x?y=ü",
        headers,
        body,
    };
    let inputs = [
        Input::Create { seed: u64::MAX, config: List::Lent(&config) },
        Input::Create { seed: 0, config: List::Lent(&[]) },
        Input::Plan { wishes: List::Lent(&wishes) },
        Input::Plan { wishes: List::Lent(&[]) },
        Input::Open { conn: 1, tag: 2, url: "" },
        Input::Frame { conn: u32::MAX, opcode: 2, data: &[0, 255, 1] },
        Input::Frame { conn: 0, opcode: 1, data: &[] },
        Input::Close { conn: 1, code: 1006, reason: "reset by peer", replaced: false },
        reply(200, 0, List::Lent(&headers[..]), &b"{}"[..]),
        reply(0, 1, List::Lent(&[]), &[]),
        Input::Timer,
        Input::Resync { scope_kind: 2, scope: 77 },
        Input::Audit { scope_kind: 1, scope: 78 },
        Input::Time,
        Input::Retire,
        Input::Clock { wall_offset_ns: i64::MIN },
    ];
    let mut entries = vec![
        Entry::Start(Start { created_at_ns: -1, host: "patchbay", version: "0.1.0" }),
        Entry::Registry(&[]),
        Entry::Registry(&[1, 2, 3, 4, 5, 6, 7, 8, 9]),
        Entry::Engine(List::Lent(&config)),
        Entry::Engine(List::Lent(&[])),
        plugin([0xAB; 32]),
        Entry::Turn(Turn { number: 1, at_ns: i64::MAX, instance: 3, ordinal: u64::MAX }),
    ];
    entries.extend(inputs.map(|given| input(3, 1 << 40, -5, given)));
    entries.extend([Entry::Gap { reason: "bound" }, Entry::End]);

    let mut writer = Writer::create(Memory::new(), SMALL).unwrap();
    for (number, entry) in (1..).zip(&entries) {
        assert_eq!(writer.append(entry), Ok(number));
    }
    assert_eq!(writer.append(&entries[0]), Err(JournalError::Closed));
    let mut reader = Reader::open(writer.close().unwrap()).unwrap();
    for (sequence, entry) in (1..).zip(&entries) {
        let record = reader.next().unwrap().unwrap();
        assert_eq!((record.sequence, &record.entry), (sequence, entry));
    }
    assert_eq!(reader.next(), Ok(None));
    assert_eq!((reader.tail(), reader.ended()), (Some(Tail::Clean), true));
    assert_eq!(reader.journal_id(), SMALL.journal_id);
}

#[test]
fn a_frame_is_lent_from_the_segment() {
    let mut writer = Writer::create(Memory::new(), SMALL).unwrap();
    writer.append(&input(1, 1, 0, Input::Frame { conn: 1, opcode: 1, data: b"{}" })).unwrap();
    let mut reader = Reader::open(writer.close().unwrap()).unwrap();
    let record = reader.next().unwrap().unwrap();
    let Entry::Input { input: Input::Frame { data, .. }, .. } = record.entry else { panic!() };
    assert_eq!(data, b"{}");
}

#[test]
fn real_frames_fill_several_segments() {
    let Some(frames) = frames() else { return };
    let entries = session(&frames);
    let (memory, expected) = closed(&entries);
    assert!(memory.segments.len() >= 4);
    let (count, tail) = read_prefix(Reader::open(memory).unwrap(), &expected);
    assert_eq!((count, tail), (expected.len(), Ok(Tail::Clean)));

    let (memory, expected) = killed(&entries);
    let (count, tail) = read_prefix(Reader::open(memory).unwrap(), &expected);
    assert_eq!((count, tail), (expected.len(), Ok(Tail::Clean)));
}

#[test]
fn a_closed_journal_is_as_small_as_its_records() {
    let mut writer = Writer::create(Memory::new(), SMALL).unwrap();
    writer.append(&Entry::Registry(&[1; 5])).unwrap();
    assert!(writer.prepare().unwrap());
    assert!(!writer.prepare().unwrap());
    let memory = writer.close().unwrap();
    assert_eq!(memory.list(), Ok(vec![1]));
    assert_eq!(memory.segments[&1].len() as u64, HEADERS + 8 + 32);
}

#[test]
fn a_record_that_does_not_fit_begins_the_next_segment() {
    let full = vec![3; (4096 - HEADERS) as usize];
    let mut writer = Writer::create(Memory::new(), SMALL).unwrap();
    writer.append(&Entry::Registry(&[1; 8])).unwrap();
    let room = writer.room() - 32;
    assert_eq!(writer.stage(&Entry::Registry(&vec![2; room as usize])), Ok(2));
    assert_eq!((writer.room(), writer.published()), (0, 1));
    // Larger than what is left, and exactly as large as a segment allows.
    assert_eq!(writer.append(&Entry::Registry(&full)), Ok(3));
    assert_eq!((writer.published(), writer.bytes()), (3, 2 * 4096));
    let memory = writer.close().unwrap();
    assert_eq!(memory.list(), Ok(vec![1, 2, 3]));
    let mut reader = Reader::open(memory).unwrap();
    let places: Vec<(u32, u64)> =
        std::iter::from_fn(|| reader.next().unwrap().map(|record| (record.segment, record.offset)))
            .collect();
    assert_eq!(places, [(1, 64), (1, 104), (2, 64), (3, 64)]);
}

#[test]
fn a_record_larger_than_a_segment_is_refused_and_nothing_else_happens() {
    let mut writer = Writer::create(Memory::new(), SMALL).unwrap();
    writer.stage(&Entry::Registry(&[1])).unwrap();
    let before = writer.room();
    let error = writer.append(&Entry::Registry(&[0; 4001])).unwrap_err();
    assert_eq!(error, JournalError::TooLarge { bytes: 4040, bound: 4032 });
    assert!(error.to_string().contains("raise journal.segment_bytes"));
    assert_eq!((writer.room(), writer.sequence()), (before, 1));
    assert_eq!(writer.append(&Entry::Registry(&[2])), Ok(2));
    let expected = vec![(Kind::Registry, vec![1]), (Kind::Registry, vec![2]), (Kind::End, vec![])];
    let reader = Reader::open(writer.close().unwrap()).unwrap();
    assert_eq!(read_prefix(reader, &expected), (3, Ok(Tail::Clean)));
}

#[test]
fn payloads_encoded_elsewhere_are_the_same() {
    let entry = input(1, 1, 5, Input::Timer);
    let (kind, bytes) = payload(&entry);
    let mut one = Writer::create(Memory::new(), SMALL).unwrap();
    one.stage(&entry).unwrap();
    let mut other = Writer::create(Memory::new(), SMALL).unwrap();
    other.stage_payload(kind, &bytes).unwrap();
    assert_eq!(one.close().unwrap(), other.close().unwrap());
}

#[test]
fn a_journal_is_not_written_over_another() {
    let memory = Writer::create(Memory::new(), SMALL).unwrap().close().unwrap();
    let error = Writer::create(memory, SMALL).err().unwrap();
    assert_eq!(error, JournalError::Exists { name: "00000001.pbj".into() });
    for bytes in [0, 4095, 4097, 1 << 31] {
        let config = WriterConfig { segment_bytes: bytes, journal_id: 1 };
        let error = Writer::create(Memory::new(), config).err().unwrap();
        assert_eq!(error, JournalError::SegmentSize { bytes });
    }
}

#[test]
fn the_first_error_fences_the_writer() {
    // create, header, two writes a record, then the fifth change fails.
    let mut storage = Dying::new(5, 3);
    let mut writer = Writer::create(&mut storage, SMALL).unwrap();
    writer.append(&Entry::Registry(&[1])).unwrap();
    let first = writer.append(&Entry::Registry(&[2])).unwrap_err();
    let JournalError::Storage { operation, at, source } = &first else { panic!("{first}") };
    assert_eq!((*operation, at.name.as_str(), at.offset), ("write", "00000001.pbj", 104));
    assert_eq!(source.fault, StorageFault::Full);
    let fenced = JournalError::Fenced { first: Box::new(first) };
    assert_eq!(writer.append(&Entry::Registry(&[2])), Err(fenced.clone()));
    assert_eq!(writer.stage(&Entry::End), Err(fenced.clone()));
    assert_eq!(writer.publish(), Err(fenced.clone()));
    assert_eq!(writer.sync(), Err(fenced.clone()));
    assert_eq!(writer.prepare(), Err(fenced.clone()));
    assert_eq!((writer.published(), writer.synced()), (1, 0));
    assert_eq!(writer.close().map(|_| ()), Err(fenced));
    assert_eq!(storage.calls_when_dead, 0, "nothing is tried again");
}

#[test]
fn a_failed_sync_is_not_repeated() {
    let mut storage = Dying::new(5, 0);
    let mut writer = Writer::create(&mut storage, SMALL).unwrap();
    writer.append(&Entry::Registry(&[1])).unwrap();
    assert!(matches!(writer.sync(), Err(JournalError::Storage { operation: "sync", .. })));
    assert!(matches!(writer.sync(), Err(JournalError::Fenced { .. })));
    assert_eq!(writer.synced(), 0);
    drop(writer);
    assert_eq!(storage.calls_when_dead, 0);
}

#[test]
fn a_segment_that_cannot_be_made_ahead_may_be_tried_again() {
    let mut storage = Dying::new(3, 0);
    let mut writer = Writer::create(&mut storage, SMALL).unwrap();
    assert!(matches!(writer.prepare(), Err(JournalError::Storage { operation: "create", .. })));
    assert!(matches!(writer.prepare(), Err(JournalError::Storage { operation: "create", .. })));
    drop(writer);
    assert_eq!(storage.calls_when_dead, 1);
}

#[test]
fn names_and_numbers_agree() {
    assert_eq!(segment_name(1), "00000001.pbj");
    assert_eq!(segment_number("00000001.pbj"), Some(1));
    for name in ["1.pbj", "+0000001.pbj", "00000001.pbk", "x0000001.pbj", "00000001.pbj~"] {
        assert_eq!(segment_number(name), None, "{name}");
    }
}
