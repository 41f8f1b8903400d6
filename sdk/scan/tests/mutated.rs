//! Damaged frames: never a panic, never a value that the general parser does not read.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test: it counts aloud and fails loudly"
)]

mod common;

use common::{PRODUCTS, Product, capture, kind, reference, scan};
use patchbay_scan::{Cursor, Instructions};
use patchbay_testkit::mutate::{Random, mutate};

const MUTATIONS: usize = 10_000;

/// Up to 400 recorded frames of a kind, spread over a capture, the short ones preferred.
fn samples(product: Product, wanted: &str) -> Option<Vec<Vec<u8>>> {
    let capture = capture(product.files()[0])?;
    let frames = capture.frames().filter(|frame| kind(frame) == wanted);
    let short = frames.filter(|frame| frame.len() < 1200);
    Some(short.step_by(5).take(400).map(<[u8]>::to_vec).collect())
}

/// Whether the scanner accepted; panics if it should not have.
fn accepts(frame: &[u8], product: Product, exps: (i8, i8)) -> bool {
    let vector = scan(common::vector(frame), product, exps);
    let scalar = scan(Cursor::scalar(frame), product, exps);
    let avx2 = scan(Cursor::at_most(frame, Instructions::Avx2), product, exps);
    let text = || String::from_utf8_lossy(frame);
    assert_eq!(avx2, scalar, "twins differ with AVX2: {}", text());
    assert_eq!(vector, scalar, "twins differ: {}", text());
    if let Some(event) = &vector {
        let expected = reference(frame, exps);
        assert_eq!(expected.as_ref(), Some(event), "believed too much: {}", text());
    }
    vector.is_some()
}

#[test]
fn mutated_frames_are_read_right_or_declined() {
    for product in PRODUCTS {
        for (seed, wanted) in ["depth", "trade", "bookTicker"].into_iter().enumerate() {
            let Some(samples) = samples(product, wanted) else {
                return;
            };
            let mut random = Random(0x5eed + seed as u64);
            let mut accepted = 0;
            for _ in 0..MUTATIONS {
                let frame = &samples[random.below(samples.len())];
                let other = &samples[random.below(samples.len())];
                let mutated = mutate(&mut random, frame, other);
                let exps = [(-8, -8), (-2, -6), (-2, -3), (-1, 0)][random.below(4)];
                accepted += usize::from(accepts(&mutated, product, exps));
            }
            let declined = MUTATIONS - accepted;
            println!("{product:?} {wanted}: {accepted} accepted, {declined} declined");
            assert!(accepted > 100 && declined > 1000, "the mutations test neither side");
        }
    }
}

#[test]
fn every_truncation_and_every_single_byte_of_a_frame() {
    for product in PRODUCTS {
        for wanted in ["depth", "trade", "bookTicker"] {
            let Some(samples) = samples(product, wanted) else {
                return;
            };
            let frame = samples.iter().min_by_key(|frame| frame.len()).unwrap();
            assert!(accepts(frame, product, (-8, -8)));
            for cut in 0..frame.len() {
                assert!(!accepts(&frame[..cut], product, (-8, -8)), "cut at {cut}");
            }
            for at in 0..frame.len() {
                let mut damaged = frame.clone();
                for byte in [0, 9, b' ', b'"', b',', b'.', b'0', b'9', b'[', b']', b'\\', b'}', 255]
                {
                    damaged[at] = byte;
                    accepts(&damaged, product, (-8, -8));
                }
            }
        }
    }
}

/// Random strings over the bytes that matter, read from random places by every step.
#[test]
fn random_bytes_never_panic_and_twins_agree() {
    const ALPHABET: &[u8] = b"\"\"\"\"[[]],,{}0123456789....-+eE\\ \0\x7f\x80\xfftrufalse";
    const PARTS: [&str; 8] =
        ["[[\"", "\",\"", "\"],[\"", "\"]]", "0.00000000", "61800.20", "12345678", "1.5"];
    let mut random = Random(0xb17e5);
    let mut read = 0;
    for _ in 0..60_000 {
        let mut bytes = Vec::new();
        for _ in 0..random.below(20) {
            match random.below(4) {
                0 => bytes.push(ALPHABET[random.below(ALPHABET.len())]),
                1 => bytes.push(random.next() as u8),
                _ => bytes.extend_from_slice(random.pick(&PARTS).as_bytes()),
            }
        }
        let exps = ((random.next() % 40) as i8 - 30, (random.next() % 20) as i8 - 16);
        let start = random.below(bytes.len().min(24) + 1);
        let scalar = Cursor::scalar(&bytes);
        read += steps(common::vector(&bytes), scalar, start, exps);
        read += steps(Cursor::at_most(&bytes, Instructions::Avx2), scalar, start, exps);
    }
    println!("{read} values read");
    assert!(read > 20_000);
}

/// Every step from `start` on both cursors; how many gave a value.
fn steps(vector: Cursor<'_>, scalar: Cursor<'_>, start: usize, exps: (i8, i8)) -> usize {
    let lists = [vector, scalar].map(|cursor| {
        let (mut cursor, mut levels) = (advanced(cursor, start), Vec::new());
        let count = cursor.levels(exps.0, exps.1, |some| {
            levels.extend(some.iter().map(|&[price, qty]| (price, qty)));
            Some(())
        });
        count.map(|count| (count, levels, cursor.position()))
    });
    assert_eq!(lists[0], lists[1]);
    let cursor = advanced(vector, start);
    let number = { cursor }.u64();
    if let Some(value) = number {
        let text = &cursor.rest()[..value.to_string().len()];
        assert_eq!(text, value.to_string().as_bytes());
    }
    let decimal = { cursor }.decimal(exps.0);
    let quote = cursor.rest().iter().position(|&byte| byte == b'"');
    let text = quote.map(|quote| &cursor.rest()[..quote]);
    let expected = text.and_then(|text| patchbay_model::parse_decimal(text, exps.0).ok());
    assert_eq!(decimal, expected);
    let string = { cursor }.string();
    let plain = |text: &&[u8]| text.iter().all(|byte| matches!(byte, 0x20..0x80) && *byte != b'\\');
    assert_eq!(string.map(str::as_bytes), text.filter(plain));
    [lists[0].is_some(), number.is_some(), decimal.is_some(), string.is_some()]
        .into_iter()
        .filter(|&some| some)
        .count()
}

/// `cursor` moved over `count` bytes, whatever they are.
fn advanced(mut cursor: Cursor<'_>, count: usize) -> Cursor<'_> {
    for _ in 0..count {
        let byte = cursor.peek().unwrap();
        cursor.literal(&[byte]).unwrap();
    }
    cursor
}
