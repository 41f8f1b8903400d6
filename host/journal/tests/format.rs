//! The bytes are those of docs/journal.md, put together here by hand.
#![allow(clippy::unwrap_used, reason = "tests")]

use crc32c::{crc32c, crc32c_append};
use patchbay_journal::{
    DecodeError, Entry, Input, JournalError, Memory, Place, Reader, Tail, Turn, Writer,
    WriterConfig,
};

const ID: u64 = 0x0123_4567_89AB_CDEF;

/// A segment header as the first table has it.
fn header(version: u32, number: u32, first_sequence: u64, previous: u32) -> Vec<u8> {
    let mut bytes = b"PBJOURN1".to_vec();
    bytes.extend(version.to_le_bytes());
    bytes.extend(number.to_le_bytes());
    bytes.extend(ID.to_le_bytes());
    bytes.extend(first_sequence.to_le_bytes());
    bytes.extend(4096_u64.to_le_bytes());
    bytes.extend(previous.to_le_bytes());
    bytes.extend([0; 16]);
    let crc = crc32c(&bytes);
    bytes.extend(crc.to_le_bytes());
    bytes
}

/// A record as the second table has it, and its checksum.
fn record(
    kind: u16,
    flags: u16,
    sequence: u64,
    previous: u32,
    unsynced: u32,
    payload: &[u8],
) -> (Vec<u8>, u32) {
    let mut covered = (payload.len() as u32).to_le_bytes().to_vec();
    covered.extend(kind.to_le_bytes());
    covered.extend(flags.to_le_bytes());
    covered.extend(sequence.to_le_bytes());
    covered.extend(previous.to_le_bytes());
    covered.extend(unsynced.to_le_bytes());
    covered.extend(payload);
    covered.resize(covered.len().next_multiple_of(8), 0);
    let crc = crc32c_append(crc32c(&ID.to_le_bytes()), &covered);
    let folded = (sequence as u32) ^ ((sequence >> 32) as u32);
    let mark = (folded.rotate_left(16) ^ !crc) | 1;
    let mut bytes = crc.to_le_bytes().to_vec();
    bytes.extend(mark.to_le_bytes());
    bytes.extend(covered);
    (bytes, crc)
}

fn seed() -> u32 {
    crc32c(&ID.to_le_bytes())
}

#[test]
fn a_written_journal_has_the_documented_bytes() {
    let mut writer =
        Writer::create(Memory::new(), WriterConfig { segment_bytes: 4096, journal_id: ID })
            .unwrap();
    let frame = Input::Frame { conn: 2, opcode: 1, data: b"{}" };
    writer.append(&Entry::Input { instance: 1, ordinal: 9, at_ns: -3, input: frame }).unwrap();
    writer.sync().unwrap();
    writer.stage(&Entry::Turn(Turn { number: 1, at_ns: 4, instance: 1, ordinal: 9 })).unwrap();
    let memory = writer.close().unwrap();

    let mut frame = Vec::new();
    frame.extend(1_u32.to_le_bytes());
    frame.extend(4_u32.to_le_bytes());
    frame.extend(9_u64.to_le_bytes());
    frame.extend((-3_i64).to_le_bytes());
    frame.extend(2_u32.to_le_bytes());
    frame.extend(1_u32.to_le_bytes());
    frame.extend(b"{}");
    let mut turn = 1_u64.to_le_bytes().to_vec();
    turn.extend(4_i64.to_le_bytes());
    turn.extend(9_u64.to_le_bytes());
    turn.extend(1_u32.to_le_bytes());

    let mut expected = header(1, 1, 1, seed());
    let (bytes, crc) = record(4, 0, 1, seed(), 0, &frame);
    expected.extend(bytes);
    let (bytes, crc) = record(5, 0, 2, crc, 0, &turn);
    expected.extend(bytes);
    expected.extend(record(7, 1, 3, crc, 1, &[]).0);
    assert_eq!(memory.segments[&1], expected);
}

fn segments<const N: usize>(parts: [Vec<u8>; N]) -> Memory {
    Memory { segments: (1..).zip(parts).collect() }
}

/// The first thing a reader says about a journal of these bytes.
fn first(bytes: Vec<u8>) -> JournalError {
    match Reader::open(segments([bytes])) {
        Ok(mut reader) => reader.next().map(|_| ()).unwrap_err(),
        Err(error) => error,
    }
}

fn at(offset: u64) -> Place {
    Place { name: "00000001.pbj".into(), offset }
}

#[test]
fn a_newer_version_is_refused_by_name() {
    let error = first(header(2, 1, 1, seed()));
    assert_eq!(error, JournalError::Version { at: at(8), found: 2, known: 1 });
}

#[test]
fn intact_records_that_say_nothing_known_are_refused() {
    let input = |code: u32| {
        let mut payload = vec![0; 24];
        payload[4..8].copy_from_slice(&code.to_le_bytes());
        payload
    };
    let create = |value: u32| {
        let mut payload = input(1);
        payload.extend(0_u64.to_le_bytes());
        payload.extend(1_u32.to_le_bytes());
        payload.extend(0_u32.to_le_bytes());
        payload.extend(value.to_le_bytes());
        payload.extend([0; 8]);
        payload
    };
    let cases = [
        (99, 0, vec![], DecodeError::Kind(99)),
        (7, 2, vec![], DecodeError::Flags(2)),
        (4, 0, input(14), DecodeError::Input(14)),
        (4, 0, create(5), DecodeError::Value(5)),
        (7, 0, vec![0], DecodeError::Long),
        (5, 0, vec![0; 27], DecodeError::Short),
        (6, 0, vec![1, 0, 0, 0, 0xFF], DecodeError::Text),
        (6, 0, vec![255; 4], DecodeError::Short),
        // A list of four billion wishes takes no memory.
        (4, 0, [input(2), vec![255; 4]].concat(), DecodeError::Short),
    ];
    for (kind, flags, payload, source) in cases {
        let mut bytes = header(1, 1, 1, seed());
        bytes.extend(record(kind, flags, 1, seed(), 0, &payload).0);
        let error = first(bytes);
        assert_eq!(error, JournalError::Decode { at: at(64), sequence: 1, source });
    }
}

#[test]
fn a_record_without_commit_word_and_the_rest_of_its_group_are_cut() {
    let (mut one, crc) = record(2, 0, 1, seed(), 0, b"one");
    let (two, _) = record(2, 1, 2, crc, 1, b"two");
    one[..8].fill(0);
    let mut bytes = header(1, 1, 1, seed());
    bytes.extend([one, two].concat());
    let mut reader = Reader::open(segments([bytes.clone()])).unwrap();
    assert_eq!(reader.next(), Ok(None));
    let cut = Tail::Cut { segment: 1, offset: 64, bytes: 75 };
    assert_eq!(reader.tail(), Some(cut));
    assert_eq!(cut.to_string(), "75 bytes cut from 00000001.pbj at byte 64");

    // A group behind it proves that it had been published.
    bytes.extend(record(2, 0, 3, 0, 2, b"three").0);
    let error = first(bytes);
    assert!(matches!(error, JournalError::Broken { at, sequence: 1, .. } if at.offset == 64));
}

#[test]
fn intact_records_and_segments_of_another_past_are_refused() {
    // Record 2 of a journal whose record 1 was another.
    let (one, crc) = record(2, 0, 1, seed(), 0, b"one");
    let (two, _) = record(2, 0, 2, !crc, 1, b"two");
    let mut reader =
        Reader::open(segments([[header(1, 1, 1, seed()), one, two].concat()])).unwrap();
    assert!(reader.next().unwrap().is_some());
    let error = reader.next().unwrap_err();
    let JournalError::Misplaced { at: place, found: 2, expected: 2, .. } = error else { panic!() };
    assert_eq!(place, at(104));

    // A segment that follows another checksum, then one that follows another record.
    for (first_sequence, previous) in [(1, !seed()), (2, seed())] {
        let parts = [header(1, 1, 1, seed()), header(1, 2, first_sequence, previous)];
        let error = Reader::open(segments(parts)).unwrap().next().unwrap_err();
        let JournalError::Broken { at: place, sequence: 1, follows, .. } = error else { panic!() };
        assert_eq!((place, follows.name.as_str()), (at(64), "00000002.pbj"));
    }
}

#[test]
fn damage_within_a_published_group_is_refused() {
    let (one, crc) = record(2, 0, 1, seed(), 0, b"one");
    let (mut two, crc_two) = record(2, 1, 2, crc, 1, b"two");
    let (three, _) = record(2, 1, 3, crc_two, 2, b"three");
    two[32] ^= 1;
    let bytes = [header(1, 1, 1, seed()), one, two, three].concat();
    let mut reader = Reader::open(segments([bytes])).unwrap();
    assert!(reader.next().unwrap().is_some());
    let error = reader.next().unwrap_err();
    let JournalError::Broken { at: place, sequence: 2, follows, .. } = error else { panic!() };
    assert_eq!((place, follows), (at(104), at(144)));
}
