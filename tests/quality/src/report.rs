//! The tables of docs/quality.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use patchbay_abi as abi;

use crate::fault::Kind;
use crate::play::Incident;
use crate::score::{Score, Scores};
use crate::tape::Tape;

const BEGIN: &str = "<!-- scores -->\n";
const END: &str = "<!-- end of scores -->\n";

/// Detectors in the order of their ids, in words.
const DETECTORS: [(u32, &str); 12] = [
    (abi::QUALITY_ORDER, "order"),
    (abi::QUALITY_LATE, "late"),
    (abi::QUALITY_OFFSET, "offset"),
    (abi::QUALITY_STEP, "step"),
    (abi::QUALITY_DRIFT, "drift"),
    (abi::QUALITY_PRICE, "price"),
    (abi::QUALITY_CROSSED, "crossed"),
    (abi::QUALITY_LOCKED, "locked"),
    (abi::QUALITY_VOLUME, "volume"),
    (abi::QUALITY_GAP, "gap"),
    (abi::QUALITY_TRADE_GAP, "trade gap"),
    (abi::QUALITY_SILENCE, "silence"),
];

/// Scores by kind and venue, then what undamaged recordings showed.
pub fn report(scores: &Scores, clean: &[(&Tape, Vec<Incident>)]) -> String {
    let mut text = String::new();
    let venues: BTreeSet<&str> = scores.keys().map(|(_, venue)| *venue).collect();
    let mut line = "| fault |".to_owned();
    venues.iter().for_each(|venue| write!(line, " {venue} |").unwrap());
    writeln!(text, "{line} found | recall | precision | strict |").unwrap();
    writeln!(text, "|---|{}---:|---:|---:|---:|", "---:|".repeat(venues.len())).unwrap();
    for kind in Kind::ALL {
        let mut sum = Score::default();
        let mut line = format!("| {} |", kind.words());
        for venue in &venues {
            let score = scores.get(&(kind, *venue)).copied().unwrap_or_default();
            match score.faults {
                0 => line.push_str(" - |"),
                faults => write!(line, " {}/{faults} |", score.found).unwrap(),
            }
            sum += score;
        }
        let [recall, precision, strict] =
            [sum.recall(), sum.precision(), sum.strict()].map(percent);
        let Score { faults, found, .. } = sum;
        writeln!(text, "{line} {found}/{faults} | {recall} | {precision} | {strict} |").unwrap();
    }
    text.push('\n');
    text + &undamaged(clean)
}

fn percent(share: f64) -> String {
    if share.is_nan() { "-".to_owned() } else { format!("{:.1} %", share * 100.0) }
}

/// Incidents of undamaged recordings, by venue.
fn undamaged(clean: &[(&Tape, Vec<Incident>)]) -> String {
    let mut hours: BTreeMap<&str, f64> = BTreeMap::new();
    let mut counts: BTreeMap<(&str, u32), u64> = BTreeMap::new();
    for (tape, incidents) in clean {
        let (first, last) = tape.span();
        *hours.entry(tape.venue).or_default() += (last - first) as f64 / 3.6e12;
        for incident in incidents.iter().filter(|incident| incident.begins) {
            *counts.entry((tape.venue, incident.detector)).or_default() += 1;
        }
    }
    let mut text = "| venue | hours |".to_owned();
    DETECTORS.iter().for_each(|(_, word)| write!(text, " {word} |").unwrap());
    writeln!(text, "\n|---|---:|{}", "---:|".repeat(DETECTORS.len())).unwrap();
    for (venue, hours) in hours {
        let mut line = format!("| {venue} | {hours:.2} |");
        for (detector, _) in DETECTORS {
            let count = counts.get(&(venue, detector)).copied().unwrap_or(0);
            write!(line, " {count} |").unwrap();
        }
        writeln!(text, "{line}").unwrap();
    }
    text
}

/// Puts the tables into docs/quality.md.
pub fn rewrite(tables: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/quality.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the mark before the tables");
    let (_, after) = rest.split_once(END).expect("the mark after them");
    fs::write(&path, format!("{before}{BEGIN}{tables}{END}{after}")).unwrap();
}
