//! A damaged journal never replays to another state: it is refused with the place, or its tail is
//! cut and what remains is an exact prefix.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use patchbay_engine::{EngineConfig, HistoryConfig};
use patchbay_history::Captures;
use patchbay_journal::{Writer, WriterConfig};
use patchbay_loader::Kind;
use patchbay_runtime::{
    AdapterSetup, Core, CoreConfig, Files, JournalSource, RuntimeError, replay_captures,
    replay_journal,
};
use patchbay_test_replay::{Plugins, built, corpus, scratch};

/// Frames of the small journal, its snapshot among them.
const LINES: usize = 20;

/// The lines of a capture that give a live book with the fewest bytes: some frames, the snapshot cut
/// to its best levels by the capture's own text, more frames.
fn small_capture(folder: &Path) -> Option<PathBuf> {
    let source = corpus("binance-usdm/hftbacktest/btcusdt_20230404.dat.gz")?;
    let lines = BufReader::new(MultiGzDecoder::new(File::open(source).unwrap())).lines();
    let path = folder.join("small");
    let mut small = File::create(&path).unwrap();
    for line in lines.map(Result::unwrap).filter(|l| !l.contains("lastUpdateId")).take(LINES) {
        writeln!(small, "{line}").unwrap();
    }
    Some(path)
}

/// Small bounds: a core is made for every flipped byte.
fn config(journal: Option<Writer<Files>>) -> CoreConfig {
    let history = HistoryConfig { arena_slots: 256, messages: 8 };
    let engine = EngineConfig { history, ..EngineConfig::default() };
    CoreConfig { engine, journal, digest: true, ..CoreConfig::default() }
}

/// Hash of the outputs after every turn.
fn record(capture: &Path, journal: &Path, setup: &AdapterSetup<'static>) -> Vec<String> {
    let writer = Writer::create(
        Files::create(journal).unwrap(),
        WriterConfig { segment_bytes: 64 * 1024, journal_id: 1 },
    );
    let mut core = Core::new(config(Some(writer.unwrap())));
    let mut hashes = vec![core.hash().unwrap()];
    core.attach(0, setup).unwrap();
    hashes.push(core.hash().unwrap());
    replay_captures(&mut core, &mut Captures::open(&[capture]).unwrap(), |core, _| {
        hashes.push(core.hash().unwrap());
        true
    })
    .unwrap();
    core.close().unwrap();
    hashes
}

fn rerun(journal: &Path, setup: &AdapterSetup<'static>) -> Result<String, RuntimeError> {
    let mut source = JournalSource::open(journal)?;
    let core = replay_journal(&mut source, config(None), |_| Ok(*setup), |_, _| Ok(()))?;
    Ok(core.hash().unwrap())
}

#[test]
fn every_flipped_byte_is_refused_with_its_place_or_cuts_the_tail() {
    let folder = scratch("flips");
    let Some(capture) = small_capture(&folder) else { return };
    let plugins = Plugins::new();
    let setup = &plugins.load(&built(false).plugin("patchbay-binance"), Kind::Adapter);
    let journal = folder.join("run");
    let mut hashes = record(&capture, &journal, setup);
    let whole = hashes.last().unwrap().clone();
    assert_eq!(rerun(&journal, setup).unwrap(), whole);
    // Resyncs and timers are turns, too, and the watch above saw only the last of each record's.
    hashes.extend(prefixes(&journal, setup));

    let segment = journal.join("00000001.pbj");
    let bytes = fs::read(&segment).unwrap();
    let (mut refused, mut cut) = (0, 0);
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xff;
        fs::write(&segment, &damaged).unwrap();
        match rerun(&journal, setup) {
            Ok(hash) => {
                assert!(hashes.contains(&hash), "byte {at}: another state");
                cut += 1;
            }
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains("00000001.pbj"), "byte {at}: {text}");
                assert!(!text.contains("panicked"), "byte {at}: {text}");
                refused += 1;
            }
        }
    }
    println!("{} bytes: {refused} refused, {cut} cut the tail", bytes.len());
    assert!(refused > bytes.len() / 2 && cut > 0);
    fs::remove_dir_all(folder).unwrap();
}

/// Hashes after each turn of an intact journal, from truncated copies of it.
fn prefixes(journal: &Path, setup: &AdapterSetup<'static>) -> Vec<String> {
    let segment = journal.join("00000001.pbj");
    let bytes = fs::read(&segment).unwrap();
    let mut hashes = Vec::new();
    for end in (64..bytes.len()).step_by(8) {
        fs::write(&segment, &bytes[..end]).unwrap();
        if let Ok(hash) = rerun(journal, setup)
            && hashes.last() != Some(&hash)
        {
            hashes.push(hash);
        }
    }
    fs::write(&segment, &bytes).unwrap();
    hashes
}
