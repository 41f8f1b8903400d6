//! Recorded trades of LS Securities: a client kept four fields of each frame.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use crate::corpus;

/// Files, their symbols, and the midnight in Korea before them.
const FILES: [(&str, &str, u64); 2] = [
    ("ls-securities/ticks/raw_data_005930_20251125.txt.gz", "005930", 1_763_996_400),
    ("ls-securities/ticks/raw_data_015760_20251126.txt.gz", "015760", 1_764_082_800),
];

/// Captures in `folder` of the frames that the fields were kept of, without what was not kept, one
/// for each file of the corpus; received, for want of a record of it, at the times of the trades. `None`
/// without a corpus.
pub fn ls_captures(folder: &Path) -> Option<Vec<PathBuf>> {
    let one = |&(file, symbol, midnight): &(&str, &str, u64)| {
        let mut text = String::new();
        GzDecoder::new(File::open(corpus(file)?).unwrap()).read_to_string(&mut text).unwrap();
        let mut capture = String::new();
        for line in text.lines() {
            let kept: serde_json::Value = serde_json::from_str(line).unwrap();
            let clock: u64 = kept["chetime"].as_str().unwrap().parse().unwrap();
            let time = midnight + clock / 10_000 * 3_600 + clock / 100 % 100 * 60 + clock % 100;
            if capture.is_empty() {
                let url = "wss://openapi.ls-sec.co.kr:9443/websocket";
                capture += &format!("{url} <-> {time}.0\n");
            }
            let header = format!(r#"{{"tr_cd":"S3_","tr_key":"{symbol}"}}"#);
            capture += &format!("{time}.0: {{\"header\":{header},\"body\":{kept}}}\n");
        }
        let path = folder.join(format!("{symbol}.txt"));
        fs::write(&path, capture).unwrap();
        Some(path)
    };
    FILES.iter().map(one).collect()
}
