//! OKX's frames, recorded and transcribed.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod frames;

use std::path::{Path, PathBuf};

/// Where market data comes from.
pub(crate) const PUBLIC: &str = "wss://ws.okx.com:8443/ws/v5/public";

/// OKX's captures: list of instruments, then a socket.
pub(crate) fn captures(corpus: &Path) -> [[PathBuf; 2]; 3] {
    [
        ["okx/cryptofeed-20210722/OKEX.0.gz", "okx/cryptofeed-20210722/OKEX.ws.1.0.gz"],
        ["okx/cryptofeed-20210722/OKEX.0.gz", "okx/cryptofeed-20210722/OKEX.ws.2.0.gz"],
        ["okx/cryptofeed-20220513/OKX.0.gz", "okx/cryptofeed-20220513/OKX.ws.1.0.gz"],
    ]
    .map(|files| files.map(|file| corpus.join(file)))
}

/// An update of `books` with these sides, checksum, `prevSeqId` and `seqId`.
pub(crate) fn books(sides: &str, checksum: i64, previous: u64, sequence: u64) -> String {
    format!(
        r#"{{"arg":{{"channel":"books","instId":"BTC-USDT"}},"action":"update","data":[{{{sides},"ts":"1597026383185","checksum":{checksum},"prevSeqId":{previous},"seqId":{sequence}}}]}}"#
    )
}
