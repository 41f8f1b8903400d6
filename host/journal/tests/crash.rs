//! Killed or without power at any moment: a prefix, and all of what was promised.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::*;
use patchbay_journal::{
    Entry, JournalError, Kind, Memory, Reader, Storage, StorageError, Tail, Writer,
};

/// Runs the session until the storage dies or all is done; answers with what had been published
/// and what had been staged.
fn run(storage: &mut Dying, entries: &[Entry<'_>]) -> Option<(u64, u64)> {
    let mut writer = Writer::create(storage, SMALL).ok()?;
    let alive = write(&mut writer, entries).is_ok();
    let counts = (writer.published(), writer.sequence());
    // The end is the last record that may be found.
    if alive && writer.close().is_err() {
        return Some((counts.0, counts.1 + 1));
    }
    Some(counts)
}

#[test]
fn killed_at_any_change_and_any_byte_of_it() {
    let Some(frames) = frames() else { return };
    let entries = session(&frames);
    let (_, expected) = closed(&entries);
    let tears = || (0..=72).chain([100, 300, 1000, 2000, 4096]);
    let mut cuts = 0;
    for steps in 1.. {
        let mut finished = true;
        for tear in tears() {
            let mut storage = Dying::new(steps, tear);
            let counts = run(&mut storage, &entries);
            finished &= !storage.dead;
            let Some((published, staged)) = counts else {
                let error = Reader::open(storage.memory).err();
                let fresh = matches!(
                    error,
                    None | Some(JournalError::Empty | JournalError::NeverBegun { .. })
                );
                assert!(fresh, "{error:?}");
                continue;
            };
            let (count, tail) = read_prefix(Reader::open(storage.memory).unwrap(), &expected);
            let tail = tail.unwrap_or_else(|error| panic!("change {steps}, {tear}: {error}"));
            cuts += usize::from(tail != Tail::Clean);
            let count = count as u64;
            assert!(count >= published, "change {steps}, {tear}: {count} < {published}");
            assert!(finished || count <= staged, "change {steps}, {tear}: {count} > {staged}");
        }
        if finished {
            assert!(steps > 80 && cuts > 500, "{steps} {cuts}");
            return;
        }
    }
}

/// A disk behind a cache: a power failure keeps any of the sectors that were not synced.
#[derive(Clone, Default)]
struct Cached {
    cache: Memory,
    disk: Memory,
    dirty: Vec<(u32, u64, Vec<u8>)>,
}

impl Cached {
    fn lose_power(mut self, mut random: u64) -> Memory {
        for (number, offset, bytes) in &self.dirty {
            let mut at = 0;
            while at < bytes.len() {
                let sector = 512 - (*offset as usize + at) % 512;
                let piece = &bytes[at..bytes.len().min(at + sector)];
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                if random & 4 == 0 {
                    self.disk.write_at(*number, offset + at as u64, piece).unwrap();
                }
                at += piece.len();
            }
        }
        self.disk
    }
}

impl Storage for Cached {
    fn list(&self) -> Result<Vec<u32>, StorageError> {
        self.cache.list()
    }

    fn create(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
        self.disk.create(number, bytes)?;
        self.cache.create(number, bytes)
    }

    fn write_at(&mut self, number: u32, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        self.dirty.push((number, offset, bytes.to_vec()));
        self.cache.write_at(number, offset, bytes)
    }

    fn read(&self, number: u32, into: &mut Vec<u8>) -> Result<(), StorageError> {
        self.cache.read(number, into)
    }

    fn truncate(&mut self, number: u32, bytes: u64) -> Result<(), StorageError> {
        self.cache.truncate(number, bytes)
    }

    fn sync(&mut self, number: u32) -> Result<(), StorageError> {
        for (_, offset, bytes) in self.dirty.extract_if(.., |write| write.0 == number) {
            self.disk.write_at(number, offset, &bytes)?;
        }
        Ok(())
    }

    fn remove(&mut self, number: u32) -> Result<(), StorageError> {
        self.cache.remove(number)
    }
}

#[test]
fn without_power_at_any_record() {
    let Some(frames) = frames() else { return };
    let entries = session(&frames);
    let expected = contents(&entries);
    let (mut refused, mut cut) = (0, 0);
    for stop in 1..=entries.len() {
        let mut writer = Writer::create(Cached::default(), SMALL).unwrap();
        writer.sync().unwrap();
        write(&mut writer, &entries[..stop]).unwrap();
        for seed in 1..60 {
            let disk = writer.storage().clone().lose_power(seed * 0x9E37_79B9);
            // Whoever does not say that the power failed gets a prefix or a refusal,
            refused +=
                usize::from(read_prefix(Reader::open(disk.clone()).unwrap(), &expected).1.is_err());
            // and whoever does gets at least what was synced.
            let reader = Reader::open(disk).unwrap().after_power_loss();
            let (count, tail) = read_prefix(reader, &expected);
            let tail = tail.unwrap_or_else(|error| panic!("{stop}, {seed}: {error}"));
            assert!(count as u64 >= writer.synced(), "{stop}, {seed}: {count}");
            cut += usize::from(tail != Tail::Clean);
        }
    }
    assert!(refused > 100 && cut > 100, "{refused} {cut}");
}

#[test]
fn what_was_synced_is_never_cut_even_after_a_power_failure() {
    let mut writer = Writer::create(Memory::new(), SMALL).unwrap();
    writer.append(&Entry::Registry(&[1; 8])).unwrap();
    writer.sync().unwrap();
    writer.append(&Entry::Registry(&[2; 8])).unwrap();
    writer.append(&Entry::Registry(&[3; 8])).unwrap();
    let damaged = |at: usize| {
        let mut memory = writer.storage().clone();
        memory.segments.get_mut(&1).unwrap()[at] ^= 1;
        memory
    };
    let expected: Contents = (1..=3).map(|byte| (Kind::Registry, vec![byte; 8])).collect();
    let outcome =
        |at| read_prefix(Reader::open(damaged(at)).unwrap().after_power_loss(), &expected);
    assert!(matches!(outcome(64 + 32), (0, Err(JournalError::Broken { .. }))));
    assert!(matches!(outcome(104 + 32), (1, Ok(Tail::Cut { segment: 1, offset: 104, bytes: 80 }))));
}
