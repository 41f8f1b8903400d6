//! What the stage costs a record: the same tape through an engine with and without it, in turn, the
//! least time of each. `cargo run --release -p patchbay-test-quality --example cost`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use std::time::{Duration, Instant};

use patchbay_engine::{Engine, EngineConfig, Event, Out, Registry, Turn};
use patchbay_quality::QualityConfig;
use patchbay_test_quality::Tape;

const ROUNDS: usize = 15;

fn main() {
    let files = [
        ("binance", "binance-usdm/hftbacktest/btcusdt_20240808.gz"),
        ("bybit", "bybit/cryptofeed-20260809/BYBIT.jsonl.zst"),
        ("upbit", "upbit/cryptofeed-20210405/UPBIT-d78752.0.gz"),
    ];
    for (venue, file) in files {
        let Some(tape) = Tape::of(venue, "cost", &[file]) else { continue };
        let records: usize = tape.moments.iter().map(|moment| moment.records.len()).sum();
        let mut least = [Duration::MAX; 2];
        for _ in 0..ROUNDS {
            for (least, quality) in
                least.iter_mut().zip([QualityConfig::default(), QualityConfig::USUAL])
            {
                *least = run(&tape, quality).min(*least);
            }
        }
        let [without, with] = least.map(|time| time.as_nanos() as f64 / records as f64);
        println!(
            "{file}: {records} records, {without:.1} ns without, {with:.1} ns with, {:.1} ns more",
            with - without,
        );
    }
}

fn run(tape: &Tape, quality: QualityConfig) -> Duration {
    let config = EngineConfig { quality, ..EngineConfig::default() };
    let mut engine = Engine::new(Registry::default(), config);
    engine.attach(0, tape.venue);
    let mut out = Out::new();
    let mut turn = Turn {
        number: 1,
        at_ns: tape.span().0,
        instance: 0,
        ordinal: 1,
        conn: 1,
        definitions: &tape.instruments,
        slots: &[],
        event: Event::None,
    };
    engine.step(&turn, &mut out);
    let slots: Vec<_> = tape.moments.iter().map(|m| (m.at_ns, m.records.concat())).collect();
    turn.definitions = &[];
    let begun = Instant::now();
    for (at_ns, slots) in &slots {
        turn.number += 1;
        turn.at_ns = *at_ns;
        turn.slots = slots;
        engine.step(&turn, &mut out);
    }
    begun.elapsed()
}
