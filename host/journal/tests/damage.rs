//! Damage is refused, by name and offset, or cut from the tail: never other contents.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::*;
use patchbay_journal::{Entry, JournalError, Memory, Reader, Tail, segment_name};

/// Flips every byte of `memory` in three ways. The reader must name a place in that segment at or
/// before the byte, in a refusal or as the cut.
fn flip_everything(memory: &Memory, expected: &Contents) -> usize {
    let mut damaged = memory.clone();
    let mut refused = 0;
    for (number, bytes) in &memory.segments {
        for (offset, byte) in bytes.iter().enumerate() {
            for mask in [0xFF, 0x01, 0x80] {
                damaged.segments.get_mut(number).unwrap()[offset] = byte ^ mask;
                let outcome = match Reader::open(&mut damaged) {
                    Ok(reader) => read_prefix(reader, expected).1,
                    Err(error) => Err(error),
                };
                let (name, at) = match outcome {
                    Ok(Tail::Cut { segment, offset, .. }) => (segment_name(segment), offset),
                    Ok(Tail::Clean) => panic!("{number} {offset} {mask:#x} went unnoticed"),
                    Err(error) => {
                        refused += 1;
                        let place = error.place().unwrap();
                        assert!(error.to_string().contains(&place.to_string()), "{error}");
                        (place.name, place.offset)
                    }
                };
                let near = name == segment_name(*number) && at <= offset as u64;
                assert!(near, "{number} {offset} {mask:#x} reported as {name} {at}");
                damaged.segments.get_mut(number).unwrap()[offset] = *byte;
            }
        }
    }
    refused
}

#[test]
fn every_flipped_byte_of_a_closed_journal_is_noticed() {
    let Some(frames) = frames() else { return };
    let (memory, expected) = closed(&session(&frames));
    let refused = flip_everything(&memory, &expected);
    let last = memory.segments.values().last().unwrap().len();
    let all: usize = memory.segments.values().map(Vec::len).sum();
    assert!(refused >= 3 * (all - last), "only the last segment has a tail to cut");
}

#[test]
fn every_flipped_byte_of_a_killed_journal_is_noticed() {
    let Some(frames) = frames() else { return };
    let (memory, expected) = killed(&session(&frames));
    flip_everything(&memory, &expected);
}

/// Offsets behind each record of the last segment that has any.
fn ends(memory: &Memory) -> (u32, Vec<usize>, usize) {
    let mut clone = memory.clone();
    let mut reader = Reader::open(&mut clone).unwrap();
    let mut places = Vec::new();
    while let Some(record) = reader.next().unwrap() {
        let payload = payload(&record.entry).1.len();
        let end = record.offset as usize + 32 + payload.next_multiple_of(8);
        places.push((record.segment, end));
    }
    let last = places.last().unwrap().0;
    let ends: Vec<usize> = places.iter().filter(|p| p.0 == last).map(|p| p.1).collect();
    let before = places.len() - ends.len();
    (last, ends, before)
}

#[test]
fn a_last_segment_of_any_length_ends_the_journal_with_its_last_whole_record() {
    let Some(frames) = frames() else { return };
    let entries = session(&frames);
    for (memory, expected) in [closed(&entries), killed(&entries)] {
        let (last, ends, before) = ends(&memory);
        let whole = memory.segments[&last].clone();
        for length in 0..=whole.len() {
            let mut cut = memory.clone();
            cut.segments.insert(last, whole[..length].to_vec());
            let (count, tail) = read_prefix(Reader::open(cut).unwrap(), &expected);
            let fitting = ends.iter().filter(|end| **end <= length).count();
            assert_eq!(count, before + fitting, "length {length}");
            let clean = length == 0 || length == 64 || ends.contains(&length);
            let behind = length > ends[ends.len() - 1];
            assert_eq!(tail == Ok(Tail::Clean), clean || behind, "length {length}");
        }
    }
}

#[test]
fn an_only_segment_of_any_length_is_a_prefix_or_refused() {
    let entries = [Entry::Registry(&[1; 9]), Entry::Registry(&[2; 20])];
    let (memory, expected) = closed(&entries);
    for length in 0..memory.segments[&1].len() {
        let mut cut = memory.clone();
        cut.segments.get_mut(&1).unwrap().truncate(length);
        match Reader::open(cut) {
            Ok(reader) => assert!(length >= 64 && read_prefix(reader, &expected).1.is_ok()),
            Err(error) => {
                assert!(length < 64);
                assert_eq!(error, JournalError::NeverBegun { name: "00000001.pbj".into() });
            }
        }
    }
}

/// Three segments with one record each, and a journal of another id.
fn three(journal_id: u64) -> Memory {
    let config = patchbay_journal::WriterConfig { journal_id, ..SMALL };
    let mut writer = patchbay_journal::Writer::create(Memory::new(), config).unwrap();
    for byte in 1..=3 {
        writer.append(&Entry::Registry(&[byte; 3000])).unwrap();
    }
    writer.close().unwrap()
}

fn error(memory: Memory) -> JournalError {
    let mut reader = match Reader::open(memory) {
        Ok(reader) => reader,
        Err(error) => return error,
    };
    loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("read to its end: {:?}", reader.tail()),
            Err(error) => return error,
        }
    }
}

#[test]
fn missing_and_foreign_segments_are_refused() {
    assert_eq!(error(Memory::new()), JournalError::Empty);
    for number in 1..=2 {
        let mut memory = three(1);
        memory.segments.remove(&number);
        assert_eq!(error(memory), JournalError::Missing { name: segment_name(number) });
    }
    for number in 1..=3 {
        let mut memory = three(1);
        memory.segments.insert(number, three(2).segments[&number].clone());
        assert!(matches!(error(memory), JournalError::Foreign { .. }), "{number}");
    }
    let mut memory = three(1);
    let second = memory.segments[&2].clone();
    memory.segments.insert(3, second);
    assert!(matches!(error(memory), JournalError::Header { at, .. } if at.offset == 12));
}

#[test]
fn a_damaged_header_is_refused_in_any_segment_with_records() {
    for number in 1..=3 {
        let mut memory = three(1);
        memory.segments.get_mut(&number).unwrap()[..64].fill(0);
        let JournalError::Header { at, .. } = error(memory) else { panic!("{number}") };
        assert_eq!((at.name, at.offset), (segment_name(number), 0));
    }
}

#[test]
fn records_removed_repeated_or_exchanged_are_refused() {
    // Three records of 40 bytes at 64, 104 and 144; then the end at 184.
    let entries = [Entry::Registry(&[1; 8]), Entry::Registry(&[2; 8]), Entry::Registry(&[3; 8])];
    let mut writer = patchbay_journal::Writer::create(Memory::new(), SMALL).unwrap();
    for entry in &entries {
        writer.append(entry).unwrap();
    }
    let memory = writer.close().unwrap();
    let whole = &memory.segments[&1];
    let with = |parts: &[std::ops::Range<usize>]| {
        let mut memory = memory.clone();
        let bytes = parts.iter().flat_map(|part| whole[part.clone()].to_vec()).collect();
        memory.segments.insert(1, bytes);
        error(memory)
    };
    let misplaced = |error| match error {
        JournalError::Misplaced { at, found, expected, .. } => (at.offset, found, expected),
        error => panic!("{error}"),
    };
    assert_eq!(misplaced(with(&[0..64, 104..216])), (64, 2, 1));
    assert_eq!(misplaced(with(&[0..104, 64..216])), (104, 1, 2));
    assert_eq!(misplaced(with(&[0..64, 104..144, 64..104, 144..216])), (64, 2, 1));
    assert_eq!(misplaced(with(&[0..216, 184..216])), (216, 4, 5));
    // Wiped, with a valid one behind it.
    let mut wiped = memory.clone();
    wiped.segments.get_mut(&1).unwrap()[104..144].fill(0);
    let JournalError::Broken { at, sequence, follows, .. } = error(wiped) else { panic!() };
    assert_eq!((at.offset, sequence, follows.offset), (104, 2, 144));
}

#[test]
fn a_wiped_end_of_a_middle_segment_is_refused() {
    let mut memory = three(1);
    memory.segments.get_mut(&2).unwrap()[64..].fill(0);
    let JournalError::Broken { at, sequence, follows, .. } = error(memory) else { panic!() };
    assert_eq!((at.to_string().as_str(), sequence), ("00000002.pbj at byte 64", 2));
    assert_eq!(follows.to_string(), "00000003.pbj at byte 0");
}
