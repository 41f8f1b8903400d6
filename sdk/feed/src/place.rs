//! Where a reader is: the instruments that it may name, and where its records go.

use patchbay_plugin::abi::{
    DEPTH_DENSE, Funding, Head, Liquidation, Mark, NO_INSTRUMENT, OpenInterest, Order, Quote,
    SCOPE_CONNECTION, SCOPE_INSTRUMENT, SCOPE_NONE, SESSION_UNKNOWN, SIDE_BUY, SIDE_NONE,
    SIDE_SELL, SLOT_FUNDING, SLOT_LIQUIDATION, SLOT_MARK, SLOT_OPEN_INTEREST, SLOT_ORDER,
    SLOT_QUOTE, SLOT_STATUS, SLOT_TRADE, SessionStatus, TRADE_AUCTION, Trade,
};
use patchbay_plugin::{AdapterCx, DepthStart, DepthWriter, Error};

use crate::session::Session;
use crate::{Directory, Listing, Target};

/// One connection's frames, or a reply, as their reader sees them.
pub struct Place<'p, 'cx> {
    /// Place of the product.
    pub product: u8,
    /// The connection; 0 for a reply.
    pub conn: u32,
    /// Levels a side that a book was asked for with; 0 where that means nothing.
    pub levels: usize,
    /// A book is read to be compared with.
    pub audit: bool,
    /// All instruments.
    pub directory: &'p mut Directory,
    pub(crate) session: &'p Session,
    /// The host.
    pub cx: &'p mut AdapterCx<'cx>,
}

/// A trade as a frame tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deal {
    /// The instrument.
    pub target: Target,
    /// The venue's id, or the hash of its text: see [`abi::Trade`](Trade::trade_id).
    pub id: u64,
    /// `id` is a hash.
    pub hashed: bool,
    /// The venue's number of the event, where it has one.
    pub sequence: u64,
    /// When, ns.
    pub exchange_ns: i64,
    /// Price mantissa.
    pub price: i64,
    /// Quantity mantissa.
    pub qty: i64,
    /// The seller took; in an auction (`TRADE_AUCTION`) nobody did.
    pub sold: bool,
    /// The venue does not say who took.
    pub untold: bool,
    /// Fills in it, 0 if the venue does not say.
    pub fills: u32,
    /// `TRADE_*`.
    pub flags: u16,
}

/// What became of one order of a book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resting {
    /// The instrument.
    pub target: Target,
    /// The venue's id of the order.
    pub id: u64,
    /// When, ns.
    pub exchange_ns: i64,
    /// `ORDER_*`.
    pub action: u16,
    /// It sells.
    pub ask: bool,
    /// Price mantissa.
    pub price: i64,
    /// Quantity mantissa: what was added, or what is left.
    pub qty: i64,
}

/// Prices and quantities of a best bid and ask as [`Place::quote`] takes them: a side without
/// either, or with the quantity 0, is empty.
pub fn best([bid, bid_qty, ask, ask_qty]: [Option<i64>; 4]) -> [i64; 4] {
    let side = |price: Option<i64>, qty: Option<i64>| match (price, qty) {
        (Some(price), Some(qty)) if qty != 0 => (price, qty),
        _ => (0, 0),
    };
    let ((bid, bid_qty), (ask, ask_qty)) = (side(bid, bid_qty), side(ask, ask_qty));
    [bid, bid_qty, ask, ask_qty]
}

#[expect(clippy::missing_errors_doc, reason = "all others as `AdapterCx::push`")]
impl<'cx> Place<'_, 'cx> {
    /// The instrument of a frame. A new one has the next index, and is defined when the frame has
    /// been read to its end.
    ///
    /// # Errors
    ///
    /// If a new symbol is not UTF-8.
    #[inline(always)]
    pub fn target(&mut self, symbol: &[u8]) -> Result<Target, Error> {
        self.directory.target(self.product, symbol)
    }

    /// The instrument of a symbol that is known already.
    pub fn known(&self, symbol: &str) -> Option<Target> {
        let (index, listing) = self.directory.find(self.product, symbol)?;
        Some(Target { index, exps: listing.exps })
    }

    /// Whether the connection carries the streams of a symbol: of a stream that tells of many, each
    /// connection takes its own. In a replay, where nobody subscribed, it carries all.
    pub fn carries(&self, symbol: &[u8]) -> bool {
        let known = str::from_utf8(symbol).ok().and_then(|symbol| self.known(symbol));
        self.session.carries(self.conn, known.map(|target| target.index))
    }

    #[inline(always)]
    const fn head(&self, target: Target, kind: u16, sequence: u64, exchange_ns: i64) -> Head {
        let (instrument, receive_ns) = (target.index, self.cx.now());
        Head { kind, flags: 0, instrument, sequence, exchange_ns, receive_ns }
    }

    /// Begins a depth message with `DEPTH_*`, its ids being the instrument's own; what else is
    /// known goes into [`DepthWriter::start`].
    #[inline(always)]
    pub fn depth(
        &mut self,
        target: Target,
        (sequence, exchange_ns): (u64, i64),
        flags: u8,
    ) -> Result<DepthWriter<'_, 'cx>, Error> {
        self.cx.depth(DepthStart {
            instrument: target.index,
            sequence,
            exchange_ns,
            scope: SCOPE_INSTRUMENT,
            flags,
            audit: self.audit,
            ..DepthStart::NONE
        })
    }

    /// Begins a depth message that has no id.
    #[inline(always)]
    pub fn depth_without_id(
        &mut self,
        target: Target,
        flags: u8,
    ) -> Result<DepthWriter<'_, 'cx>, Error> {
        let mut depth = self.depth(target, (0, 0), flags)?;
        depth.start().scope = SCOPE_NONE;
        Ok(depth)
    }

    /// Begins a depth message whose id is one of its connection, which counts all messages. Of
    /// several books under one id the first is `first`.
    #[inline(always)]
    pub fn depth_of_conn(
        &mut self,
        target: Target,
        (sequence, exchange_ns): (u64, i64),
        flags: u8,
        first: bool,
    ) -> Result<DepthWriter<'_, 'cx>, Error> {
        let (scope, chain) = (SCOPE_CONNECTION, self.conn);
        let flags = if first { flags | DEPTH_DENSE } else { flags };
        let mut depth = self.depth(target, (sequence, exchange_ns), flags)?;
        (depth.start().scope, depth.start().chain) = (scope, chain);
        Ok(depth)
    }

    /// An id of the connection that no book has: the message was about something else.
    #[inline(always)]
    pub fn count(&mut self, id: (u64, i64)) -> Result<(), Error> {
        let none = Target { index: NO_INSTRUMENT, exps: (0, 0) };
        self.depth_of_conn(none, id, 0, true)?.finish()
    }

    /// A trade.
    #[inline(always)]
    pub fn trade(&mut self, deal: &Deal) -> Result<(), Error> {
        self.cx.push(Trade {
            head: self.head(deal.target, SLOT_TRADE, deal.sequence, deal.exchange_ns),
            price: deal.price,
            qty: deal.qty,
            trade_id: deal.id,
            fills: deal.fills,
            aggressor: match deal.sold {
                _ if deal.untold || deal.flags & TRADE_AUCTION != 0 => SIDE_NONE,
                true => SIDE_SELL,
                false => SIDE_BUY,
            },
            id_hashed: u8::from(deal.hashed),
            flags: deal.flags,
        })
    }

    /// An event of one order of the book.
    #[inline]
    pub fn order(&mut self, order: &Resting) -> Result<(), Error> {
        let side = u16::from(if order.ask { SIDE_SELL } else { SIDE_BUY });
        let head = self.head(order.target, SLOT_ORDER, 0, order.exchange_ns);
        let head = Head { flags: order.action | side << 4, ..head };
        let Resting { id: order_id, price, qty, .. } = *order;
        self.cx.push(Order { head, order_id, price, qty, trade_id: 0 })
    }

    /// Best bid and ask with `QUOTE_*`: prices and quantities, bid first.
    #[inline(always)]
    pub fn quote(
        &mut self,
        target: Target,
        (sequence, exchange_ns): (u64, i64),
        flags: u16,
        [bid_price, bid_qty, ask_price, ask_qty]: [i64; 4],
    ) -> Result<(), Error> {
        if let Some(listing) = self.directory.get_mut(target.index) {
            listing.quoted = (self.conn, exchange_ns);
        }
        let head = Head { flags, ..self.head(target, SLOT_QUOTE, sequence, exchange_ns) };
        self.cx.push(Quote { head, bid_price, bid_qty, ask_price, ask_qty })
    }

    /// The same of a slower channel: nothing, if a newer quote was told.
    #[inline]
    pub fn late_quote(
        &mut self,
        target: Target,
        (sequence, exchange_ns): (u64, i64),
        flags: u16,
        best: [i64; 4],
    ) -> Result<(), Error> {
        let newest = self.directory.get_mut(target.index).map_or(0, |l| l.quoted.1);
        match exchange_ns < newest {
            true => Ok(()),
            false => self.quote(target, (sequence, exchange_ns), flags, best),
        }
    }

    /// Mark, index and estimated settlement price at `exp`, 0 for none. Nothing without any.
    #[inline]
    pub fn mark(
        &mut self,
        target: Target,
        exchange_ns: i64,
        [mark, index, settle]: [i64; 3],
        exp: i8,
    ) -> Result<(), Error> {
        if [mark, index, settle] == [0; 3] {
            return Ok(());
        }
        let head = self.head(target, SLOT_MARK, 0, exchange_ns);
        self.cx.push(Mark { head, mark, index, settle, exp, reserved: [0; 7] })
    }

    /// The same where each price has an exponent of its own; one that cannot be had at the finest of
    /// them is left out.
    pub fn mark_of(
        &mut self,
        target: Target,
        exchange_ns: i64,
        prices: [(i64, i8); 3],
    ) -> Result<(), Error> {
        let exp = prices.iter().map(|price| price.1).min().unwrap_or(0);
        let finer = |(mantissa, own): (i64, i8)| {
            let factor = 10_i64.checked_pow(own.abs_diff(exp).into())?;
            mantissa.checked_mul(factor)
        };
        self.mark(target, exchange_ns, prices.map(|price| finer(price).unwrap_or(0)), exp)
    }

    /// Funding: rate at `rate_exp`, when it is next charged, the interval or 0. Nothing without a
    /// rate or a time: delivery contracts have none.
    #[inline]
    pub fn funding(
        &mut self,
        target: Target,
        exchange_ns: i64,
        (rate, rate_exp): (Option<i64>, i8),
        (next_ns, interval_ns): (i64, i64),
    ) -> Result<(), Error> {
        let Some(rate) = rate.filter(|_| next_ns != 0) else {
            return Ok(());
        };
        let head = self.head(target, SLOT_FUNDING, 0, exchange_ns);
        self.cx.push(Funding { head, rate, next_ns, interval_ns, rate_exp, reserved: [0; 7] })
    }

    /// Open interest in contracts, and its value or 0, each with its exponent.
    #[inline]
    pub fn open_interest(
        &mut self,
        target: Target,
        exchange_ns: i64,
        (qty, qty_exp): (i64, i8),
        (value, value_exp): (i64, i8),
    ) -> Result<(), Error> {
        let head = self.head(target, SLOT_OPEN_INTEREST, 0, exchange_ns);
        self.cx.push(OpenInterest { head, qty, value, qty_exp, value_exp, reserved: [0; 14] })
    }

    /// Session state (`SESSION_*`), and when it began and ends, ns, 0 if not said; of the whole
    /// venue without an instrument, with the venue's own code.
    pub fn status(
        &mut self,
        target: Option<Target>,
        (exchange_ns, since_ns, until_ns): (i64, i64, i64),
        state: u8,
        code: u32,
    ) -> Result<(), Error> {
        let target = target.unwrap_or(Target { index: NO_INSTRUMENT, exps: (0, 0) });
        let head = self.head(target, SLOT_STATUS, 0, exchange_ns);
        let reserved = [0; 11];
        self.cx.push(SessionStatus { head, since_ns, until_ns, code, state, reserved })
    }

    /// Session state of an instrument, if it is known and another than was told before.
    #[inline]
    pub fn state(&mut self, target: Target, exchange_ns: i64, state: u8) -> Result<(), Error> {
        let listing = self.directory.get_mut(target.index).filter(|_| state != SESSION_UNKNOWN);
        match listing.map(|listing| (std::mem::replace(&mut listing.session, state), listing.code))
        {
            Some((told, code)) if told != state => {
                self.status(Some(target), (exchange_ns, 0, 0), state, code)
            }
            _ => Ok(()),
        }
    }

    /// The venue's own code for an instrument, such as warnings to traders, if it is another than was
    /// told before; its session goes on as it is.
    pub fn notice(&mut self, target: Target, exchange_ns: i64, code: u32) -> Result<(), Error> {
        let listing = self.directory.get_mut(target.index);
        match listing.map(|listing| (std::mem::replace(&mut listing.code, code), listing.session)) {
            Some((told, state)) if told != code => {
                self.status(Some(target), (exchange_ns, 0, 0), state, code)
            }
            _ => Ok(()),
        }
    }

    /// [`state`](Self::state) of all instruments that `is` picks.
    pub fn state_where(
        &mut self,
        is: impl Fn(&Listing) -> bool,
        exchange_ns: i64,
        state: u8,
    ) -> Result<(), Error> {
        self.states(|_, listing| is(listing), exchange_ns, state)
    }

    /// The same of those among them that the connection carries, where each is told of all.
    pub fn state_here(
        &mut self,
        is: impl Fn(&Listing) -> bool,
        exchange_ns: i64,
        state: u8,
    ) -> Result<(), Error> {
        let (session, conn) = (self.session, self.conn);
        self.states(|index, l| is(l) && session.carries(conn, Some(index)), exchange_ns, state)
    }

    fn states(
        &mut self,
        is: impl Fn(u32, &Listing) -> bool,
        exchange_ns: i64,
        state: u8,
    ) -> Result<(), Error> {
        for index in 0..self.directory.listings().len() as u32 {
            let listing = self.directory.get(index)?;
            let target = Target { index, exps: listing.exps };
            if is(index, listing) {
                self.state(target, exchange_ns, state)?;
            }
        }
        Ok(())
    }

    /// A liquidation order, `sold` if it closed a long: order price and average price or 0 at
    /// `exp`, and quantity at the instrument's.
    #[inline]
    pub fn liquidation(
        &mut self,
        target: Target,
        exchange_ns: i64,
        sold: bool,
        [price, average_price, qty]: [i64; 3],
        exp: i8,
    ) -> Result<(), Error> {
        let head = self.head(target, SLOT_LIQUIDATION, 0, exchange_ns);
        let side = if sold { SIDE_SELL } else { SIDE_BUY };
        self.cx.push(Liquidation { head, price, qty, average_price, exp, side, reserved: [0; 6] })
    }
}
