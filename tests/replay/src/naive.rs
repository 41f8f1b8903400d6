//! A replay that shares nothing with ours: maps of decimal text, the venue's published rules, one
//! line after the other.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

/// One instrument's book by the venue's rules.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Quantity text by price, scaled to 12 decimals.
    sides: [BTreeMap<i128, String>; 2],
    snapshot: Option<u64>,
    waiting: Vec<Value>,
    /// Last update id applied.
    pub last: u64,
    /// Changes applied.
    pub applied: u64,
    /// Changes received.
    pub received: u64,
}

/// All books and counts.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// By venue symbol.
    pub books: BTreeMap<String, Book>,
    /// Frames received.
    pub frames: u64,
    /// Trades, off-book ones apart.
    pub trades: u64,
    /// Book tickers.
    pub quotes: u64,
    /// Broken chains.
    pub gaps: u64,
}

/// A recorded line: time in its own unit, and what it holds.
enum Line {
    Frame(Value),
    Snapshot(String, Value),
}

/// Replays Binance captures. `dense`: spot's rule, otherwise futures'.
pub fn binance(files: &[PathBuf], dense: bool) -> Replay {
    let mut lines: Vec<(f64, Line)> = Vec::new();
    for file in files {
        read(file, &mut lines);
    }
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut replay = Replay::default();
    for (_, line) in lines {
        match line {
            Line::Frame(frame) => replay.frame(&frame, dense),
            Line::Snapshot(symbol, body) => replay.snapshot(symbol, &body, dense),
        }
    }
    replay
}

fn read(path: &PathBuf, lines: &mut Vec<(f64, Line)>) {
    let mut symbol = String::new();
    for line in BufReader::new(MultiGzDecoder::new(File::open(path).unwrap())).lines() {
        let line = line.unwrap();
        let Some((head, text)) = line.split_once(": {").or_else(|| line.split_once(" {")) else {
            continue;
        };
        let body: Value = match serde_json::from_str(&format!("{{{text}")) {
            Ok(body) => body,
            Err(_) => continue,
        };
        let time: f64 = head.rsplit(' ').next().unwrap().parse().unwrap_or(-1.0);
        if let Some((url, _)) = head.split_once(" -> ") {
            if let Some(query) = url.split_once("/depth?symbol=") {
                let symbol = query.1.split('&').next().unwrap().to_owned();
                lines.push((time, Line::Snapshot(symbol, body)));
            }
        } else if body.get("lastUpdateId").is_some() {
            lines.push((time, Line::Snapshot(symbol.clone(), body)));
        } else if body.get("stream").is_some() {
            let stream = body["stream"].as_str().unwrap();
            symbol = stream.split('@').next().unwrap().to_uppercase();
            lines.push((time, Line::Frame(body)));
        }
    }
}

impl Replay {
    fn frame(&mut self, frame: &Value, dense: bool) {
        self.frames += 1;
        let (stream, data) = (frame["stream"].as_str().unwrap(), &frame["data"]);
        let (symbol, channel) = stream.split_once('@').unwrap();
        let book = self.books.entry(symbol.to_uppercase()).or_default();
        match channel {
            "trade" | "aggTrade" => {
                let off_book = data.get("X").is_some_and(|x| x != "MARKET");
                self.trades += u64::from(!off_book);
            }
            "bookTicker" => self.quotes += 1,
            _ if channel.starts_with("depth") => {
                book.received += 1;
                self.gaps += u64::from(book.change(data, dense));
            }
            _ => {}
        }
    }

    fn snapshot(&mut self, symbol: String, body: &Value, dense: bool) {
        let book = self.books.entry(symbol).or_default();
        book.snapshot = body["lastUpdateId"].as_u64();
        for (side, key) in ["bids", "asks"].iter().enumerate() {
            book.set(side, &body[*key]);
        }
        for change in std::mem::take(&mut book.waiting) {
            self.gaps += u64::from(book.change(&change, dense));
        }
    }
}

impl Book {
    /// Whether snapshot and stream were tied together.
    pub fn is_live(&self) -> bool {
        self.applied > 0
    }

    /// One change by Binance's rule; true if an id is missing.
    fn change(&mut self, change: &Value, dense: bool) -> bool {
        let id = |key: &str| change[key].as_u64().unwrap();
        let Some(snapshot) = self.snapshot else {
            self.waiting.push(change.clone());
            return false;
        };
        let mut gap = false;
        if self.applied == 0 {
            let (old, fits) = if dense {
                let next = snapshot + 1;
                (id("u") <= snapshot, id("U") <= next && next <= id("u"))
            } else {
                (id("u") < snapshot, id("U") <= snapshot && snapshot <= id("u"))
            };
            if old {
                return false;
            }
            assert!(fits, "the recorded snapshot does not fit its changes");
        } else {
            gap = if dense { id("U") != self.last + 1 } else { id("pu") != self.last };
        }
        self.set(0, &change["b"]);
        self.set(1, &change["a"]);
        self.last = id("u");
        self.applied += 1;
        gap
    }

    fn set(&mut self, side: usize, levels: &Value) {
        for level in levels.as_array().unwrap() {
            let (price, qty) = (level[0].as_str().unwrap(), level[1].as_str().unwrap());
            if scaled(qty) == 0 {
                self.sides[side].remove(&scaled(price));
            } else {
                self.sides[side].insert(scaled(price), short(qty));
            }
        }
    }

    /// Best levels of a side (0 bids, 1 asks), best first, as decimal text without trailing zeros.
    pub fn best(&self, side: usize, count: usize) -> Vec<[String; 2]> {
        let text = |(price, qty): (&i128, &String)| {
            let digits = format!("{price:013}");
            let (whole, fraction) = digits.split_at(digits.len() - 12);
            [short(&format!("{whole}.{fraction}")), qty.clone()]
        };
        if side == 0 {
            self.sides[0].iter().rev().take(count).map(text).collect()
        } else {
            self.sides[1].iter().take(count).map(text).collect()
        }
    }
}

fn scaled(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<12}").parse().unwrap()
}

/// Without trailing zeros.
fn short(text: &str) -> String {
    if !text.contains('.') {
        return text.to_owned();
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
