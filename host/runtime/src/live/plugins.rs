//! The plugin thread: adapters come, take each other's place and go while the host runs.
//!
//! What the folder holds is what is to run. A new file of a plugin gets instances of its own beside
//! those that run; when they have every book, the old ones are told to go. A file that was taken
//! away takes its instances with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{LogLevel, PluginState};
use patchbay_loader::{Kind, Loaded};
use patchbay_model::Nanos;

use super::config::{DropIn, LiveAdapter};
use super::crew::{Crew, Generation, Member};
use super::intake::{Board, Change};
use super::maker::{Made, Maker};
use super::signal::Retirement;
use super::watch::{Stamp, Wanted, Watch};
use crate::RuntimeError;

/// How often instances are looked at.
const NAP: Duration = Duration::from_millis(25);
/// A generation that has not come up after so long is given up, ns.
const LONGEST: Nanos = 60_000_000_000;
/// Who says what is logged here.
const SOURCE: &str = "plugins";

/// Everything of one plugin's name.
#[derive(Default)]
struct Plugin {
    /// Generations so far.
    count: u32,
    running: Option<Generation>,
    /// To take the place of the running one.
    rising: Option<Generation>,
    /// Instances that were told to go.
    retiring: Crew,
    /// A file of it was seen in the folder.
    seen: bool,
    /// The file that came to nothing last.
    refused: Option<Stamp>,
}

/// Everything that the plugin thread owns.
pub(crate) struct PluginThread {
    maker: Maker,
    board: Board,
    drop_in: Option<DropIn>,
    watch: Watch,
    plugins: BTreeMap<String, Plugin>,
    /// Numbers of instances in use.
    numbers: BTreeSet<u32>,
    /// Libraries that are mapped, by the SHA-256 of their files: they stay, and serve again.
    mapped: BTreeMap<[u8; 32], Loaded>,
}

impl PluginThread {
    /// With the instances that the host starts with, each with its plugin.
    pub(crate) fn new(
        maker: Maker,
        board: Board,
        drop_in: Option<DropIn>,
        first: Vec<(Loaded, Member)>,
    ) -> Self {
        let mut this = Self {
            maker,
            board,
            drop_in,
            watch: Watch::default(),
            plugins: BTreeMap::new(),
            numbers: BTreeSet::new(),
            mapped: BTreeMap::new(),
        };
        for (loaded, member) in first {
            this.numbers.insert(member.number);
            let plugin = this.plugins.entry(loaded.manifest.name.clone()).or_default();
            let sha256 = loaded.manifest.sha256;
            let crew = Crew::default();
            let first = || Generation { count: 1, sha256, stamp: None, crew, since: 0 };
            plugin.count = 1;
            plugin.running.get_or_insert_with(first).crew.0.push(member);
            this.keep(&loaded);
        }
        if let Some(drop_in) = &this.drop_in {
            this.watch.settle(&drop_in.folder);
            this.pass_over();
        }
        this
    }

    /// What lies in the folder at the start and is not configured is not run.
    fn pass_over(&mut self) {
        for (name, wanted) in self.watch.wanted() {
            let plugin = self.plugins.entry(name.clone()).or_default();
            plugin.seen = true;
            if plugin.running.is_none() {
                plugin.refused = Some(wanted.stamp);
                let text = format!(
                    "{} is not run: no [adapters] table names {name}; name it there, or copy the \
                     file in again",
                    shown(&wanted.path),
                );
                self.say(LogLevel::Info, &text);
            }
        }
    }

    /// Runs until the host stops, and then as long as an instance does.
    pub(crate) fn run(mut self) {
        let mut due = self.now();
        while !self.maker.shared.stopping() {
            self.free();
            self.advance();
            if self.drop_in.is_some() && due <= self.now() {
                self.look();
                let every = self.drop_in.as_ref().map_or(NAP, |drop_in| drop_in.every);
                due = self.now() + every.as_nanos() as Nanos;
            }
            thread::sleep(NAP);
        }
        for plugin in self.plugins.into_values() {
            let generations = plugin.running.into_iter().chain(plugin.rising);
            let members = generations.flat_map(|generation| generation.crew.0);
            members.chain(plugin.retiring.0).for_each(Member::join);
        }
    }

    /// Frees what is left of instances that are gone, and looks whether one went by itself.
    fn free(&mut self) {
        while let Some(intake) = self.board.gone() {
            let all = self.plugins.values_mut().flat_map(|plugin| &mut plugin.retiring.0);
            all.filter(|member| member.number == intake.number).for_each(|member| {
                member.gone = true;
            });
        }
        for plugin in self.plugins.values_mut() {
            for member in plugin.retiring.take_gone() {
                self.maker.shared.roster().leave(member.number);
                self.numbers.remove(&member.number);
                member.join();
            }
            let standing = plugin.running.iter().chain(&plugin.rising);
            if standing.flat_map(|generation| &generation.crew.0).any(Member::has_ended) {
                self.maker.shared.fail();
            }
        }
    }

    /// Lets generations that are ready take the place of those before, and gives up those that will
    /// not be.
    fn advance(&mut self) {
        let now = self.now();
        let names: Vec<String> = self.plugins.keys().cloned().collect();
        for name in names {
            let Some(plugin) = self.plugins.get_mut(&name) else { continue };
            let Some(rising) = plugin.rising.take() else { continue };
            let (count, since) = (rising.count, rising.since);
            if rising.crew.has_fault() {
                self.give_up(&name, rising, "it panicked");
            } else if let Some(after) = rising.crew.ready() {
                rising.crew.0.iter().for_each(|member| {
                    self.maker.shared.roster().set_state(member.number, PluginState::Running);
                });
                let before = plugin.running.replace(rising);
                let text = format!("generation {count} of {name} has taken over");
                self.say(LogLevel::Info, &text);
                if let Some(before) = before {
                    self.dismiss(&name, before.crew, &after, Retirement::Succeeded);
                }
            } else if now - since > LONGEST {
                let why = format!("after {} s it has not come up", LONGEST / 1_000_000_000);
                self.give_up(&name, rising, &why);
            } else {
                plugin.rising = Some(rising);
            }
        }
    }

    fn give_up(&mut self, name: &str, rising: Generation, why: &str) {
        self.dismiss(name, rising.crew, &[], Retirement::Succeeded);
        if let Some(plugin) = self.plugins.get_mut(name) {
            plugin.refused = rising.stamp;
        }
        let text = format!("generation {} of {name} is given up: {why}", rising.count);
        self.incident(name, &text);
    }

    /// Makes what runs what the folder holds.
    fn look(&mut self) {
        let Some(mut drop_in) = self.drop_in.take() else { return };
        let mut refused = Vec::new();
        self.watch.look(&drop_in.folder, |path, why| refused.push((shown(path), why)));
        for (file, why) in refused {
            self.say(LogLevel::Error, &format!("{file}: {why}"));
        }
        let wanted = self.watch.wanted();
        for (name, wanted) in &wanted {
            self.want(&mut drop_in, name, wanted);
        }
        let names: Vec<String> = self.plugins.keys().cloned().collect();
        for name in names.iter().filter(|name| !wanted.contains_key(*name)) {
            self.end(name);
        }
        self.drop_in = Some(drop_in);
    }

    fn want(&mut self, drop_in: &mut DropIn, name: &str, wanted: &Wanted) {
        let plugin = self.plugins.entry(name.to_owned()).or_default();
        plugin.seen = true;
        let runs = plugin.running.as_ref().is_some_and(|it| it.sha256 == wanted.sha256);
        if runs || plugin.rising.is_some() || plugin.refused == Some(wanted.stamp) {
            return;
        }
        let (count, replaces) = (plugin.count + 1, plugin.running.is_some());
        let settle = replaces.then_some(drop_in.settle.as_nanos() as Nanos);
        let raised = self.raise(drop_in, count, settle, wanted);
        let file = shown(&wanted.path);
        let Some(plugin) = self.plugins.get_mut(name) else { return };
        match raised {
            Ok(raised) => {
                plugin.count = count;
                plugin.refused = None;
                let place = if replaces { &mut plugin.rising } else { &mut plugin.running };
                *place = Some(raised);
                let what = if replaces { "comes up beside the one before" } else { "runs" };
                self.say(LogLevel::Info, &format!("{file}: generation {count} of {name} {what}"));
            }
            Err(why) => {
                plugin.refused = Some(wanted.stamp);
                let rest = if replaces { "the generation before stays" } else { "it is not run" };
                self.incident(name, &format!("{file}: {why}; {rest}"));
            }
        }
    }

    /// Makes and starts the instances of a file; none of them if one cannot be made.
    fn raise(
        &mut self,
        drop_in: &mut DropIn,
        count: u32,
        settle: Option<Nanos>,
        wanted: &Wanted,
    ) -> Result<Generation, RuntimeError> {
        let loaded = self.load(drop_in, wanted)?;
        let adapters = (drop_in.cast)(&loaded).map_err(|why| RuntimeError::Cast { why })?;
        if let Some(copies) = &drop_in.copies {
            drop_in.folder.keep_copy(&wanted.path.to_string_lossy(), &loaded, copies)?;
        }
        let mut all = Vec::new();
        for adapter in adapters {
            match self.make(count, adapter, settle) {
                Ok(made) => all.push(made),
                Err(error) => {
                    all.iter().for_each(|made| self.unmake(made.intake.number));
                    return Err(error);
                }
            }
        }
        let mut crew = Crew::default();
        for Made { intake, outfit } in all {
            let (number, counts) = (intake.number, intake.counts.clone());
            let signal = intake.signal.clone();
            // What it says before the engine knows it waits in its ring.
            self.board.ask(Change::Attach(Box::new(intake)));
            let thread = self.maker.start(outfit)?;
            crew.0.push(Member { number, signal, counts, thread, gone: false });
        }
        let (sha256, stamp) = (loaded.manifest.sha256, Some(wanted.stamp));
        Ok(Generation { count, sha256, stamp, crew, since: self.now() })
    }

    fn make(
        &mut self,
        count: u32,
        adapter: LiveAdapter,
        settle: Option<Nanos>,
    ) -> Result<Made, RuntimeError> {
        let free = (0..).find(|number| !self.numbers.contains(number));
        let number = free.expect("there are more numbers than instances");
        let made = self.maker.make(number, count, adapter, settle)?;
        self.numbers.insert(number);
        if settle.is_some() {
            self.maker.shared.roster().set_state(number, PluginState::Loaded);
        }
        Ok(made)
    }

    fn unmake(&mut self, number: u32) {
        self.numbers.remove(&number);
        self.maker.shared.roster().leave(number);
    }

    /// A library that is mapped serves again where its plugin allows more than one instance.
    fn load(&mut self, drop_in: &DropIn, wanted: &Wanted) -> Result<Loaded, RuntimeError> {
        if let Some(loaded) = self.mapped.get(&wanted.sha256) {
            return Ok(loaded.clone());
        }
        let path = wanted.path.to_string_lossy();
        let loaded = drop_in.folder.load(&path, Kind::Adapter)?;
        self.keep(&loaded);
        Ok(loaded)
    }

    fn keep(&mut self, loaded: &Loaded) {
        if loaded.manifest.flags & abi::FLAG_MULTI_INSTANCE != 0 {
            self.mapped.insert(loaded.manifest.sha256, loaded.clone());
        }
    }

    /// The file of a plugin was taken away.
    fn end(&mut self, name: &str) {
        let Some(plugin) = self.plugins.get_mut(name) else { return };
        plugin.refused = None;
        if !std::mem::take(&mut plugin.seen) {
            return;
        }
        let generations = [plugin.running.take(), plugin.rising.take()];
        for generation in generations.into_iter().flatten() {
            let count = generation.count;
            let text = format!("the file of {name} was taken away: generation {count} ends");
            self.say(LogLevel::Warn, &text);
            self.dismiss(name, generation.crew, &[], Retirement::Ended);
        }
    }

    /// Tells instances to go once the engine has come to the inputs `after` of others.
    fn dismiss(&mut self, name: &str, crew: Crew, after: &[(u32, u64)], how: Retirement) {
        for member in &crew.0 {
            let (number, after) = (member.number, after.to_vec());
            self.maker.shared.roster().set_state(number, PluginState::Retiring);
            self.board.ask(Change::Retire { number, after, how });
        }
        if let Some(plugin) = self.plugins.get_mut(name) {
            plugin.retiring.0.extend(crew.0);
        }
    }

    fn incident(&self, name: &str, text: &str) {
        self.say(LogLevel::Error, text);
        self.maker.shared.roster().note(name, text);
    }

    fn say(&self, level: LogLevel, text: &str) {
        self.maker.shared.log(level, SOURCE, text);
    }

    fn now(&self) -> Nanos {
        self.maker.shared.clock.now()
    }
}

/// A file's name.
fn shown(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
