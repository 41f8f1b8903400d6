//! On stable, without feedback from the code: seeded mutations of whole inputs. `FUZZ_RUNS` sets how
//! many of each (default 20,000; files 2,000).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use patchbay_testkit::mutate::{Random, mutate};

fn runs(default: usize) -> usize {
    std::env::var("FUZZ_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// `target` over mutations of `seeds`, and of what came of them before.
fn drive(target: fn(&[u8]), seeds: &[Vec<u8>], runs: usize) {
    let mut random = Random(1);
    let mut pool = seeds.to_vec();
    seeds.iter().for_each(|seed| target(seed));
    for run in 0..runs {
        let (at, other) = (random.below(pool.len()), random.below(pool.len()));
        let bytes = mutate(&mut random, &pool[at], &pool[other]);
        target(&bytes);
        // Some stay, so that damage adds up.
        if run % 16 == 0 && pool.len() < 256 {
            pool.push(bytes);
        }
    }
}

#[test]
fn scanner() {
    let seeds = [
        r#"[["61773.60","10.001"],["61774.00","0.000"],["7","8"]],"a":[["1","2"]]}}"#,
        r#"[["0.00001234","123456789"],["100473000","0.00012345"]]"#,
        r#"1723118400123,"s":"BTCUSDT""#,
        r#"61800.20","B":"0.006","a":"61800.30""#,
        r#"BTCUSDT","t":5276312312,"p":"61800.20"#,
    ];
    let with_exps = |seed: &&str| [&[0xfe, 0xfd], seed.as_bytes()].concat();
    let seeds: Vec<_> = seeds.iter().map(with_exps).collect();
    drive(patchbay_fuzz::scan, &seeds, runs(200_000));
}

#[test]
fn wire() {
    let datagram = |text: &[u8]| [&(text.len() as u16).to_le_bytes(), text].concat();
    let seeds = [datagram(b"PB"), datagram(&[0; 66]), datagram(b"T 1 2 3\n")];
    drive(patchbay_fuzz::wire, &seeds, runs(20_000));
}

/// Seeds are the examples of RFC 6455, section 5.7, as a server sends them.
#[test]
fn framing() {
    let seeds: [&[u8]; 5] = [
        b"\x03\x81\x05Hello",
        b"\xff\x01\x03Hel\x89\x05Hello\x80\x02lo\x8a\x05Hello",
        b"\x07\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
        b"\x05\x82\x7e\x01\x00\x81\x05Hello",
        b"\x02\x81\x05Hello\x88\x06\x03\xe8done",
    ];
    let seeds: Vec<_> = seeds.iter().map(|seed| seed.to_vec()).collect();
    drive(patchbay_fuzz::framing, &seeds, runs(20_000));
}

#[test]
fn journal() {
    let seeds = [vec![0; 4096], b"PBJOURNL".repeat(64)];
    drive(patchbay_fuzz::journal, &seeds, runs(20_000));
}

/// The test's own program is an ELF file, though no plugin.
#[test]
fn plugin() {
    let mut elf = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    elf.truncate(64 * 1024);
    drive(patchbay_fuzz::plugin, &[elf, b"\x7fELF".to_vec()], runs(2_000));
}

#[test]
fn config() {
    let shipped = include_bytes!("../../../config/patchbay.toml").to_vec();
    drive(patchbay_fuzz::config, &[shipped], runs(2_000));
}
