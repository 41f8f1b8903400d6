//! One instance of an adapter, driven by hand.

use std::collections::BTreeSet;

use patchbay_plugin::abi::{OPCODE_BINARY, OPCODE_TEXT, REPLY_NOT_SENT, REPLY_OK};
use patchbay_plugin::bind::{AdapterInstance, Answer, BindError, Call, Command, Plugin};
use patchbay_plugin::model::{Instrument, Nanos};
use patchbay_plugin::{Adapter, FrameBuf, Open, Scope, Value, Wish};

use crate::settings::Settings;
use crate::{Input, Played, log, show};

/// Why there is no player.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlayerError {
    /// Not TOML.
    #[error("the {what}: {error}")]
    Toml {
        /// Defaults, schema or changes.
        what: &'static str,
        /// What the parser says.
        error: String,
    },
    /// A change of a setting that there is not.
    #[error("setting `{key}` stands neither in the adapter's defaults nor in its schema")]
    UnknownKey {
        /// Dotted key.
        key: String,
    },
    /// A value that no plugin can be given.
    #[error("setting `{key}` holds a {found}, which no setting can be")]
    Value {
        /// Dotted key.
        key: String,
        /// What stands there.
        found: &'static str,
    },
    /// The adapter could not be made.
    #[error("{error}\n{log}")]
    Bind {
        /// Why.
        error: BindError,
        /// What it logged.
        log: String,
    },
}

/// What the adapter has told its host so far.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Definitions by the adapter's index, the newest of each. Indices count up from 0 without
    /// holes: a definition beyond the next one is left out.
    pub instruments: Vec<Instrument>,
    /// Connections that are open.
    pub open: BTreeSet<u32>,
    /// Rate limits declared.
    pub buckets: BTreeSet<u32>,
    /// When the timer is due, if it was asked for.
    pub wake: Option<Nanos>,
}

/// One instance of an adapter behind its real trampolines, with a clock that stands until it is
/// moved. Every input answers what came out, [`Played`].
#[derive(Debug)]
pub struct Player {
    plugin: Plugin,
    adapter: AdapterInstance,
    buf: FrameBuf,
    now: Nanos,
    known: Known,
}

/// Timers that may come due in one [`Player::sleep_until`]; more are a loop.
const TIMERS_MAX: usize = 1_000_000;

impl Player {
    /// Where the clock stands at first: 2023-11-14T22:13:20Z.
    pub const START: Nanos = 1_700_000_000_000_000_000;

    /// Of an adapter of this program, with its own defaults.
    ///
    /// # Panics
    ///
    /// As [`Self::with`].
    pub fn of<A: Adapter>() -> Self {
        Self::with::<A>("")
    }

    /// The same, with `changes` laid over the defaults: TOML, as a venue's file is.
    ///
    /// # Panics
    ///
    /// If the adapter cannot be made so, with what [`Self::new`] answers.
    pub fn with<A: Adapter>(changes: &str) -> Self {
        Self::new(Plugin::linked_adapter::<A>(), changes).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Of any plugin, with `changes` laid over its defaults.
    ///
    /// # Errors
    ///
    /// If defaults or changes are not TOML, a change names no setting, the plugin is no adapter, or
    /// it refuses its settings.
    pub fn new(plugin: Plugin, changes: &str) -> Result<Self, PlayerError> {
        let settings = Settings::new(&plugin, changes)?;
        let flat = settings.flat()?;
        let entries: Vec<(&str, Value<'_>)> =
            flat.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let (made, log) = log::during(|| plugin.adapter(&entries, 1, 0, &log::write));
        let adapter = made.map_err(|error| PlayerError::Bind { error, log })?;
        Ok(Self {
            plugin,
            adapter,
            buf: FrameBuf::default(),
            now: Self::START,
            known: Known::default(),
        })
    }

    /// The plugin that it plays.
    pub const fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    /// The time that the next input is given.
    pub const fn now(&self) -> Nanos {
        self.now
    }

    /// Moves the clock.
    ///
    /// # Panics
    ///
    /// If it would go back: host time never does.
    pub fn at(&mut self, now: Nanos) -> &mut Self {
        assert!(now >= self.now, "host time never steps back: {now} after {}", self.now);
        self.now = now;
        self
    }

    /// Tells the adapter from now on how far the venue's clock is ahead, ns.
    pub fn wall_offset(&mut self, offset: Nanos) {
        self.adapter.set_wall_offset(offset);
    }

    /// What the adapter has told so far.
    pub const fn known(&self) -> &Known {
        &self.known
    }

    /// Definitions by the adapter's index.
    pub fn instruments(&self) -> &[Instrument] {
        &self.known.instruments
    }

    /// The records of `played` as text, a line each, levels on lines of their own: for messages and
    /// for expectations.
    pub fn show(&self, played: &Played) -> String {
        show::text(played, &self.known.instruments)
    }

    /// Any input.
    ///
    /// # Panics
    ///
    /// If it is a timer of the past.
    pub fn play(&mut self, input: &Input<'_>) -> Played {
        match *input {
            Input::Plan(wishes) => self.plan(wishes),
            Input::Open { conn, tag, url } => self.open(conn, tag, url),
            Input::Frame { conn, opcode, bytes } => self.give(conn, opcode, bytes),
            Input::Close { conn, code, reason } => self.close(conn, code, reason),
            Input::Reply { id, status, url, headers, body } => {
                self.answer(id, status, url, headers, body)
            }
            Input::Timer(at) => self.at(at).timer(),
            Input::Resync(scope) => self.resync(scope),
            Input::Audit(scope) => self.audit(scope),
        }
    }

    /// The streams now wanted, all of them.
    pub fn plan(&mut self, wishes: &[Wish<'_>]) -> Played {
        self.call(|adapter, _, now| adapter.plan(now, wishes))
    }

    /// A connection opened.
    pub fn open(&mut self, conn: u32, tag: u32, url: &str) -> Played {
        self.known.open.insert(conn);
        self.call(|adapter, _, now| adapter.open(now, Open { conn, tag, url }))
    }

    /// A frame of text.
    pub fn frame(&mut self, conn: u32, text: &[u8]) -> Played {
        self.give(conn, OPCODE_TEXT, text)
    }

    /// A frame of bytes.
    pub fn binary(&mut self, conn: u32, bytes: &[u8]) -> Played {
        self.give(conn, OPCODE_BINARY, bytes)
    }

    fn give(&mut self, conn: u32, opcode: u32, bytes: &[u8]) -> Played {
        self.buf.fill(bytes);
        self.call(|adapter, buf, now| adapter.frame(now, conn, opcode, buf))
    }

    /// A connection is gone.
    pub fn close(&mut self, conn: u32, code: u32, reason: &str) -> Played {
        self.known.open.remove(&conn);
        self.call(|adapter, _, now| adapter.close(now, conn, code, reason))
    }

    /// An answer with status 200; `id` is the request's, 0 if nobody asked.
    pub fn reply(&mut self, id: u64, url: &str, body: &[u8]) -> Played {
        self.answer(id, 200, url, &[], body)
    }

    /// Any answer; status 0 for none. `headers` are names in lower case and values.
    pub fn answer(
        &mut self,
        id: u64,
        status: u32,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Played {
        self.buf.fill(body);
        let error = if status == 0 { REPLY_NOT_SENT } else { REPLY_OK };
        self.call(|adapter, body, now| {
            adapter.reply(now, Answer { id, status, error, url, headers, body })
        })
    }

    /// The timer, whether it was asked for or not.
    pub fn timer(&mut self) -> Played {
        self.known.wake = None;
        self.call(|adapter, _, now| adapter.timer(now))
    }

    /// Moves the clock to `until`, with every timer that comes due on the way at its own time.
    ///
    /// # Panics
    ///
    /// If the clock would go back, or a timer asks for itself again and again.
    pub fn sleep_until(&mut self, until: Nanos) -> Vec<Played> {
        let mut all = Vec::new();
        while let Some(wake) = self.known.wake.filter(|&wake| wake <= until) {
            assert!(all.len() < TIMERS_MAX, "the timer asks for itself again at {}", self.now);
            // A wish for the past is due now.
            all.push(self.at(wake.max(self.now)).timer());
        }
        self.at(until);
        all
    }

    /// The books of `scope` need a snapshot.
    pub fn resync(&mut self, scope: Scope) -> Played {
        self.call(|adapter, _, now| adapter.resync(now, scope))
    }

    /// The books of `scope` are to be compared with the venue's.
    pub fn audit(&mut self, scope: Scope) -> Played {
        self.call(|adapter, _, now| adapter.audit(now, scope))
    }

    fn call(
        &mut self,
        run: impl for<'a> FnOnce(&'a mut AdapterInstance, &mut FrameBuf, Nanos) -> Call<'a>,
    ) -> Played {
        let Self { adapter, buf, now, known, .. } = self;
        let (mut played, log) = log::during(|| Played::from(run(adapter, buf, *now)));
        played.log = log;
        known.learn(&played.commands);
        played
    }
}

impl Known {
    fn learn(&mut self, commands: &[Command]) {
        for command in commands {
            match command {
                Command::Define { index, instrument } => {
                    // A number beyond the next is no definition: `sound` says so.
                    let at = *index as usize;
                    if at == self.instruments.len() {
                        self.instruments.push((**instrument).clone());
                    } else if let Some(known) = self.instruments.get_mut(at) {
                        known.clone_from(instrument);
                    }
                }
                Command::Bucket(bucket) => drop(self.buckets.insert(bucket.id)),
                Command::Wake(at) => self.wake = (*at != 0).then_some(*at),
                _ => {}
            }
        }
    }
}
