//! `cargo patchbay ARGS`: builds host and plugins in release, puts the plugins where the host looks
//! for them, and becomes `patchbay ARGS`. `cargo patchbay new adapter NAME` makes an adapter's crate
//! and builds nothing.
#![allow(clippy::print_stderr)]

mod build;
mod create;

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    if args.first().is_some_and(|first| first == "new") {
        let words: Vec<_> = args[1..].iter().map(|word| word.to_string_lossy()).collect();
        return match create::new(&words) {
            Ok(folder) => {
                eprintln!("made {}; docs/adapters.md says what comes next", folder.display());
                ExitCode::SUCCESS
            }
            Err(message) => {
                eprintln!("cargo patchbay: {message}");
                ExitCode::FAILURE
            }
        };
    }
    let host = match build::host_and_plugins() {
        Ok(host) => host,
        Err(message) => {
            eprintln!("cargo patchbay: {message}");
            return ExitCode::FAILURE;
        }
    };
    let mut command = Command::new(&host);
    command.args(args);
    build::without_cargo(&mut command);
    // Returns only if it fails: one process, so that Ctrl-C and exit codes are the host's.
    let error = command.exec();
    eprintln!("cargo patchbay: cannot run {}: {error}", host.display());
    ExitCode::FAILURE
}
