//! 12xx: purity, tried in children.

use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use patchbay_naive::{Recorded, What};

use crate::CertifyError;
use crate::cage::{Given, Job, NOT_CONFINED, NOT_MADE, THREADS};
use crate::corpus::Recording;
use crate::filter::{TRIALS, Trial};
use crate::folder::Folder;
use crate::outcome::{Outcome, Outcomes};
use crate::subject::{Subject, connection};

/// Records of each recording that the child is given.
const REACH: usize = 600;

/// Makes what the C library reads from the kernel's shared page a system call; see `build.rs`.
const CLOCK_SHIM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/clock_shim.so"));

/// Tries the file in children of `program`, which hands `certify --confined` to
/// [`confined`](crate::confined).
pub(crate) fn try_all(
    subject: &Subject,
    recordings: &[Recording],
    program: &Path,
    out: &mut Outcomes,
) -> Result<(), CertifyError> {
    let folder = Folder::new().map_err(failed("make a private folder"))?;
    let shim = folder.write("clock_shim.so", 0o500, CLOCK_SHIM);
    let shim = shim.map_err(failed("write the clock shim"))?;
    let inputs = recordings.iter().flat_map(inputs).collect();
    let job = Job { inputs };
    let text = serde_json::to_string(&job).map_err(|e| failed("write the inputs")(e.into()))?;
    for (trial, number) in TRIALS.into_iter().zip(1201..) {
        let mut command = Command::new(program);
        command.args(["certify", "--confined", trial.name(), "--stage"]).arg(folder.path());
        command.arg(&subject.file).env("LD_PRELOAD", &shim);
        let ended = run(command, text.as_bytes()).map_err(failed("run a child"))?;
        out.insert(number, judge(trial, &job, &ended));
    }
    Ok(())
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> CertifyError {
    move |source| CertifyError::Child { what, source }
}

/// How a child ended.
struct Ended {
    signal: Option<i32>,
    code: Option<i32>,
    /// Bytes on its standard output.
    ticks: Vec<u8>,
    said: String,
}

fn run(mut command: Command, job: &[u8]) -> io::Result<Ended> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child: Child = command.spawn()?;
    let mut ended = Ended { signal: None, code: None, ticks: Vec::new(), said: String::new() };
    if let Some(mut stdin) = child.stdin.take() {
        // A child that ended early has said why.
        match stdin.write_all(job) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_end(&mut ended.ticks)?;
    }
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut ended.said)?;
    }
    let status = child.wait()?;
    (ended.signal, ended.code) = (status.signal(), status.code());
    Ok(ended)
}

fn judge(trial: Trial, job: &Job, ended: &Ended) -> Outcome {
    // One for creation and plan, one an input, one for the end of the instance.
    let whole = job.inputs.len() + 2;
    let said = ended.said.trim();
    match (ended.signal, ended.code) {
        (None, Some(0)) if ended.ticks == vec![b'.'; whole] => {
            let inputs = job.inputs.len() as u64;
            Outcome::backed(vec![("inputs", inputs)], inputs, "nothing is recorded to try it with")
        }
        (None, Some(0)) => Outcome::failed("it wrote to the standard output of its host"),
        (None, Some(NOT_CONFINED)) => Outcome::unverified(format!("no child was confined: {said}")),
        (None, Some(THREADS)) if trial == Trial::Threads => {
            Outcome::failed("it starts a thread as its file is mapped")
        }
        (None, Some(THREADS)) => Outcome::unverified("it starts a thread as its file is mapped"),
        (None, Some(NOT_MADE)) => Outcome::failed("no instance can be made"),
        (Some(libc::SIGSYS), _) => Outcome::failed(format!("{}: {}", did(trial), at(job, ended))),
        (Some(libc::SIGSEGV), _) if trial == Trial::Clocks => {
            Outcome::failed(format!("{}: {}", did(trial), at(job, ended)))
        }
        (signal, code) => {
            let how = format!("signal {signal:?}, exit code {code:?}");
            Outcome::failed(format!("the child ended with {how}: {}; {said}", at(job, ended)))
        }
    }
}

const fn did(trial: Trial) -> &'static str {
    match trial {
        Trial::Outside => "it asked the system for something that is not memory",
        Trial::Threads => "it started a thread or a process",
        Trial::Waiting => "it waited",
        Trial::Clocks => "it read a clock",
    }
}

/// What the child was doing.
fn at(job: &Job, ended: &Ended) -> String {
    match ended.ticks.len().checked_sub(1) {
        None => "as it was made or planned".to_owned(),
        Some(done) => match job.inputs.get(done) {
            Some(given) => format!("at input {done}, {}", short(&format!("{given:?}"))),
            None => "as it ended".to_owned(),
        },
    }
}

fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

/// The start of a recording, its connections closed at the end, and a timer.
fn inputs(recording: &Recording) -> Vec<Given> {
    let mut conns = Vec::new();
    let given = |record: &Recorded| {
        let conn = connection(record);
        match &record.what {
            What::Open(url) => Given::Open { conn, url: url.clone() },
            What::Frame(text) => Given::Frame { conn, text: text.clone() },
            What::Reply { url, body } => Given::Reply { url: url.clone(), body: body.clone() },
        }
    };
    let mut all = Vec::new();
    for record in recording.records.iter().take(REACH) {
        if !conns.contains(&connection(record)) {
            conns.push(connection(record));
        }
        all.push(given(record));
    }
    all.push(Given::Timer);
    all.extend(conns.into_iter().map(|conn| Given::Close { conn }));
    all
}
