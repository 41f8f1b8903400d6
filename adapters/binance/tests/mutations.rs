//! The scanner and the general parser agree on frames that no venue sends.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::Rig;
use common::frames::FRAMES;
use patchbay_plugin::abi::{OK, OUTCOME_FALLBACK};

const MUTATIONS: usize = 10_000;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// One to three edits: bytes of JSON more often than others, pieces doubled, moved and cut.
fn mutate(frame: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    if random.below(2) == 0 {
        // Another digit or letter: mostly still JSON, but not what was expected.
        for _ in 0..=random.below(2) {
            let at = random.below(bytes.len());
            match bytes[at] {
                b'0'..=b'9' => bytes[at] = b'0' + random.below(10) as u8,
                b'a'..=b'z' | b'A'..=b'Z' => bytes[at] = bytes[random.below(bytes.len())],
                _ => {}
            }
        }
        return bytes;
    }
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        let to = (at + 1 + random.below(24)).min(bytes.len());
        let piece = bytes[at..to].to_vec();
        let byte = match random.below(3) {
            0 => random.below(256) as u8,
            1 => b"0123456789.-\"\\,:{}[]eE+ "[random.below(24)],
            _ => bytes[random.below(bytes.len())],
        };
        match random.below(6) {
            0 | 1 => bytes[at] = byte,
            2 => bytes.insert(at, byte),
            3 => drop(bytes.splice(at..at, piece)),
            4 => drop(bytes.drain(at..to)),
            _ => {
                let into = random.below(bytes.len());
                bytes.drain(at..to);
                let into = into.min(bytes.len());
                drop(bytes.splice(into..into, piece));
            }
        }
        if bytes.is_empty() {
            bytes.push(b'{');
        }
    }
    bytes
}

#[test]
fn scanner_and_parser_agree_on_mutated_frames() {
    for (seed, (host, kind, frame)) in FRAMES.into_iter().enumerate() {
        let (mut fast, mut slow) = (Rig::new(&[]), Rig::new(&[]));
        let url = format!("wss://{host}.binance.com/stream");
        fast.open(1, 0, &url);
        slow.open(1, 0, &url);
        let mut random = Random(seed as u64);
        let (mut scanned, mut parsed, mut ignored, mut rejected) = (0, 0, 0, 0);
        for _ in 0..MUTATIONS {
            let bytes = mutate(frame.as_bytes(), &mut random);
            let shown = String::from_utf8_lossy(&bytes);
            let a = fast.frame(1, &bytes);
            let b = slow.frame(1, &[b" ", &*bytes].concat());
            assert_eq!((a.status, &a.slots), (b.status, &b.slots), "{kind}: {shown}");
            assert_eq!(a.commands, b.commands, "{kind}: {shown}");
            assert_ne!(b.outcome, 0, "{shown}");
            match (a.status, a.outcome) {
                (OK, 0) => scanned += 1,
                (OK, OUTCOME_FALLBACK) => parsed += 1,
                (OK, _) => ignored += 1,
                _ => rejected += 1,
            }
        }
        common::log();
        println!(
            "{host} {kind}: {scanned} scanned, {parsed} parsed, {ignored} ignored, {rejected} rejected"
        );
        assert!(scanned > 0 && parsed > 0 && rejected > 0, "{kind}");
    }
}

#[test]
fn documented_frames_are_scanned_and_read_alike_in_any_order() {
    for (host, kind, frame) in FRAMES {
        let (mut fast, mut slow) = (Rig::new(&[]), Rig::new(&[]));
        let url = format!("wss://{host}.binance.com/stream");
        fast.open(1, 0, &url);
        slow.open(1, 0, &url);
        let a = fast.frame(1, frame.as_bytes());
        assert_eq!((a.status, a.outcome), (OK, 0), "{host} {kind}");
        assert!(!a.slots.is_empty());
        // serde_json sorts keys; and nothing of the wrapper is needed.
        let value: serde_json::Value = serde_json::from_str(frame).unwrap();
        for other in [value.to_string(), value["data"].to_string()] {
            let b = slow.frame(1, other.as_bytes());
            assert_eq!((b.status, &b.slots), (OK, &a.slots), "{other}");
            assert!(b.fell_back());
        }
    }
}
