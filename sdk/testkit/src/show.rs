//! Records as text: numbers at the exponents of their instruments.

use std::fmt::{self, Write as _};

use patchbay_plugin::abi::{self, NO_INSTRUMENT, unfixed};
use patchbay_plugin::model::{Instrument, trimmed};

use crate::{Played, Record};

/// The records of `played`, a line each.
pub(crate) fn text(played: &Played, instruments: &[Instrument]) -> String {
    let mut out = String::new();
    for record in played.records() {
        write(&mut out, &record, instruments).expect("text can be written");
        out.push('\n');
    }
    out
}

fn write(out: &mut String, record: &Record<'_>, instruments: &[Instrument]) -> fmt::Result {
    let head = record.head();
    let instrument = instruments.get(head.instrument as usize);
    match (instrument, head.instrument) {
        (Some(known), _) => write!(out, "{} ", known.symbol)?,
        (None, NO_INSTRUMENT) => {}
        (None, unknown) => write!(out, "#{unknown} ")?,
    }
    out.push_str(record.name());
    // Without a definition the mantissas are all that is known.
    let (price_exp, qty_exp) = instrument.map_or((0, 0), |i| (i.price_exp, i.qty_exp));
    let price = |mantissa| trimmed(mantissa, price_exp);
    let qty = |mantissa| trimmed(mantissa, qty_exp);
    if record.depth().is_some() {
        return depth(out, record, price, qty);
    }
    if head.sequence != 0 {
        write!(out, " {}", head.sequence)?;
    }
    if let Some(trade) = record.trade() {
        side(out, trade.aggressor)?;
        write!(out, " {} x {}", price(trade.price), qty(trade.qty))?;
        if trade.fills != 0 {
            write!(out, " in {} fills", trade.fills)?;
        }
        let flags = [
            (abi::TRADE_OFF_BOOK, "off book"),
            (abi::TRADE_AGGREGATED, "aggregated"),
            (abi::TRADE_AUCTION, "auction"),
            (abi::TRADE_LIQUIDATION, "liquidation"),
        ];
        words(out, u32::from(trade.flags), flags.map(|(bit, word)| (u32::from(bit), word)))
    } else if let Some(quote) = record.quote() {
        let (bid, ask) = (price(quote.bid_price), price(quote.ask_price));
        write!(out, " {bid} x {} / {ask} x {}", qty(quote.bid_qty), qty(quote.ask_qty))
    } else if let Some(order) = record.order() {
        let at = price(order.price);
        write!(out, " flags {:#x} of {}: {at} x {}", head.flags, order.order_id, qty(order.qty))
    } else if let Some(mark) = record.mark() {
        let at = |mantissa| trimmed(mantissa, mark.exp);
        write!(out, " {} index {} settle {}", at(mark.mark), at(mark.index), at(mark.settle))
    } else if let Some(funding) = record.funding() {
        write!(out, " {} next {}", trimmed(funding.rate, funding.rate_exp), funding.next_ns)
    } else if let Some(interest) = record.open_interest() {
        write!(out, " {}", trimmed(interest.qty, interest.qty_exp))?;
        match interest.value {
            0 => Ok(()),
            value => write!(out, " worth {}", trimmed(value, interest.value_exp)),
        }
    } else if let Some(liquidation) = record.liquidation() {
        side(out, liquidation.side)?;
        let at = |mantissa| trimmed(mantissa, liquidation.exp);
        write!(out, " {} x {}", at(liquidation.price), qty(liquidation.qty))?;
        write!(out, " average {}", at(liquidation.average_price))
    } else if let Some(status) = record.status() {
        write!(out, " state {} code {}", status.state, status.code)
    } else if let Some(fill) = record.fill() {
        side(out, head.flags as u8)?;
        write!(out, " {} x {}", price(fill.price), qty(fill.qty))
    } else if let Some(balance) = record.balance() {
        let amount = |mantissa| trimmed(mantissa, head.flags as i8);
        let (free, locked) = (amount(balance.free), amount(balance.locked));
        write!(out, " {} free {free} locked {locked}", unfixed(&balance.asset))
    } else if let Some(position) = record.position() {
        let entry = trimmed(position.entry_price, position.entry_exp);
        write!(out, " {} at {entry}", qty(position.qty))
    } else {
        // Few tests read these; their bits are better than nothing.
        record.rest.iter().try_fold(write!(out, " {:x?}", record.slot.words())?, |(), slot| {
            write!(out, " {:x?}", slot.words())
        })
    }
}

fn depth(
    out: &mut String,
    record: &Record<'_>,
    price: impl Fn(i64) -> String,
    qty: impl Fn(i64) -> String,
) -> fmt::Result {
    let Some(depth) = record.depth() else {
        return Ok(());
    };
    let has = |flag| depth.flags & flag != 0;
    write!(out, " {}", depth.head.sequence)?;
    if has(abi::DEPTH_FIRST) {
        write!(out, " from {}", depth.first)?;
    }
    if has(abi::DEPTH_PREVIOUS) {
        write!(out, " after {}", depth.previous)?;
    }
    if has(abi::DEPTH_CHECKSUM) {
        write!(out, " checksum {:#x}", depth.checksum)?;
    }
    let scope = ["no chain", "instrument", "stream", "connection"];
    write!(out, ", {}", scope.get(usize::from(depth.scope)).unwrap_or(&"unknown scope"))?;
    if [abi::SCOPE_STREAM, abi::SCOPE_CONNECTION].contains(&depth.scope) {
        write!(out, " {}", depth.chain)?;
    }
    let flags = [
        (abi::DEPTH_SNAPSHOT, "snapshot"),
        (abi::DEPTH_DENSE, "dense"),
        (abi::DEPTH_NEWEST, "newest"),
        (abi::DEPTH_RESET, "reset"),
        (abi::DEPTH_PARTIAL, "partial"),
    ];
    words(out, u32::from(depth.flags), flags.map(|(bit, word)| (u32::from(bit), word)))?;
    for (i, level) in record.levels().enumerate() {
        let side = if i < usize::from(depth.bids) { "bid" } else { "ask" };
        write!(out, "\n  {side} {} x {}", price(level.price), qty(level.qty))?;
    }
    Ok(())
}

fn side(out: &mut String, side: u8) -> fmt::Result {
    match side {
        abi::SIDE_NONE => Ok(()),
        abi::SIDE_BUY => out.write_str(" buy"),
        abi::SIDE_SELL => out.write_str(" sell"),
        other => write!(out, " side {other}"),
    }
}

fn words<const N: usize>(out: &mut String, flags: u32, of: [(u32, &str); N]) -> fmt::Result {
    let set = of.into_iter().filter(|(bit, _)| flags & bit != 0);
    set.into_iter().try_for_each(|(_, word)| write!(out, ", {word}"))
}

#[cfg(test)]
mod tests {
    use patchbay_plugin::abi::{Depth, Head, Level, Slot};
    use patchbay_plugin::model::Kind;

    use super::*;

    const fn head(kind: u16, instrument: u32) -> Head {
        Head { kind, flags: 0, instrument, sequence: 160, exchange_ns: 0, receive_ns: 0 }
    }

    fn shown(slots: Vec<Slot>) -> String {
        let instruments = [Instrument::provisional("GOLD", Kind::Spot, -2, -3)];
        let commands = Vec::new();
        text(&Played { status: 0, outcome: 0, slots, commands, log: String::new() }, &instruments)
    }

    #[test]
    fn depth_shows_its_chain_and_levels() {
        let depth = Depth {
            head: head(abi::SLOT_DEPTH, 0),
            first: 157,
            previous: 149,
            checksum: 0,
            chain: 4,
            bids: 2,
            asks: 1,
            slots: 1,
            scope: abi::SCOPE_STREAM,
            flags: abi::DEPTH_FIRST | abi::DEPTH_DENSE,
        };
        let level = |price, qty| Level { price, qty };
        let mut levels = Slot::ZERO;
        levels.levels = [level(6_180_020, 1500), level(6_180_000, 0), level(1, 7), level(0, 0)];
        assert_eq!(
            shown(vec![depth.into(), levels]),
            "GOLD depth 160 from 157, stream 4, dense\n  bid 61800.2 x 1.5\n  bid 61800 x 0\n  \
             ask 0.01 x 0.007\n"
        );
    }

    #[test]
    fn what_is_not_defined_is_shown_as_it_stands() {
        let quote = abi::Quote {
            head: head(abi::SLOT_QUOTE, 3),
            bid_price: 12,
            bid_qty: 1,
            ask_price: 13,
            ask_qty: 2,
        };
        assert_eq!(shown(vec![quote.into()]), "#3 quote 160 12 x 1 / 13 x 2\n");
        let end = head(abi::SLOT_LIST_END, NO_INSTRUMENT);
        let mut slot = Slot::ZERO;
        *slot.head_mut() = end;
        assert!(shown(vec![slot]).starts_with("end of list 160 [ffffffff00000013, a0, "));
    }
}
