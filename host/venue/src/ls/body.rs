//! Bodies of REST answers (`token`, `t8436`, `t9945`).

use serde_json::{Value, json};

use crate::protocol::{Listing, Refusal};

/// A token is good for a day.
const LIFE_S: u64 = 86_400;

/// The answer that gives a token.
pub(super) fn token(token: &str) -> String {
    json!({"access_token": token, "scope": "oob", "token_type": "Bearer", "expires_in": LIFE_S})
        .to_string()
}

/// Stocks that the recording shows. Names in words, prices and markets it does not: all are of KOSPI.
pub(super) fn instruments(listings: &[Listing]) -> String {
    let entry = |l: &Listing| match l.symbol.strip_prefix('N') {
        Some(code) => json!({"shcode": code, "nxt_chk": "1", "etfchk": "0", "hname": ""}),
        None => json!({
            "shcode": l.symbol, "hname": "", "etfgubun": "0", "memedan": "00001", "gubun": "1",
            "bu12gubun": "01", "spac_gubun": "N",
        }),
    };
    let krx = listings.iter().any(|l| !l.symbol.starts_with('N'));
    let block = if krx { "t8436OutBlock" } else { "t9945OutBlock" };
    let entries: Vec<_> = listings.iter().map(entry).collect();
    json!({"rsp_cd": "00000", "rsp_msg": "", block: entries}).to_string()
}

/// `{"rsp_cd":"IGW00121","rsp_msg":".."}`.
pub(super) fn error(code: &str, message: &str) -> String {
    format!(r#"{{"rsp_cd":"{code}","rsp_msg":{}}}"#, Value::from(message))
}

/// Status and body of a refusal: 500 where the gateway has a code.
pub(super) fn refusal(why: Refusal) -> (u16, String) {
    match why {
        Refusal::TooMany | Refusal::Banned => (500, error("IGW00201", "too many calls")),
        Refusal::NoPath | Refusal::BadSymbol => (500, error("IGW00215", "invalid TR CD")),
        Refusal::BadParameter(name) => (500, error("IGW40011", name)),
        Refusal::NotRecorded | Refusal::NoBook => (503, error("", "not in the recording")),
        Refusal::Failed(status) => (status, error("", "-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_venues_words() {
        let listing = |symbol: &str| Listing { symbol: symbol.to_owned(), ..Listing::default() };
        let list: Value = serde_json::from_str(&instruments(&[listing("005930")])).unwrap();
        assert_eq!(list["t8436OutBlock"][0]["shcode"], "005930");
        let nxt: Value = serde_json::from_str(&instruments(&[listing("N005930")])).unwrap();
        assert_eq!(nxt["t9945OutBlock"][0]["shcode"], "005930");
        let quota = r#"{"rsp_cd":"IGW00201","rsp_msg":"too many calls"}"#;
        assert_eq!(refusal(Refusal::TooMany), (500, quota.to_owned()));
    }
}
