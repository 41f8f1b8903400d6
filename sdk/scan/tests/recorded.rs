//! Every recorded frame: nothing declined, every value as the general parser has it.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test: it counts aloud and fails loudly"
)]

mod common;

use common::{Event, PRODUCTS, Product, capture, kind, reference, scan};
use patchbay_model::parse_decimal;
use patchbay_scan::{Cursor, Instructions};
use std::collections::{BTreeMap, BTreeSet};

/// The exponents that hold every price and quantity of the product, and no finer.
const fn tight(product: Product) -> (i8, i8) {
    match product {
        Product::Spot => (-2, -6),
        Product::UsdM => (-2, -3),
        Product::CoinM => (-2, 0),
    }
}

fn check(frame: &[u8], product: Product, exps: (i8, i8)) -> Event {
    let expected = reference(frame, exps);
    let vector = scan(common::vector(frame), product, exps);
    let scalar = scan(Cursor::scalar(frame), product, exps);
    let avx2 = scan(Cursor::at_most(frame, Instructions::Avx2), product, exps);
    let text = || String::from_utf8_lossy(frame);
    assert_eq!(scalar, expected, "scalar, {exps:?}: {}", text());
    assert_eq!(avx2, expected, "AVX2, {exps:?}: {}", text());
    assert_eq!(vector, expected, "vector, {exps:?}: {}", text());
    vector.unwrap_or_else(|| panic!("declined: {}", text()))
}

#[test]
fn every_frame_is_read_as_the_general_parser_reads_it() {
    for product in PRODUCTS {
        let mut counts = BTreeMap::<_, u64>::new();
        let mut levels = 0;
        for file in product.files() {
            let Some(capture) = capture(file) else {
                return;
            };
            for frame in capture.frames() {
                let wide = check(frame, product, (-8, -8));
                check(frame, product, tight(product));
                assert_eq!(wide.kind, kind(frame));
                *counts.entry(wide.kind).or_default() += 1;
                levels += wide.bids.len() + wide.asks.len();
            }
        }
        println!("{product:?}: {counts:?}, {levels} levels, none declined");
        assert_eq!(counts.len(), 3);
    }
}

/// Distinct texts of prices and quantities of a product, as recorded.
fn texts(product: Product) -> Option<BTreeSet<Vec<u8>>> {
    let mut texts = BTreeSet::new();
    for file in product.files() {
        let capture = capture(file)?;
        for frame in capture.events().filter_map(|event| event.input.payload()) {
            let strings = frame.split(|&byte| byte == b'"');
            let numbers = strings.filter(|text| text.first().is_some_and(u8::is_ascii_digit));
            for text in numbers.filter(|text| !text.contains(&b'@')) {
                if !texts.contains(text) {
                    texts.insert(text.to_vec());
                }
            }
        }
    }
    Some(texts)
}

#[test]
fn every_recorded_decimal_agrees_with_the_model() {
    for product in PRODUCTS {
        let Some(texts) = texts(product) else { return };
        let (price, qty) = tight(product);
        let mut frame = Vec::new();
        for text in &texts {
            for tail in [&b"\""[..], b"\",\"10.001\"],[\"61800.20\""] {
                frame.clear();
                frame.extend_from_slice(text);
                frame.extend_from_slice(tail);
                for exp in [-8, price, qty, -1, 0, 1, -12] {
                    let expected = parse_decimal(text, exp).ok();
                    assert_eq!(common::vector(&frame).decimal(exp), expected, "{exp} {text:?}");
                }
            }
        }
        println!("{product:?}: {} distinct texts", texts.len());
        assert!(texts.len() > 1000);
    }
}
