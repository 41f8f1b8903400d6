//! Recorded frames: what they are.

use serde::Deserialize;

use crate::protocol::Told;

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    header: Header<'a>,
}

#[derive(Deserialize)]
struct Header<'a> {
    tr_cd: &'a str,
    tr_key: &'a str,
    rsp_cd: Option<&'a str>,
}

/// What a frame is (`S3_` and all others alike).
pub(super) fn told(bytes: &[u8]) -> Option<Told> {
    let Header { tr_cd, tr_key, rsp_cd } = serde_json::from_slice::<Frame<'_>>(bytes).ok()?.header;
    let symbol = tr_key.trim_end();
    rsp_cd.is_none().then(|| Told {
        stream: format!("{tr_cd}:{symbol}"),
        symbol: symbol.to_owned(),
        payload: 0..bytes.len(),
        depth: None,
        whole: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_a_code_and_a_key() {
        let trade = br#"{"header":{"tr_cd":"NS3","tr_key":"N010950   "},"body":{"price":"60600"}}"#;
        let told = told(trade).unwrap();
        assert_eq!((&*told.stream, &*told.symbol), ("NS3:N010950", "N010950"));
        let taken = br#"{"header":{"tr_cd":"S3_","tr_key":"005930","rsp_cd":"00000"}}"#;
        assert!(super::told(taken).is_none());
    }
}
