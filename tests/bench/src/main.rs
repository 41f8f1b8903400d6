//! How fast, against what, measured how. `run` beside this folder's Cargo.toml makes the tables of
//! docs/performance.md; a section's name as argument makes that one.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it prints tables")]

mod book;
mod boundary;
mod clock;
mod decode;
mod fallback;
mod feature;
mod ingest;
mod latency;
mod path;
mod plugin;
mod race;
mod sum;
mod table;
mod tape;

use table::Table;

const SECTIONS: [(&str, fn() -> Vec<Table>); 8] = [
    ("decode", decode::tables),
    ("fallback", || vec![fallback::table()]),
    ("book", || vec![book::table()]),
    ("path", || vec![path::table()]),
    ("boundary", || vec![boundary::table()]),
    ("ingest", ingest::tables),
    ("latency", || vec![latency::table()]),
    ("feature", || vec![feature::table()]),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["count", "decode", product, case, contender] => decode::count(product, case, contender),
        ["count", "book", symbol, contender] => book::count(symbol, contender),
        ["count", "path", case, contender] => path::count(case, contender),
        ["count", "boundary", contender] => boundary::count(contender),
        ["count", "ingest", kind, contender] => ingest::count(kind, contender),
        _ => sections(&words),
    }
}

fn sections(wanted: &[&str]) {
    if let Some(other) = wanted.iter().find(|w| SECTIONS.iter().all(|(name, _)| name != *w)) {
        let names: Vec<_> = SECTIONS.iter().map(|(name, _)| *name).collect();
        eprintln!("there is no section `{other}`; there are {}", names.join(", "));
        std::process::exit(64);
    }
    for (name, tables) in SECTIONS {
        if wanted.is_empty() || wanted.contains(&name) {
            tables().iter().for_each(|table| println!("{table}"));
        }
    }
}
