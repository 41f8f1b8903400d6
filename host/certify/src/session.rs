//! An adapter as a running host would start it, in-process: connections open as it asks, lists of
//! instruments are answered from recordings, everything that it asks for is kept.

use std::collections::BTreeMap;

use patchbay_naive::What;
use patchbay_plugin::abi::{CHANNEL_DEPTH, CHANNEL_QUOTES, CHANNEL_TRADES};
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::Kind;
use patchbay_plugin::{Connect, Http, Wish};
use patchbay_testkit::laws::{Broken, judge};
use patchbay_testkit::{Input, Played, Player};

use crate::corpus::Recording;

/// Symbols that are wished for: more than fit on two connections of the usual size.
pub(crate) const SYMBOLS: usize = 12;

/// Inputs after which an adapter that asks on and on is stopped.
const STEPS_MAX: usize = 10_000;

/// Recorded answers: URL and body.
pub(crate) type Lists<'a> = Vec<(&'a str, &'a str)>;

/// A started adapter.
pub(crate) struct Session<'a> {
    pub(crate) player: Player,
    /// Everything asked for, in order.
    pub(crate) commands: Vec<Command>,
    /// Open connections by number.
    pub(crate) conns: BTreeMap<u32, Connect>,
    /// The first answer that contradicts the ABI.
    pub(crate) broken: Option<Broken>,
    lists: Lists<'a>,
    /// What is wished for.
    symbols: Vec<String>,
    opened: u32,
    steps: usize,
}

/// The recorded lists of instruments.
pub(crate) fn lists(recordings: &[Recording]) -> Lists<'_> {
    let records = recordings.iter().flat_map(|recording| &recording.records);
    let replies = records.filter_map(|record| match &record.what {
        What::Reply { url, body } if !url.is_empty() => Some((url.as_str(), body.as_str())),
        _ => None,
    });
    replies.collect()
}

/// Symbols of one kind that the lists hold, as an adapter that was given them defines them.
pub(crate) fn listed(player: &mut Player, lists: &Lists<'_>) -> Vec<(String, Kind)> {
    player.plan(&[]);
    for (url, body) in lists {
        player.reply(0, url, body.as_bytes());
    }
    let defined = || player.instruments().iter().filter(|about| !about.provisional);
    let Some(kind) = defined().map(|about| about.kind).next() else { return Vec::new() };
    let of_kind = defined().filter(|about| about.kind == kind);
    of_kind.take(SYMBOLS).map(|about| (about.symbol.clone(), kind)).collect()
}

impl<'a> Session<'a> {
    /// Starts an adapter that is to take `symbols`.
    pub(crate) fn start(player: Player, lists: Lists<'a>, symbols: &[(String, Kind)]) -> Self {
        let mut session = Self::new(player, lists);
        session.plan(symbols);
        session
    }

    /// Not started yet.
    pub(crate) const fn new(player: Player, lists: Lists<'a>) -> Self {
        Self {
            player,
            commands: Vec::new(),
            conns: BTreeMap::new(),
            broken: None,
            lists,
            symbols: Vec::new(),
            opened: 0,
            steps: 0,
        }
    }

    pub(crate) fn plan(&mut self, symbols: &[(String, Kind)]) {
        self.symbols = symbols.iter().map(|(symbol, _)| symbol.clone()).collect();
        let channels = CHANNEL_DEPTH | CHANNEL_TRADES | CHANNEL_QUOTES;
        let mut wishes: Vec<Wish<'_>> = Vec::new();
        for (symbol, kind) in symbols {
            wishes.push(Wish { channels, symbol, kind: *kind, depth: 0, interval_ms: 0 });
        }
        self.give(&Input::Plan(&wishes));
    }

    /// One input, and all that follows from it.
    pub(crate) fn give(&mut self, input: &Input<'_>) {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            return;
        }
        let played = self.player.play(input);
        self.follow(&played, input);
    }

    /// Moves the clock, with the timers on the way.
    pub(crate) fn sleep(&mut self, ns: i64) {
        let until = self.player.now() + ns;
        for played in self.player.sleep_until(until) {
            self.follow(&played, &Input::Timer(until));
        }
    }

    fn follow(&mut self, played: &Played, input: &Input<'_>) {
        if let Err(broken) = judge::is_sound(&self.player, played, input) {
            self.broken.get_or_insert(broken);
        }
        for command in &played.commands {
            self.commands.push(command.clone());
            match command {
                Command::Connect(connect) => self.open(connect),
                Command::Http(http) => {
                    if let Some((url, body)) = self.recorded(http) {
                        let (headers, body) = (&[][..], body.as_bytes());
                        self.give(&Input::Reply { id: http.id, status: 200, url, headers, body });
                    }
                }
                Command::Close { conn, .. } => {
                    self.conns.remove(conn);
                    self.give(&Input::Close { conn: *conn, code: 1000, reason: "as asked" });
                }
                _ => {}
            }
        }
    }

    /// Opens a connection as asked; one that replaces another of its tag comes before that closes.
    pub(crate) fn open(&mut self, connect: &Connect) {
        self.opened += 1;
        self.conns.insert(self.opened, connect.clone());
        self.give(&Input::Open { conn: self.opened, tag: connect.tag, url: &connect.url });
    }

    /// The recorded answer to a request: the same path, and of those the one whose query shares most,
    /// and which holds most of what is wished for.
    fn recorded(&self, http: &Http) -> Option<(&'a str, &'a str)> {
        let (path, query) = http.path.split_once('?').unwrap_or((&http.path, ""));
        let shared = |url: &str| {
            let theirs = url.split_once('?').map_or("", |(_, query)| query);
            query.split('&').filter(|pair| theirs.split('&').any(|own| own == *pair)).count()
        };
        let same = |url: &str| url.split('?').next().is_some_and(|url| url.ends_with(path));
        let fitting = self.lists.iter().filter(|(url, _)| same(url));
        let held = |body: &str| self.symbols.iter().filter(|symbol| body.contains(*symbol)).count();
        fitting.max_by_key(|(url, body)| (shared(url), held(body))).copied()
    }
}
