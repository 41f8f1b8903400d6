//! Each wrong adapter fails exactly its card, and the real ones none, through the program.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread::{available_parallelism, scope};

use patchbay_certify::find;
use patchbay_test_replay::corpus;
use serde_json::Value;

/// Plugins, and the cards that they fail.
const ZOO: [(&str, &[u64]); 15] = [
    ("patchbay_binance", &[]),
    ("patchbay_bybit", &[]),
    ("patchbay_deribit", &[]),
    ("wrong_aggressor", &[302]),
    ("wrong_sequence", &[501]),
    ("wrong_float", &[203]),
    ("wrong_swallowed", &[502]),
    ("wrong_blocking", &[1203]),
    ("wrong_clock", &[1204]),
    ("wrong_thread", &[1202]),
    ("wrong_kept", &[506]),
    ("wrong_exponent", &[202]),
    ("wrong_pong", &[601]),
    ("wrong_token", &[802]),
    ("wrong_excused", &[503]),
];

/// The broadest recording shows every fault, and a dozen certificates of all would take minutes.
const RECORDINGS: &str = "1";

#[test]
fn each_wrong_adapter_fails_exactly_its_card() {
    let Some(corpus) = corpus("MANIFEST.toml") else { return };
    let corpus = corpus.parent().unwrap();
    let built = Built::new();
    let waiting = Mutex::new(ZOO.to_vec());
    let wrong = Mutex::new(Vec::new());
    let next = || waiting.lock().unwrap().pop();
    scope(|scope| {
        // Most of the time of each goes into waiting for a running host.
        for _ in 0..4 * available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((plugin, expected)) = next() {
                    let certificate = built.certify(plugin, corpus);
                    let failed = failed(&certificate);
                    let evidence: Vec<_> =
                        failed.iter().map(|card| (&card["number"], &card["evidence"])).collect();
                    println!("{plugin}: {evidence:?}");
                    let numbers: Vec<_> =
                        failed.iter().map(|card| card["number"].as_u64().unwrap()).collect();
                    if numbers != expected {
                        let text = format!("{plugin}: expected {expected:?}, {evidence:?}");
                        wrong.lock().unwrap().push(text);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_card_that_is_expected_exists() {
    for number in ZOO.iter().flat_map(|(_, cards)| cards.iter()) {
        assert!(find(u16::try_from(*number).unwrap()).is_some(), "{number}");
    }
}

fn failed(certificate: &Value) -> Vec<&Value> {
    let cards = certificate["cards"].as_array().unwrap();
    assert!(cards.len() > 30, "{certificate}");
    cards.iter().filter(|card| card["verdict"] == "failed").collect()
}

/// The program and the plugins.
struct Built {
    program: PathBuf,
    libraries: Vec<PathBuf>,
}

impl Built {
    fn new() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["build", "--quiet", "--message-format=json-render-diagnostics"]);
        // With the features of the whole workspace, so that what its tests were built of serves.
        command.args(["--workspace", "--lib", "--bins", "--examples"]);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.."));
        for (key, _) in std::env::vars_os() {
            let key = key.to_string_lossy().into_owned();
            if key.starts_with("CARGO_PKG_") || key.starts_with("CARGO_MANIFEST_") {
                command.env_remove(key);
            }
        }
        let output = command.stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "building the program and the plugins failed");
        let text = String::from_utf8(output.stdout).unwrap();
        let artifacts: Vec<Value> =
            text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let program = artifacts
            .iter()
            .filter(|artifact| artifact["target"]["name"] == "patchbay")
            .find_map(|artifact| artifact["executable"].as_str());
        let files = artifacts.iter().filter_map(|artifact| artifact["filenames"].as_array());
        let libraries = files.flatten().filter_map(Value::as_str).map(PathBuf::from);
        let is_library = |file: &PathBuf| file.extension().is_some_and(|end| end == "so");
        Self { program: program.unwrap().into(), libraries: libraries.filter(is_library).collect() }
    }

    fn certify(&self, plugin: &str, corpus: &Path) -> Value {
        let name = format!("lib{plugin}.so");
        let file = self.libraries.iter().find(|file| file.ends_with(&name)).unwrap();
        let output = Command::new(&self.program)
            .args(["certify", "--json", "--recordings", RECORDINGS])
            .arg(file)
            .env("PATCHBAY_CORPUS", corpus)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{plugin}: {text}{errors}"))
    }
}
