//! A screen on a terminal.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel,
};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use patchbay_control::Detail;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{self, Event};
use ratatui::layout::Rect;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use crate::keys::{Action, apply, list_of};
use crate::screen::Show;
use crate::source::{Gone, Source};
use crate::table::put;
use crate::theme::Theme;
use crate::view::{Pane, View};

/// How long a key or a signal may wait at most.
const TICK: Duration = Duration::from_millis(50);

/// Keys that may wait.
const KEYS: usize = 64;

/// How a screen is shown.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Colours.
    pub theme: Theme,
    /// Between two questions to the source.
    pub every: Duration,
    /// First pane.
    pub pane: Pane,
}

impl Default for Options {
    /// Four times a second, colours unless `NO_COLOR` is set.
    fn default() -> Self {
        Self { theme: Theme::from_env(), every: Duration::from_millis(250), pane: Pane::Overview }
    }
}

/// Why a screen was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By a key.
    Left,
    /// By SIGTERM, SIGINT, SIGQUIT or SIGHUP.
    Signal,
}

/// Why a screen cannot be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScreenError {
    /// Standard output goes elsewhere.
    #[error("standard output is not a terminal; use --json")]
    NoTerminal,
    /// Its thread panicked.
    #[error("what the screen shows comes from a thread that failed; its message stands above")]
    Source,
    /// The terminal fails.
    #[error("terminal: {0}")]
    Terminal(#[from] io::Error),
}

/// Shows `source` on the terminal until somebody leaves. The terminal is given back as it was,
/// also after a panic or a signal; `source` is dropped, and nothing else happens to its host.
///
/// # Errors
///
/// [`ScreenError`].
pub fn run<S: Source>(source: S, options: Options) -> Result<Exit, ScreenError> {
    if !io::stdout().is_terminal() {
        return Err(ScreenError::NoTerminal);
    }
    let killed = Arc::new(AtomicBool::new(false));
    let mut hooks = Vec::new();
    for signal in [SIGTERM, SIGINT, SIGQUIT, SIGHUP] {
        hooks.push(signal_hook::flag::register(signal, Arc::clone(&killed))?);
    }
    let (feed, asker) = Feed::start(source, options.every)?;
    let mut terminal = ratatui::try_init()?;
    let exit = Keys::start()
        .map_err(ScreenError::from)
        .and_then(|keys| show(&mut terminal, App::new(options), &feed, &asker, &keys, &killed));
    // First of all the terminal; what went wrong is said afterwards.
    let restored = ratatui::try_restore();
    for hook in hooks {
        signal_hook::low_level::unregister(hook);
    }
    let exit = exit?;
    restored?;
    Ok(exit)
}

fn show<T: Show>(
    terminal: &mut ratatui::DefaultTerminal,
    mut app: App<T>,
    feed: &Feed<T>,
    asker: &Asker,
    keys: &Keys,
    killed: &AtomicBool,
) -> Result<Exit, ScreenError> {
    // Drawn when something is new, not every tick: ordering thousands of books has a price.
    let mut new = true;
    loop {
        match feed.items.try_recv() {
            Ok(newest) => {
                app.take(newest);
                new = true;
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return Err(ScreenError::Source),
        }
        if new {
            terminal.draw(|frame| app.draw(frame.area(), frame.buffer_mut()))?;
            asker.want(app.wants());
        }
        let event = keys.next()?;
        new = event.is_some();
        if event.is_some_and(|event| app.event(&event) == Action::Leave) {
            return Ok(Exit::Left);
        }
        // A terminal that is gone is none any more, whether or not a signal said so.
        if killed.load(Ordering::Relaxed) || !io::stdout().is_terminal() {
            return Ok(Exit::Signal);
        }
    }
}

/// What is shown and how; knows no terminal.
#[derive(Debug)]
pub struct App<T> {
    view: View,
    theme: Theme,
    shown: Option<T>,
}

impl<T: Show> App<T> {
    /// With nothing to show yet.
    pub fn new(options: Options) -> Self {
        let view = View { pane: options.pane, ..View::default() };
        Self { view, theme: options.theme, shown: None }
    }

    /// Takes what the source gave. What was shown before stays when there is nothing new.
    pub fn take(&mut self, newest: Result<T, Gone>) {
        match newest {
            Ok(item) if !self.view.paused => {
                self.shown = Some(item);
                self.view.note.clear();
            }
            Ok(_) => self.view.note.clear(),
            Err(Gone(why)) => self.view.note = format!("host gone, retrying: {why}"),
        }
    }

    /// A key, or a new size, which the next drawing sees.
    pub fn event(&mut self, event: &Event) -> Action {
        let Event::Key(key) = event else { return Action::Stay };
        let view = View { pane: list_of(self.view.pane, key.code), ..self.view.clone() };
        let ids = self.shown.as_ref().map(|shown| shown.ids(&view)).unwrap_or_default();
        apply(&mut self.view, *key, &ids)
    }

    /// What to ask the source for.
    pub fn wants(&self) -> Detail {
        self.shown.as_ref().map(|shown| shown.wants(&self.view)).unwrap_or_default()
    }

    /// Draws all of `area`.
    pub fn draw(&self, area: Rect, buf: &mut Buffer) {
        match &self.shown {
            Some(shown) => shown.draw(&self.view, self.theme, area, buf),
            None => {
                let text =
                    if self.view.note.is_empty() { "asking the host" } else { &self.view.note };
                put(buf, area, 1, 0, text, self.theme.label());
            }
        }
    }
}

/// Keys and new sizes, read by a thread of their own: the reader never comes back from a terminal
/// that is gone, and nobody is to wait for it then.
struct Keys(Receiver<io::Result<Event>>);

impl Keys {
    fn start() -> io::Result<Self> {
        let (give, events) = sync_channel(KEYS);
        thread::Builder::new().name("screen-keys".to_owned()).spawn(move || read_keys(&give))?;
        Ok(Self(events))
    }

    /// The next one, if it comes soon.
    fn next(&self) -> Result<Option<Event>, ScreenError> {
        match self.0.recv_timeout(TICK) {
            Ok(event) => Ok(Some(event?)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(ScreenError::Source),
        }
    }
}

/// Until nobody takes them, which it sees at the next key or tick.
fn read_keys(give: &SyncSender<io::Result<Event>>) {
    loop {
        let event = match event::poll(TICK) {
            Ok(false) => continue,
            Ok(true) => event::read(),
            Err(error) => Err(error),
        };
        let failed = event.is_err();
        if give.send(event).is_err() || failed {
            return;
        }
    }
}

/// What the source's thread sends.
struct Feed<T> {
    items: Receiver<Result<T, Gone>>,
}

/// Tells the source's thread what is wanted. Dropped, it ends the thread: at its next question, if
/// the source just then waits for a host that hangs; nobody waits for that.
struct Asker {
    wanted: Arc<Mutex<Detail>>,
    wake: Sender<()>,
}

impl<T: Show + Send + 'static> Feed<T> {
    fn start<S: Source<Item = T>>(source: S, every: Duration) -> io::Result<(Self, Asker)> {
        // Room for one: what is not shown yet is replaced by nothing newer, so the source waits.
        let (give, items) = sync_channel(1);
        let (wake, woken) = channel();
        let wanted = Arc::new(Mutex::new(Detail::default()));
        let asker = Asker { wanted: Arc::clone(&wanted), wake };
        thread::Builder::new()
            .name("screen-source".to_owned())
            .spawn(move || ask(source, every, &wanted, &woken, &give))?;
        Ok((Self { items }, asker))
    }
}

impl Asker {
    fn want(&self, detail: Detail) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if *wanted != detail {
            *wanted = detail;
            // If the thread is gone, so is the source.
            self.wake.send(()).ok();
        }
    }
}

fn ask<S: Source>(
    mut source: S,
    every: Duration,
    wanted: &Mutex<Detail>,
    woken: &Receiver<()>,
    give: &SyncSender<Result<S::Item, Gone>>,
) {
    loop {
        let detail = wanted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if give.send(source.poll(&detail)).is_err() {
            return;
        }
        // Earlier, if somebody wants to see something else.
        if woken.recv_timeout(every) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        while woken.try_recv().is_ok() {}
    }
}
