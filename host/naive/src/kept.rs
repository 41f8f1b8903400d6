//! LS Securities' trades, of which a client kept four fields, and its list under Korean labels.

use std::path::Path;

use serde_json::Value;

use crate::recorded::{Recorded, What};

/// Korea is 9 hours east of UTC.
const KST_S: i128 = 9 * 3_600;

/// Trades as the frames that they were kept of, at the times of the trades. Symbol and day stand in the
/// name of the file.
pub(crate) fn trades(text: &str, path: &Path, conn: usize, out: &mut Vec<Recorded>) -> Option<()> {
    let name = path.file_name()?.to_str()?;
    let (rest, day) = name.split_once('.')?.0.rsplit_once('_')?;
    let (_, symbol) = rest.rsplit_once('_')?;
    let midnight = days(day)? * 86_400 - KST_S;
    for line in text.lines() {
        let body: Value = serde_json::from_str(line).ok()?;
        let clock: i128 = body["chetime"].as_str()?.parse().ok()?;
        let seconds = clock / 10_000 * 3_600 + clock / 100 % 100 * 60 + clock % 100;
        let at_ns = (midnight + seconds) * 1_000_000_000;
        if !out.iter().any(|record| record.conn == conn) {
            let url = "wss://openapi.ls-sec.co.kr:9443/websocket".to_owned();
            out.push(Recorded { at_ns, conn, what: What::Open(url) });
        }
        let header = format!(r#"{{"tr_cd":"S3_","tr_key":"{symbol}"}}"#);
        let frame = format!(r#"{{"header":{header},"body":{body}}}"#);
        out.push(Recorded { at_ns, conn, what: What::Frame(frame) });
    }
    Some(())
}

/// Days since 1970-01-01 of `YYYYMMDD`, counted month by month.
fn days(text: &str) -> Option<i128> {
    let number: i128 = text.parse().ok().filter(|_| text.len() == 8)?;
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let leap = |year: i128| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let years: i128 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let february = if leap(year) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = months.iter().take(usize::try_from(month - 1).ok()?).sum::<i128>();
    Some(years + before + day - 1)
}

/// The list as the answer to `t8436`, whose names of fields are put back; it has no time.
pub(crate) fn list(text: &str, conn: usize) -> Option<Recorded> {
    let entries: Vec<Value> = serde_json::from_str(text).ok()?;
    let entry = |entry: &Value| {
        let of = |label: &str| entry[label].clone();
        serde_json::json!({
            "hname": of("종목명"), "shcode": of("단축코드"), "expcode": of("확장코드"),
            "etfgubun": of("ETF구분"), "uplmtprice": of("상한가"), "dnlmtprice": of("하한가"),
            "jnilclose": of("전일가"), "memedan": of("memedan"), "recprice": of("기준가"),
            "gubun": of("시장구분"), "bu12gubun": of("bu12gubun"),
        })
    };
    let block: Vec<_> = entries.iter().map(entry).collect();
    let body = serde_json::json!({ "rsp_cd": "00000", "t8436OutBlock": block }).to_string();
    let url = "https://openapi.ls-sec.co.kr:8080/stock/etc".to_owned();
    Some(Recorded { at_ns: i128::MIN, conn, what: What::Reply { url, body } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_leap_years_too() {
        assert_eq!(["19700101", "20000301", "20251125"].map(days), [0, 11_017, 20_417].map(Some));
    }
}
