//! The `patchbay` command.

mod args;
mod certify;
mod check;
mod console;
mod demo;
mod instruments;
mod live;
mod load;
mod monitor;
mod notify;
mod plugin;
mod production;
mod record;
mod replay;
mod sessions;
mod signal;
mod venue;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let Args { command, plugins } = Args::parse();
    let result = match command {
        Command::Replay(args) => replay::run(&args, plugins.as_deref()),
        Command::Run(args) => live::run(&args, plugins.as_deref()),
        Command::Record(args) => record::run(&args, plugins.as_deref()),
        Command::Demo(args) => demo::run(&args, plugins.as_deref()),
        Command::Top(args) => live::top(&args),
        Command::Venue(args) => venue::run(&args),
        Command::Instruments(args) => instruments::run(&args, plugins.as_deref()),
        Command::Monitor { command } => monitor::run(&command),
        Command::Plugin { command } => plugin::run(&command, plugins.as_deref()),
        Command::Certify(args) => certify::run(&args, plugins.as_deref()),
        Command::Check(args) => check::run(&args, plugins.as_deref()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console::error(&failure.text);
            ExitCode::from(failure.code)
        }
    }
}

/// Why the command ends, and with which exit code.
struct Failure {
    text: String,
    code: u8,
}

/// Exit code of an ordinary failure.
const FAILED: u8 = 1;
/// Exit code of a host that broke (`EX_SOFTWARE`, sysexits.h).
const BROKEN: u8 = 70;
/// Exit code of a configuration that cannot work (`EX_CONFIG`, sysexits.h).
const BAD_CONFIG: u8 = 78;

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let inner_text = inner.to_string();
            if !text.contains(&inner_text) {
                text = format!("{text}: {inner_text}");
            }
            cause = inner.source();
        }
        Self { text, code: FAILED }
    }
}
