//! `patchbay run --production`: the host as a service.

use std::panic;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use patchbay_control::{LogLevel, Status};
use patchbay_model::Nanos;
use patchbay_runtime::live::LiveHost;
use patchbay_runtime::{HostClock, LogThread, LogWriter, linker_variables};

use crate::live::{died, line};
use crate::notify::Notifier;
use crate::signal::{Hangup, Stop};
use crate::{BAD_CONFIG, FAILED, Failure};

/// How often signals and the host are looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How often systemd is told how it goes.
const STATUS: Duration = Duration::from_secs(1);
/// How often the same is logged.
const SUMMARY: Duration = Duration::from_secs(60);

/// A service that is about to run: its log is open.
pub(crate) struct Service {
    notifier: Notifier,
    log: LogThread,
    clock: HostClock,
    stop: Stop,
    hangup: Hangup,
}

/// Refuses an environment by which the dynamic linker takes in code that nobody checked.
pub(crate) fn refuse_linker_variables() -> Result<(), Failure> {
    match linker_warning() {
        None => Ok(()),
        Some(text) => {
            let text = format!("{text}; unset it, or start without --production");
            Err(Failure { text, code: BAD_CONFIG })
        }
    }
}

/// What to say of such an environment, if it is one.
pub(crate) fn linker_warning() -> Option<String> {
    let names: Vec<_> = linker_variables(std::env::var_os).collect();
    let what = "by which other code than the program's own is loaded into it";
    (!names.is_empty()).then(|| format!("environment: {} is set, {what}", names.join(", ")))
}

impl Service {
    pub(crate) fn new(log: LogThread, (stop, hangup): (Stop, Hangup)) -> Result<Self, Failure> {
        let notifier = Notifier::new(|name| std::env::var_os(name)).map_err(|error| Failure {
            text: format!("environment: `NOTIFY_SOCKET` cannot be used: {error}"),
            code: FAILED,
        })?;
        let clock = HostClock::start();
        let (writer, times) = (log.writer(), clock.clone());
        // The default one writes to the terminal.
        panic::set_hook(Box::new(move |info| {
            writer.write(times.now(), LogLevel::Error, "host", &format!("{info}"));
        }));
        Ok(Self { notifier, log, clock, stop, hangup })
    }

    pub(crate) fn writer(&self) -> LogWriter {
        self.log.writer()
    }

    pub(crate) fn say(&self, level: LogLevel, text: &str) {
        self.log.writer().write(self.clock.now(), level, "host", text);
    }

    /// Watches over the host until it is told to stop, or until `limit` is over.
    pub(crate) fn watch(&self, host: LiveHost, limit: Option<Duration>) -> Result<(), Failure> {
        self.notifier.send("READY=1");
        let (mut waited, mut said, mut logged) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let mut pulse = Pulse::new(self.notifier.watchdog());
        let started = self.clock.now();
        while !host.is_stopping()
            && !self.stop.is_asked()
            && limit.is_none_or(|limit| waited < limit)
        {
            if host.has_failed() {
                return self.end(host, true);
            }
            thread::sleep(LOOK);
            waited = Duration::from_nanos((self.clock.now() - started).unsigned_abs());
            if self.hangup.take() {
                self.log.writer().reopen();
                self.say(LogLevel::Info, "SIGHUP: log files opened again");
            }
            let status = host.status();
            if pulse.beats(self.clock.now(), &status) {
                self.notifier.send("WATCHDOG=1");
            }
            if waited >= said + STATUS {
                said = waited;
                self.notifier.send(&format!("STATUS={}", line(&status)));
            }
            if waited >= logged + SUMMARY {
                logged = waited;
                self.say(LogLevel::Info, &line(&status));
            }
        }
        let why = match (self.stop.is_asked(), host.is_stopping()) {
            (true, _) => "a signal",
            (_, true) => "an operator",
            _ => "the end of its time",
        };
        self.say(LogLevel::Info, &format!("stopping, by {why}"));
        self.end(host, false)
    }

    fn end(&self, host: LiveHost, failed: bool) -> Result<(), Failure> {
        self.notifier.send("STOPPING=1\nSTATUS=stopping");
        let last: Arc<Status> = host.stop();
        self.say(LogLevel::Info, &format!("stopped: {}", line(&last)));
        match failed {
            false => Ok(()),
            true => Err(died()),
        }
    }
}

/// When the watchdog is to be told that the host lives: at most four times in its interval, and only
/// if the engine has come round since, which it does five times a second.
struct Pulse {
    interval: Option<Nanos>,
    due: Nanos,
    seen: Nanos,
}

impl Pulse {
    fn new(watchdog: Option<Duration>) -> Self {
        let interval = watchdog.map(|watchdog| (watchdog / 4).as_nanos() as Nanos);
        Self { interval, due: 0, seen: 0 }
    }

    fn beats(&mut self, now: Nanos, status: &Status) -> bool {
        let Some(interval) = self.interval else { return false };
        let beats = now >= self.due && status.host.engine_ns > self.seen;
        if beats {
            (self.due, self.seen) = (now + interval, status.host.engine_ns);
        }
        beats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_stands_still_has_no_pulse() {
        // The status thread goes on.
        let at = |engine_ns| {
            let mut status = Status::default();
            (status.host.engine_ns, status.host.now_ns) = (engine_ns, 10_000);
            status
        };
        let mut pulse = Pulse::new(Some(Duration::from_nanos(400)));
        assert!(pulse.beats(1000, &at(990)));
        assert!(!pulse.beats(1050, &at(1040)), "a quarter of the interval has not passed");
        assert!(pulse.beats(1100, &at(1040)));
        assert!(!pulse.beats(9000, &at(1040)), "nothing new of the engine");
        assert!(pulse.beats(9001, &at(9000)));
        assert!(!Pulse::new(None).beats(9, &at(8)), "nobody watches");
    }
}
