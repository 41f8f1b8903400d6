//! Make-before-break: two connections carry the same streams for a while, and what both deliver is
//! taken once.
//!
//! Books are spliced by their ids where those are the venue's and by the new connection's snapshot
//! where they are the connection's own. Trades are told by their ids. Other records
//! are told by their number or time; those with neither are taken from one connection until it
//! closes or falls silent.

use patchbay_abi::{SCOPE_INSTRUMENT, Slot, TRADE_AGGREGATED, Trade};
use patchbay_book::{Book, Message, State};
use patchbay_model::Nanos;

/// Trade ids that are remembered, for each of the two kinds of trades of an instrument. Two
/// connections may be apart by that many trades.
const REMEMBERED: usize = 512;
/// A connection that has been silent for so long carries a kind of record no more.
const SILENCE: Nanos = 10_000_000_000;

/// No connection: whichever comes next carries the stream.
pub(crate) const NONE: u32 = 0;
/// The connection was replaced, and its successor has not been heard.
pub(crate) const SUCCESSOR: u32 = u32::MAX;

/// Whether a depth message of `conn` repeats what `carrier`, the connection of the last message that
/// was taken, has delivered or will deliver.
pub(crate) fn repeats(book: &Book, carrier: u32, conn: u32, message: &Message<'_>) -> bool {
    let apart = !matches!(carrier, NONE | SUCCESSOR) && conn != NONE && conn != carrier;
    if !apart || book.state() != State::Live {
        return false;
    }
    if message.is_newest_wins() {
        let time = message.exchange_ns();
        return time != 0 && time <= book.exchange_ns();
    }
    if message.scope() == SCOPE_INSTRUMENT && !message.is_reset() {
        return message.sequence() <= book.sequence();
    }
    // Numbers of connections rise. The newer one takes over with its snapshot and for good.
    conn < carrier || !message.is_snapshot()
}

/// The trade ids of one instrument that came last.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeenTrades {
    /// Single and aggregated trades are numbered apart.
    kinds: [Window; 2],
}

#[derive(Clone, Debug, Default)]
struct Window {
    ids: Vec<u64>,
    next: usize,
    highest: u64,
    /// Highest id that was forgotten.
    floor: u64,
    newest_ns: Nanos,
}

impl SeenTrades {
    /// Whether the trade was seen before; if not, it is remembered. A trade without an id is new.
    pub(crate) fn repeats(&mut self, trade: &Trade) -> bool {
        if trade.trade_id == 0 {
            return false;
        }
        let aggregated = trade.flags & TRADE_AGGREGATED != 0;
        let window = &mut self.kinds[usize::from(aggregated)];
        let repeated = window.holds(trade);
        if !repeated {
            window.remember(trade);
        }
        repeated
    }
}

impl Window {
    fn holds(&self, trade: &Trade) -> bool {
        let (id, time) = (trade.trade_id, trade.head.exchange_ns);
        let hashed = trade.id_hashed != 0;
        // A repetition is never ahead of everything seen.
        let ahead = if hashed { time > self.newest_ns } else { id > self.highest };
        if ahead {
            return false;
        }
        // Below what was forgotten only the time tells an old trade from ids that began again.
        let forgotten = !hashed && id <= self.floor && time <= self.newest_ns;
        forgotten || self.ids.contains(&id)
    }

    fn remember(&mut self, trade: &Trade) {
        if self.ids.len() < REMEMBERED {
            if self.ids.is_empty() {
                self.ids.reserve_exact(REMEMBERED);
            }
            self.ids.push(trade.trade_id);
        } else {
            let oldest = std::mem::replace(&mut self.ids[self.next], trade.trade_id);
            self.next = (self.next + 1) % REMEMBERED;
            self.floor = self.floor.max(oldest);
        }
        if trade.id_hashed == 0 && trade.trade_id < self.floor {
            // Ids began again: the old ones say nothing about the new.
            (self.floor, self.highest) = (0, trade.trade_id);
        }
        self.highest = self.highest.max(trade.trade_id);
        self.newest_ns = self.newest_ns.max(trade.head.exchange_ns);
    }
}

/// The connection that one kind of record of one instrument is taken from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Carrier {
    conn: u32,
    heard_ns: Nanos,
    sequence: u64,
}

impl Carrier {
    /// Whether a record of `conn` repeats what the carrier delivers. Where records are numbered,
    /// or say their time, a newer one is taken from any connection.
    pub(crate) fn repeats(&mut self, conn: u32, at_ns: Nanos, record: &Slot) -> bool {
        if conn == NONE {
            return false;
        }
        let head = record.head();
        let sequence = if head.sequence == 0 { head.exchange_ns as u64 } else { head.sequence };
        let other = self.conn != NONE && self.conn != conn;
        let heard = at_ns - self.heard_ns < SILENCE;
        // A successor may be behind what its predecessor has delivered.
        let known = match sequence {
            0 => self.conn != SUCCESSOR,
            _ => sequence <= self.sequence,
        };
        if other && heard && known {
            return true;
        }
        *self = Self { conn, heard_ns: at_ns, sequence };
        false
    }

    /// The connection is gone; `replaced` says that another one carries its streams on.
    pub(crate) const fn release(&mut self, conn: u32, replaced: bool) {
        if self.conn == conn {
            self.conn = if replaced { SUCCESSOR } else { NONE };
        } else if self.conn == SUCCESSOR && !replaced {
            // It may be the successor, which was not heard.
            self.conn = NONE;
        }
    }
}

#[cfg(test)]
mod tests {
    use patchbay_abi::{Head, Quote, SLOT_QUOTE};

    use super::*;

    fn quote(sequence: u64) -> Slot {
        let head = Head {
            kind: SLOT_QUOTE,
            flags: 0,
            instrument: 0,
            sequence,
            exchange_ns: 0,
            receive_ns: 0,
        };
        Quote { head, bid_price: 1, bid_qty: 1, ask_price: 2, ask_qty: 1 }.into()
    }

    fn taken(carrier: &mut Carrier, of: &[(u32, u64)]) -> Vec<u64> {
        let new = of.iter().filter(|(conn, id)| !carrier.repeats(*conn, 5, &quote(*id)));
        new.map(|(_, id)| *id).collect()
    }

    #[test]
    fn a_successor_that_is_behind_doubles_nothing() {
        let mut carrier = Carrier::default();
        assert_eq!(taken(&mut carrier, &[(1, 7), (2, 7), (1, 8), (1, 9)]), [7, 8, 9]);
        carrier.release(1, true);
        assert_eq!(taken(&mut carrier, &[(2, 8), (2, 9), (2, 10), (2, 11)]), [10, 11]);
    }

    #[test]
    fn a_successor_without_numbers_carries_on_at_once() {
        let mut carrier = Carrier::default();
        assert_eq!(taken(&mut carrier, &[(1, 0), (2, 0), (1, 0)]).len(), 2);
        carrier.release(1, true);
        assert_eq!(taken(&mut carrier, &[(2, 0), (2, 0)]).len(), 2);
    }

    #[test]
    fn after_a_loss_numbers_may_begin_again() {
        for replaced in [false, true] {
            let mut carrier = Carrier::default();
            assert_eq!(taken(&mut carrier, &[(1, 7)]), [7]);
            carrier.release(1, replaced);
            // The successor is lost as well, before it was heard.
            carrier.release(2, false);
            assert_eq!(taken(&mut carrier, &[(3, 1), (3, 2)]), [1, 2]);
        }
    }
}
