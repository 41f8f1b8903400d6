//! An independent consumer of the multicast lines: `docs/wire_reader.py`, which knows only
//! `docs/wire.md`.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use patchbay_runtime::live::Group;
use serde_json::Value;

/// It, listening.
#[derive(Debug)]
pub struct Listener(Child);

impl Listener {
    /// It joins after so many seconds, listens for so many, and loses `drop` (seed and percent) of what
    /// comes.
    pub fn start(line: Group, seconds: u32, after_s: u32, drop: &str) -> Self {
        let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/wire_reader.py");
        let command = format!("sleep {after_s}; exec python3 \"$@\"");
        let child = Command::new("sh")
            .args(["-c", &command, "sh"])
            .arg(reader)
            .args(["--group", &line.address.to_string(), "--port", &line.port.to_string()])
            .args(["--interface", "127.0.0.1"])
            .args(["--seconds", &seconds.to_string(), "--json", "--drop", drop])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self(child.unwrap())
    }

    /// What it heard, once it has ended.
    pub fn heard(self) -> Value {
        let heard = self.0.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&heard.stdout).into_owned();
        assert!(heard.status.success(), "{text}{}", String::from_utf8_lossy(&heard.stderr));
        serde_json::from_str(&text).unwrap()
    }
}
