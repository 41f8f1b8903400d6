//! LS Securities, as a client of 2025 kept it: of each trade four fields of its frame, and the list of
//! stocks under Korean labels.
//!
//! ```text
//! {"chetime": "HHMMSS", "price": "..", "cvolume": "..", "cgubun": "+ or -"}     .._SYMBOL_YYYYMMDD.txt
//! ```
//!
//! The envelope is put back: a trade is handed out as the frame of `S3_` that it was kept of, without
//! what was not kept, and the list as the answer to `t8436`, under the names of the guide
//! (`openapi.ls-sec.co.kr/apiservice`). Symbol and day stand nowhere but in the name of the file. When
//! a frame was received was not kept either: the time of its trade stands for it.

use std::path::Path;

use patchbay_model::parse_iso8601;
use serde::{Deserialize, Serialize};

use crate::lines::Lines;
use crate::record::{Reader, UNTIMED};
use crate::{CaptureError, Event, FileStats};

const STREAM: &str = "wss://openapi.ls-sec.co.kr:9443/websocket";
const LIST: &str = "https://openapi.ls-sec.co.kr:8080/stock/etc";

/// The file's only connection.
const CONN: u32 = 1;

const SECOND: i64 = 1_000_000_000;
/// Korea is 9 hours east of UTC, all year.
const KST: i64 = 9 * 3_600 * SECOND;

/// Labels of the list, and the guide's names of what they stand for (`t8436`).
const NAMES: [(&str, &str); 9] = [
    ("종목명", "hname"),
    ("단축코드", "shcode"),
    ("확장코드", "expcode"),
    ("ETF구분", "etfgubun"),
    ("상한가", "uplmtprice"),
    ("하한가", "dnlmtprice"),
    ("전일가", "jnilclose"),
    ("기준가", "recprice"),
    ("시장구분", "gubun"),
];

/// What was kept of a trade, in the order of the file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Kept<'a> {
    chetime: &'a str,
    price: &'a str,
    cvolume: &'a str,
    cgubun: &'a str,
}

/// Whether `line` can be a trade.
pub(crate) fn is_trade(line: &[u8]) -> bool {
    line.starts_with(b"{\"chetime\"") && serde_json::from_slice::<Kept<'_>>(line).is_ok()
}

/// Whether `line` can be the first field of an entry of the list.
pub(crate) fn is_list(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with("\"종목명\":".as_bytes())
}

/// A file of trades.
pub(crate) struct TradesReader {
    lines: Lines,
    symbol: String,
    /// Midnight in Korea before the trades.
    midnight_ns: i64,
    at_ns: i64,
    opened: bool,
    frame: Vec<u8>,
}

impl TradesReader {
    /// # Errors
    ///
    /// [`CaptureError::Unknown`] if the name of the file does not tell symbol and day.
    pub(crate) fn new(lines: Lines) -> Result<Self, CaptureError> {
        let Some((symbol, midnight_ns)) = told(lines.path()) else {
            let found = "trades of LS Securities in a file that is not called ..._SYMBOL_YYYYMMDD";
            return Err(CaptureError::unknown(lines.path(), found.to_owned()));
        };
        Ok(Self { lines, symbol, midnight_ns, at_ns: 0, opened: false, frame: Vec::new() })
    }

    fn take_line(&mut self) -> Result<i64, &'static str> {
        let kept: Kept<'_> = serde_json::from_slice(self.lines.line())
            .map_err(|_| "no trade with its four fields")?;
        let seconds = of_day(kept.chetime).ok_or("no time of day")?;
        self.frame.clear();
        let header = format!(r#"{{"header":{{"tr_cd":"S3_","tr_key":"{}"}},"body":"#, self.symbol);
        self.frame.extend_from_slice(header.as_bytes());
        serde_json::to_writer(&mut self.frame, &kept).map_err(|_| "no text")?;
        self.frame.push(b'}');
        Ok(self.midnight_ns + seconds * SECOND)
    }
}

impl Reader for TradesReader {
    fn advance(&mut self, stats: &mut FileStats) -> Result<Option<i64>, CaptureError> {
        // The connection opens with the first trade, which then is still to be told.
        if !self.opened && !self.frame.is_empty() {
            self.opened = true;
            return Ok(Some(self.at_ns));
        }
        while self.lines.advance()? {
            stats.lines += 1;
            if self.lines.line().is_empty() {
                stats.count_empty();
                continue;
            }
            match self.take_line() {
                Ok(at_ns) => {
                    self.at_ns = at_ns;
                    return Ok(Some(at_ns));
                }
                Err(why) => stats.count_stray(self.lines.number(), why),
            }
        }
        Ok(None)
    }

    fn current(&self) -> (u32, Event<'_>) {
        match self.opened {
            false => (CONN, Event::Open { url: STREAM }),
            true => (CONN, Event::Frame { binary: false, data: &self.frame }),
        }
    }
}

/// Symbol, and the midnight in Korea, by the name of a file.
fn told(path: &Path) -> Option<(String, i64)> {
    let stem = path.file_name()?.to_str()?.split('.').next()?;
    let mut parts = stem.rsplit('_');
    let (day, symbol) = (parts.next()?, parts.next()?);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if day.len() != 8 || !digits(day) || symbol.is_empty() {
        return None;
    }
    let (year, month, day) = (&day[..4], &day[4..6], &day[6..]);
    let midnight = parse_iso8601(format!("{year}-{month}-{day}T00:00:00Z").as_bytes())?;
    Some((symbol.to_owned(), midnight - KST))
}

/// Seconds since midnight of `HHMMSS`.
fn of_day(text: &str) -> Option<i64> {
    let clock: i64 = text.parse().ok().filter(|_| text.len() == 6)?;
    let (hour, minute, second) = (clock / 10_000, clock / 100 % 100, clock % 100);
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3_600 + minute * 60 + second)
}

/// The list, which says of no moment that it was of then.
pub(crate) struct ListReader {
    lines: Lines,
    body: Vec<u8>,
}

impl ListReader {
    pub(crate) const fn new(lines: Lines) -> Self {
        Self { lines, body: Vec::new() }
    }
}

impl Reader for ListReader {
    fn advance(&mut self, stats: &mut FileStats) -> Result<Option<i64>, CaptureError> {
        if !self.body.is_empty() {
            return Ok(None);
        }
        self.body.extend_from_slice(br#"{"rsp_cd":"00000","rsp_msg":"","t8436OutBlock":"#);
        while self.lines.advance()? {
            stats.lines += 1;
            let line = self.lines.line().trim_ascii_start();
            let name = NAMES.iter().find_map(|(label, name)| {
                let rest = line.strip_prefix(b"\"")?.strip_prefix(label.as_bytes())?;
                Some((name, rest.strip_prefix(b"\"")?))
            });
            match name {
                Some((name, rest)) => {
                    self.body.extend_from_slice(format!("\"{name}\"").as_bytes());
                    self.body.extend_from_slice(rest);
                }
                None => self.body.extend_from_slice(line),
            }
        }
        self.body.push(b'}');
        Ok(Some(UNTIMED))
    }

    fn current(&self) -> (u32, Event<'_>) {
        (0, Event::Reply { url: LIST, body: &self.body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbol_and_day_stand_in_the_name() {
        let of = |name: &str| told(Path::new(name));
        let midnight = 1_763_996_400 * SECOND;
        assert_eq!(of("a/raw_data_005930_20251125.txt.gz"), Some(("005930".into(), midnight)));
        for other in ["a/trades.txt", "a/005930_20251325.txt", "a/_20251125.txt"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn a_day_has_no_25th_hour() {
        assert_eq!(of_day("090851"), Some(32_931));
        assert_eq!([of_day("250000"), of_day("096000"), of_day("9:26")], [None; 3]);
    }

    /// The frame of the guide's example of `S3_`.
    #[test]
    fn knows_its_lines() {
        let trade = br#"{"chetime": "090851", "price": "55550", "cvolume": "1", "cgubun": "+"}"#;
        assert!(is_trade(trade) && !is_list(trade));
        assert!(!is_trade(br#"{"chetime": "090851", "volume": "10887"}"#));
        assert!(is_list("    \"종목명\":\"동화약품\",".as_bytes()));
    }
}
