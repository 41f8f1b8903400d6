//! 802: what the host writes and tells while it is logged in.

use std::fs;
use std::io;
use std::path::Path;

use patchbay_control::{Client, Detail, LogLevel};
use patchbay_runtime::config::LogFiles;
use patchbay_runtime::live::{JournalConfig, LiveConfig};
use patchbay_runtime::{AdapterSetup, CoreConfig, Files, JournalSource, LogThread, replay_journal};
use patchbay_venue::FaultPlan;

use crate::CertifyError;
use crate::outcome::{Figures, Outcome};
use crate::stage::{Play, Stage, failed};
use crate::subject::Subject;

/// Steps that the host runs with data.
const STEPS: u32 = 20;
/// Size of a segment of the journal, and of a file of the log.
const BYTES: u64 = 1 << 20;

/// Everything that came out, by where.
type Texts = Vec<(&'static str, Vec<u8>)>;

/// Runs the host with a key, and looks for every part of it, and for what the login gave, in
/// everything that the host leaves.
pub(crate) fn search(play: &Play<'_>) -> Result<Outcome, CertifyError> {
    let Some(login) = &play.venue.login else {
        return Ok(Outcome::unverified("its market data needs no login"));
    };
    let mut log = None;
    let stage = play.stage(login.settings, FaultPlan::default(), |config, folder| {
        let files = LogFiles {
            folder: folder.join("log"),
            level: LogLevel::Debug,
            file_bytes: BYTES,
            files: 2,
        };
        let thread = LogThread::start(files).map_err(failed("write a log"))?;
        let config = LiveConfig { log: Some(thread.writer()), ..config };
        log = Some(thread);
        recording(config, folder)
    })?;
    stage.begin();
    let (ledger, _) = stage.wait(STEPS, |ledger, _| ledger.ended);
    let mut texts = told(&stage).map_err(failed("ask over the control socket"))?;
    let Stage { host, folder, .. } = stage;
    let (status, hash) = host.stop_and_hash();
    drop(log);
    texts.push(("status", serde_json::to_vec(&*status).map_err(failed("write the status"))?));
    for place in ["journal", "log"] {
        let read = files(&folder.path().join(place)).map_err(failed("read what was written"))?;
        texts.push((place, read));
    }
    let logins = ledger.connections.iter().map(|connection| connection.logins).sum();
    let bytes = texts.iter().map(|(_, text)| text.len() as u64).sum();
    let (turns, again) = replay(play.subject, &folder.path().join("journal"))?;
    let figures: Figures = vec![("logins", logins), ("bytes", bytes), ("turns", turns)];
    let parts = login.key.iter().map(|(part, value)| (*part, *value));
    let secrets = parts.chain(play.tokens().iter().map(|token| ("token", *token)));
    let wrong = shown(&texts, secrets).or_else(|| {
        (again != hash).then(|| "the journal does not replay to the same outputs".to_owned())
    });
    Ok(match wrong {
        Some(evidence) => Outcome { figures, ..Outcome::failed(evidence) },
        None => Outcome::backed(figures, logins, "at the local venue it does not log in"),
    })
}

/// With a journal, hashed outputs and a control socket.
fn recording(config: LiveConfig, folder: &Path) -> Result<LiveConfig, CertifyError> {
    let journal = folder.join("journal");
    let files = Files::create(&journal).map_err(failed("write a journal"))?;
    Ok(LiveConfig {
        journal: Some(JournalConfig {
            folder: journal,
            files,
            segment_bytes: BYTES,
            max_bytes: u64::MAX,
        }),
        digest: true,
        control: Some(folder.join("run/control")),
        ..config
    })
}

/// What the host says when asked.
fn told(stage: &Stage) -> Result<Texts, patchbay_control::ClientError> {
    let mut client = Client::connect(&stage.folder.path().join("run/control"))?;
    let status = client.status(&Detail::default())?;
    let said = (client.greeting().clone(), status, client.plugins()?, client.log(0)?);
    Ok(vec![("the control socket", serde_json::to_vec(&said).unwrap_or_default())])
}

/// All files of a folder, one after the other.
fn files(folder: &Path) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        all.extend(fs::read(entry?.path())?);
    }
    Ok(all)
}

/// The first secret that is somewhere, by what it is.
fn shown<'a>(
    texts: &Texts,
    mut secrets: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<String> {
    secrets.find_map(|(what, secret)| {
        let (place, _) = texts.iter().find(|(_, text)| holds(text, secret.as_bytes()))?;
        Some(format!("its {what} is in the {place}"))
    })
}

/// Whether a text holds a secret, not as a part of a longer word or number.
fn holds(text: &[u8], secret: &[u8]) -> bool {
    let joins = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.';
    let ends = |byte: Option<&u8>| !byte.is_some_and(joins);
    let mut found = text.windows(secret.len()).enumerate().filter(|(_, part)| *part == secret);
    found.any(|(at, _)| {
        ends(at.checked_sub(1).and_then(|at| text.get(at))) && ends(text.get(at + secret.len()))
    })
}

/// Turns of a journal, and the hash over its outputs.
fn replay(subject: &Subject, journal: &Path) -> Result<(u64, Option<String>), CertifyError> {
    let (plugin, sha256) = (subject.loaded.plugin, subject.loaded.manifest.sha256);
    let setup = AdapterSetup { plugin, sha256, config: &[], seed: 0, log: &|_, _| {} };
    let config = CoreConfig { digest: true, ..CoreConfig::default() };
    let source = JournalSource::open(journal);
    let mut source = source.map_err(failed("open the journal"))?;
    let core = replay_journal(&mut source, config, |_| Ok(setup), |_, _| Ok(()));
    let core = core.map_err(failed("replay the journal"))?;
    Ok((core.turns(), core.hash()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_wherever_it_stands_alone() {
        let texts = vec![
            ("journal", br#"{"qty":"0.123456","id":1234567}"#.to_vec()),
            ("log", b"k=123456".to_vec()),
        ];
        let found = |secret| shown(&texts, [("passphrase", secret)].into_iter());
        assert_eq!(found("123456").as_deref(), Some("its passphrase is in the log"));
        assert_eq!((found("12345"), found("23456")), (None, None), "parts of longer words");
    }
}
