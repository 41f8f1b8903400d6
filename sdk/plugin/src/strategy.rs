//! What a strategy's author writes.

use patchbay_abi::{self as abi, BookView, ClientId, Level, OrderIntent, OrderRef, Slot};
use patchbay_model::{Instrument, InstrumentId, Kind, Nanos, Side};

use crate::cx::{call, outcome};
use crate::instrument;
use crate::read::sized;
use crate::{Config, Error};

/// One turn: exactly one venue message, report, timer or command, already in the books.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// Its number.
    pub number: u64,
    /// Its records; heads with their continuation slots.
    pub slots: &'a [Slot],
}

impl<'a> Turn<'a> {
    /// The records, one by one: head slot first, continuation slots behind it.
    pub fn records(&self) -> impl Iterator<Item = &'a [Slot]> + use<'a> {
        let mut rest = self.slots;
        std::iter::from_fn(move || {
            let length = 1 + rest.first()?.continuation();
            let (record, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            Some(record)
        })
    }
}

/// A strategy: turns in, intents out.
pub trait Strategy: Sized + Send + 'static {
    /// Name, `[a-z0-9-]`, at most 32 bytes.
    const NAME: &'static str;
    /// Version.
    const VERSION: &'static str;
    /// Default configuration table, TOML.
    const DEFAULTS: &'static str = "";
    /// Schema of the configuration's keys, TOML.
    const SCHEMA: &'static str = "";
    /// Number of the layout of the saved state; 0 if there is none to save.
    const STATE_SCHEMA: u32 = 0;

    /// Builds the strategy from its configuration.
    ///
    /// # Errors
    ///
    /// If the configuration cannot work.
    fn create(config: &Config<'_>) -> Result<Self, Error>;

    /// One turn.
    ///
    /// # Errors
    ///
    /// Logged and counted; the strategy goes on.
    fn handle_turn(&mut self, turn: Turn<'_>, cx: &mut StrategyCx<'_>) -> Result<(), Error>;

    /// Called once before the first turn, after [`Self::restore`] if there is state.
    ///
    /// # Errors
    ///
    /// If it cannot start.
    fn start(&mut self, _cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// The time asked for with [`StrategyCx::wake`] has come.
    ///
    /// # Errors
    ///
    /// Logged and counted.
    fn handle_timeout(&mut self, _now: Nanos, _cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// A line from an operator.
    ///
    /// # Errors
    ///
    /// Shown to the operator.
    fn handle_control(&mut self, command: &str, _cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        Err(Error::new(format!("unknown command `{command}`")))
    }

    /// Appends the state to `out`.
    fn save(&self, _out: &mut Vec<u8>) {}

    /// Takes over state that a version with `schema` saved.
    ///
    /// # Errors
    ///
    /// If that schema cannot be upgraded; the strategy is then not swapped.
    fn restore(&mut self, schema: u32, _state: &[u8]) -> Result<(), Error> {
        Err(Error::new(format!("state of schema {schema} cannot be taken over")))
    }

    /// Hash over everything that decides; 0 for none.
    fn digest(&self) -> u64 {
        0
    }
}

/// A book, lent for the call.
#[derive(Clone, Copy, Debug)]
pub struct Book<'a>(&'a BookView);

impl<'a> Book<'a> {
    /// Whether it may be traded on.
    pub const fn is_live(&self) -> bool {
        self.0.state == abi::BOOK_LIVE
    }

    /// Best levels of a side, best first, at most 10; none unless live.
    pub fn top(&self, side: Side) -> &'a [Level] {
        let view = self.0;
        let (levels, count) = match side {
            Side::Buy => (&view.bids, view.levels & 0xff),
            Side::Sell => (&view.asks, view.levels >> 8),
        };
        &levels[..usize::from(count).min(levels.len())]
    }

    /// The whole view.
    pub const fn view(&self) -> &'a BookView {
        self.0
    }
}

impl std::fmt::Debug for StrategyCx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StrategyCx").field("now", &self.now()).finish_non_exhaustive()
    }
}

/// What a strategy sees of the host during one call.
pub struct StrategyCx<'a> {
    raw: &'a mut abi::StrategyCx,
}

impl<'a> StrategyCx<'a> {
    /// # Safety
    ///
    /// `raw` follows the contract of [`abi::StrategyCx`] for all of `'a`.
    pub(crate) const unsafe fn new(raw: &'a mut abi::StrategyCx) -> Self {
        Self { raw }
    }

    /// Host time of the turn.
    pub const fn now(&self) -> Nanos {
        self.raw.now_ns
    }

    /// The book of an instrument; `None` if there is no such instrument.
    pub fn book(&self, id: InstrumentId) -> Option<Book<'_>> {
        let book = self.host().book?;
        // SAFETY: a call with its own context; the answer is null or valid until the call into the
        // strategy returns, which outlives the borrow of `self`.
        unsafe { book(self.raw.ctx, id.0).as_ref() }.map(Book)
    }

    /// Copies levels of a side, best first, into `out`; how many. 0 unless the book is live.
    pub fn levels(&self, id: InstrumentId, side: Side, out: &mut [Level]) -> usize {
        let Some(levels) = self.host().levels else {
            return 0;
        };
        let side = match side {
            Side::Buy => abi::SIDE_BUY,
            Side::Sell => abi::SIDE_SELL,
        };
        // SAFETY: `out` is writable for its length.
        unsafe { levels(self.raw.ctx, id.0, side, out.as_mut_ptr(), out.len()) }.min(out.len())
    }

    /// The instrument that `venue` names `symbol` and that is of `kind`; `None` if there is none
    /// yet.
    pub fn find(&self, venue: &str, symbol: &str, kind: Kind) -> Option<InstrumentId> {
        let find = self.host().find?;
        let (venue, symbol) = (abi::Str::new(venue), abi::Str::new(symbol));
        // SAFETY: a call with its own context; the texts live until it returns.
        let id = unsafe { find(self.raw.ctx, venue, symbol, u32::from(kind.to_abi())) };
        (id != abi::NO_INSTRUMENT).then_some(InstrumentId(id))
    }

    /// A copy of an instrument's definition; `None` if there is none. It allocates: not for every
    /// turn.
    pub fn instrument(&self, id: InstrumentId) -> Option<Instrument> {
        let instrument = self.host().instrument?;
        // SAFETY: a call with its own context; the answer is null or valid, with what it points
        // to, until the call into the strategy returns.
        unsafe { instrument::copy(&sized(instrument(self.raw.ctx, id.0))?) }
    }

    /// Asks for an order; its client id.
    ///
    /// # Errors
    ///
    /// If the host cannot take it; a refusal by risk comes later, as a report.
    pub fn place(&mut self, order: &OrderIntent) -> Result<ClientId, Error> {
        let (ctx, mut id) = (self.raw.ctx, ClientId { high: 0, low: 0 });
        // SAFETY: order and id live until the call returns.
        let status = unsafe { call(self.host().place, |f| f(ctx, order, &raw mut id)) };
        outcome(status, "place")?;
        Ok(id)
    }

    /// Asks for a cancel.
    ///
    /// # Errors
    ///
    /// If the host cannot take it.
    pub fn cancel(&mut self, order: &OrderRef) -> Result<(), Error> {
        let ctx = self.raw.ctx;
        // SAFETY: the reference lives until the call returns.
        outcome(unsafe { call(self.host().cancel, |f| f(ctx, order)) }, "cancel")
    }

    /// Asks to be called at `at`; replaces the wish before, 0 takes it back.
    ///
    /// # Errors
    ///
    /// If the host has no timers for strategies.
    pub fn wake(&mut self, at: Nanos) -> Result<(), Error> {
        let ctx = self.raw.ctx;
        // SAFETY: a call with its own context.
        outcome(unsafe { call(self.host().wake, |f| f(ctx, at)) }, "wake")
    }

    /// Writes a line to the host's log at `LOG_*` level.
    pub fn log(&self, level: u32, text: &str) {
        crate::log::current().write(level, text);
    }

    fn host(&self) -> abi::StrategyHost {
        // SAFETY: valid for the call by the contract of `new`.
        unsafe { *self.raw.host }
    }
}
