//! One instrument: what each record of it shows.

use patchbay_abi::{self as abi, Slot};
use patchbay_model::Nanos;

use crate::config::QualityConfig;
use crate::cross::Cross;
use crate::incident::{About, Finding, Incidents, seconds};
use crate::price::{Grain, Prices};
use crate::stream::Stream;
use crate::trades::{Id, Ids};
use crate::venue::Venue;
use crate::volume::Volume;

/// Kinds of records whose times are watched: depth, trades, quotes.
pub(crate) const KINDS: usize = 3;

/// A book after a depth record.
#[derive(Clone, Copy, Debug, Default)]
pub struct Book {
    /// Price of the best bid; none of a book that is not live.
    pub bid: Option<i64>,
    /// Price of the best ask.
    pub ask: Option<i64>,
    /// Something proves that no update is missing.
    pub proven: bool,
}

/// What has to be known of an instrument.
#[derive(Clone, Copy, Debug)]
pub struct Instrument {
    /// Number of its venue.
    pub venue: u16,
    /// Decimal exponent of its prices.
    pub price_exp: i8,
    /// Decimal exponent of its quantities.
    pub qty_exp: i8,
    /// Price step, mantissa; 0 if it is not known.
    pub tick: i64,
}

/// Everything about an instrument.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) venue: u16,
    pub(crate) incidents: Incidents,
    id: u32,
    /// Of a unit of the mantissas.
    price_unit: f64,
    qty_unit: f64,
    /// Price step, mantissa.
    tick: i64,
    streams: [Stream; KINDS],
    ids: Ids,
    cross: Cross,
    /// A crossed or locked book is being reported.
    crossed: bool,
    live: bool,
    volume: Volume,
    prices: Prices,
}

impl Watch {
    pub(crate) fn new(id: u32, about: &Instrument) -> Self {
        Self {
            venue: about.venue,
            incidents: Incidents::new(),
            id,
            price_unit: power_of_ten(about.price_exp),
            qty_unit: power_of_ten(about.qty_exp),
            tick: about.tick,
            streams: [const { Stream::new() }; KINDS],
            ids: Ids::default(),
            cross: Cross::new(),
            crossed: false,
            live: false,
            volume: Volume::new(),
            prices: Prices::new(),
        }
    }

    /// Takes a record; `book` is the book after it.
    #[inline]
    pub(crate) fn see(
        &mut self,
        at_ns: Nanos,
        record: &Slot,
        book: &Book,
        venue: &mut Venue,
        config: &QualityConfig,
        out: &mut Vec<Slot>,
    ) {
        let head = record.head();
        let about = About {
            instrument: self.id,
            sequence: head.sequence,
            exchange_ns: head.exchange_ns,
            at_ns,
        };
        match head.kind {
            abi::SLOT_DEPTH => {
                // A snapshot is as old as it is, whenever it was asked for.
                let timed = record.depth().flags & abi::DEPTH_SNAPSHOT == 0;
                self.time(0, timed, record, about, venue, config, out);
                self.cross.book(at_ns, book.bid, book.ask, book.proven);
                let (bid, ask) = (book.bid.unwrap_or(0), book.ask.unwrap_or(0));
                self.quoted(abi::SLOT_DEPTH, bid, ask, about, config, out);
            }
            abi::SLOT_TRADE => self.trade(record, about, venue, config, out),
            abi::SLOT_QUOTE => {
                self.time(2, true, record, about, venue, config, out);
                let quote = record.quote();
                let side = |price, qty| (qty != 0).then_some(price);
                let bid = side(quote.bid_price, quote.bid_qty);
                let ask = side(quote.ask_price, quote.ask_qty);
                self.cross.quote(at_ns, bid, ask);
                let (bid, ask) = (bid.unwrap_or(0), ask.unwrap_or(0));
                self.quoted(abi::SLOT_QUOTE, bid, ask, about, config, out);
            }
            abi::SLOT_STATUS => self.cross.session = record.status().state,
            abi::SLOT_BOOK_STATE => self.state(record, about, config, out),
            _ => {}
        }
    }

    /// Order, delay and cadence of a record of stream `kind`.
    #[inline]
    fn time(
        &mut self,
        kind: usize,
        timed: bool,
        record: &Slot,
        about: About,
        venue: &mut Venue,
        config: &QualityConfig,
        out: &mut Vec<Slot>,
    ) {
        let head = record.head();
        let stream = &mut self.streams[kind];
        let timed = timed && head.exchange_ns != 0;
        let back = stream.back(head, timed);
        stream.cadence.seen(about.at_ns);
        if stream.silent {
            self.speak(kind, about, out);
        }
        if back > 0 && config.order_ns > 0 && back >= config.order_ns {
            self.note(abi::QUALITY_ORDER, 2, head.kind, (seconds(back), 0.0), about, out);
        }
        let shown = About { instrument: abi::NO_INSTRUMENT, sequence: self.venue.into(), ..about };
        venue.seen(shown, out);
        if timed {
            let difference = head.receive_ns - head.exchange_ns;
            if let Some(beyond) = venue.delay(difference, config, shown, out)
                && config.late_ns > 0
                && let Some(limit) = self.streams[kind].late(beyond, config.late_ns)
            {
                let late = (seconds(beyond), seconds(limit));
                self.note(abi::QUALITY_LATE, 2, head.kind, late, about, out);
            }
        }
    }

    /// Something that is over as it is found.
    #[cold]
    fn note(
        &mut self,
        detector: u32,
        severity: u32,
        cause: u16,
        (value, expected): (f64, f64),
        about: About,
        out: &mut Vec<Slot>,
    ) {
        let finding = Finding { detector, severity, cause, value, expected };
        self.incidents.found(finding, about, out);
    }

    /// A silent stream speaks again.
    #[cold]
    fn speak(&mut self, kind: usize, about: About, out: &mut Vec<Slot>) {
        self.streams[kind].silent = false;
        if !self.streams.iter().any(|stream| stream.silent) {
            self.incidents.end(abi::QUALITY_SILENCE, about, out);
        }
    }

    #[inline]
    fn trade(
        &mut self,
        record: &Slot,
        about: About,
        venue: &mut Venue,
        config: &QualityConfig,
        out: &mut Vec<Slot>,
    ) {
        self.time(1, true, record, about, venue, config, out);
        let trade = record.trade();
        if trade.id_hashed == 0 {
            match self.ids.take(trade.trade_id) {
                Id::Fine => {}
                Id::Back if config.order_ns > 0 => {
                    let kind = abi::SLOT_TRADE;
                    self.note(abi::QUALITY_ORDER, 2, kind, (0.0, 0.0), about, out);
                }
                Id::Missing(count) if config.books => {
                    let found = (count as f64, 0.0);
                    self.note(abi::QUALITY_TRADE_GAP, 2, abi::SLOT_TRADE, found, about, out);
                }
                Id::Back | Id::Missing(_) => {}
            }
        }
        // It has an id of the tape, and a price and quantity of its own.
        if trade.flags & abi::TRADE_OFF_BOOK != 0 {
            return;
        }
        if config.price_bps > 0
            && let Some(expected) = self.prices.trade(about.at_ns, trade.price, self.grain(config))
        {
            let found = (self.price(trade.price), self.price(expected));
            self.note(abi::QUALITY_PRICE, 2, abi::SLOT_TRADE, found, about, out);
        }
        if config.volume_times > 0
            && let Some((sum, usual)) =
                self.volume.trade(about.at_ns, trade.qty, config.volume_times)
        {
            let found = (sum as f64 * self.qty_unit, usual as f64 * self.qty_unit);
            self.note(abi::QUALITY_VOLUME, 1, abi::SLOT_TRADE, found, about, out);
        }
    }

    /// Best levels of the book or the venue's own; 0 for a side that is not there.
    #[inline]
    fn quoted(
        &mut self,
        kind: u16,
        bid: i64,
        ask: i64,
        about: About,
        config: &QualityConfig,
        out: &mut Vec<Slot>,
    ) {
        if config.price_bps > 0
            && let Some((price, middle)) =
                self.prices.quote(about.at_ns, bid, ask, self.grain(config))
        {
            let found = (self.price(price), self.price(middle));
            self.note(abi::QUALITY_PRICE, 2, kind, found, about, out);
        }
        if config.books {
            self.crossing(about, out);
        }
    }

    #[inline]
    fn crossing(&mut self, about: About, out: &mut Vec<Slot>) {
        let crossing = self.cross.crossing(about.at_ns);
        if !self.crossed && crossing.is_none() {
            return;
        }
        self.crossed = crossing.is_some();
        let detector = crossing.map_or(0, |crossing| crossing.detector);
        for other in [abi::QUALITY_CROSSED, abi::QUALITY_LOCKED] {
            if other != detector {
                self.incidents.end(other, about, out);
            }
        }
        if let Some(crossing) = crossing {
            let auction = crossing.cause == abi::QUALITY_CAUSE_AUCTION;
            let severity = match detector {
                _ if auction => 1,
                abi::QUALITY_LOCKED => 2,
                _ => 3,
            };
            let (value, expected) = (self.price(crossing.bid), self.price(crossing.ask));
            let finding = Finding { detector, severity, cause: crossing.cause, value, expected };
            self.incidents.begin(finding, about, out);
        }
    }

    /// The book says of itself that it is right, or not any more.
    #[cold]
    fn state(&mut self, record: &Slot, about: About, config: &QualityConfig, out: &mut Vec<Slot>) {
        let state = record.book_state();
        let live = state.state == abi::BOOK_LIVE;
        let lost = self.live && !live;
        self.live = live;
        if !live {
            self.cross.book(about.at_ns, None, None, true);
        }
        if !config.books {
            return;
        }
        if live {
            self.incidents.end(abi::QUALITY_GAP, about, out);
        }
        if lost {
            self.cross.broke = about.at_ns;
            let missing = match state.cause {
                abi::CAUSE_GAP => state.found.saturating_sub(state.expected).saturating_sub(1),
                _ => 0,
            };
            let (detector, cause) = (abi::QUALITY_GAP, state.cause);
            let (value, expected) = (missing as f64, 0.0);
            let gap = Finding { detector, severity: 3, cause, value, expected };
            self.incidents.begin(gap, about, out);
            self.crossing(about, out);
        }
    }

    /// What time alone shows. `quiet` says that the whole venue is silent, which says enough.
    pub(crate) fn look(
        &mut self,
        at_ns: Nanos,
        quiet: bool,
        config: &QualityConfig,
        out: &mut Vec<Slot>,
    ) {
        let about = About { instrument: self.id, sequence: 0, exchange_ns: 0, at_ns };
        self.incidents.settle(config.quiet_ns, about, out);
        let closed = matches!(self.cross.session, abi::SESSION_CLOSED | abi::SESSION_HALT);
        if quiet || closed || config.silence_ns == 0 {
            return;
        }
        for (stream, kind) in
            self.streams.iter_mut().zip([abi::SLOT_DEPTH, abi::SLOT_TRADE, abi::SLOT_QUOTE])
        {
            if !stream.silent
                && let Some((silent, limit)) = stream.cadence.silence(at_ns, config.silence_ns)
            {
                stream.silent = true;
                let (detector, cause) = (abi::QUALITY_SILENCE, kind);
                let (value, expected) = (seconds(silent), seconds(limit));
                let finding = Finding { detector, severity: 2, cause, value, expected };
                self.incidents.begin(finding, about, out);
            }
        }
    }

    const fn grain(&self, config: &QualityConfig) -> Grain {
        Grain { bps: config.price_bps, tick: self.tick }
    }

    fn price(&self, mantissa: i64) -> f64 {
        mantissa as f64 * self.price_unit
    }
}

/// Exact up to 10²², which is where doubles end to be.
fn power_of_ten(exp: i8) -> f64 {
    let whole = (0..exp.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
    if exp < 0 { 1.0 / whole } else { whole }
}
