//! The last messages of an instrument, as a client of the control socket is told them.

use patchbay_abi::{self as abi, Level, Slot};
use patchbay_control::{
    BookState, Cause, Detector, Evidence, MAX_LEVELS, Message, MessageKind, Named, Tape, TapeQuery,
};
use patchbay_engine::HistoryReader;

use super::shared::About;

/// What `history` holds of the messages that are asked for, while the engine goes on writing.
pub(crate) fn tape(about: &About, history: &HistoryReader, query: &TapeQuery) -> Tape {
    let held = history.held();
    // Numbers begin with 1 outside.
    let at = if query.at == 0 { held.end } else { query.at.max(held.start + 1).min(held.end) };
    let mut slots = Vec::new();
    let is_asked = |kind| query.only.is_none_or(|only| only == MessageKind::from_abi(kind));
    let mut read = |number: u64| {
        let whole = history.read(number, &mut slots);
        (whole && is_asked(slots[0].head().kind)).then(|| message(number + 1, &slots))
    };
    let back = (held.start..at).rev().filter_map(&mut read).take(query.back);
    let mut messages: Vec<Message> = back.collect();
    messages.reverse();
    messages.extend((at..held.end).filter_map(&mut read).take(query.ahead));
    Tape {
        symbol: about.symbol.clone(),
        venue: about.venue.clone(),
        kind: about.kind.name().to_owned(),
        price_exp: about.price_exp,
        qty_exp: about.qty_exp,
        oldest: if held.is_empty() { 0 } else { held.start + 1 },
        newest: held.end,
        messages,
    }
}

/// A head slot with its continuation, in words and numbers.
fn message(number: u64, slots: &[Slot]) -> Message {
    let head = slots[0].head();
    let common = Message {
        number,
        kind: MessageKind::from_abi(head.kind),
        sequence: head.sequence,
        exchange_ns: head.exchange_ns,
        receive_ns: head.receive_ns,
        ..Message::default()
    };
    match head.kind {
        abi::SLOT_TRADE => trade(common, &slots[0]),
        abi::SLOT_DEPTH => depth(common, slots),
        abi::SLOT_QUOTE => quote(common, &slots[0]),
        abi::SLOT_ORDER => order(common, &slots[0]),
        abi::SLOT_BOOK_STATE => state(common, &slots[0]),
        _ => stated(common, &slots[0]),
    }
}

fn trade(common: Message, slot: &Slot) -> Message {
    let trade = slot.trade();
    let flags = [
        (abi::TRADE_OFF_BOOK, "off book"),
        (abi::TRADE_AGGREGATED, "aggregated"),
        (abi::TRADE_AUCTION, "auction"),
        (abi::TRADE_LIQUIDATION, "liquidation"),
    ];
    Message {
        side: side(trade.aggressor),
        price: Some(trade.price),
        qty: Some(trade.qty),
        id: trade.trade_id,
        about: said(flags.map(|(flag, word)| (trade.flags & flag != 0, word))),
        ..common
    }
}

fn depth(common: Message, slots: &[Slot]) -> Message {
    let depth = slots[0].depth();
    let levels: Vec<Level> = slots[1..].iter().flat_map(|slot| *slot.levels()).collect();
    let (bids, asks) = (usize::from(depth.bids), usize::from(depth.asks));
    let (mut below, mut above) = (levels[..bids].to_vec(), levels[bids..bids + asks].to_vec());
    below.sort_by_key(|level| std::cmp::Reverse(level.price));
    above.sort_by_key(|level| level.price);
    let best = |side: &[Level]| -> Vec<[i64; 2]> {
        side.iter().take(MAX_LEVELS).map(|level| [level.price, level.qty]).collect()
    };
    let flags = [(abi::DEPTH_SNAPSHOT, "snapshot"), (abi::DEPTH_PARTIAL, "best levels")];
    Message {
        bids: best(&below),
        asks: best(&above),
        levels: [depth.bids.into(), depth.asks.into()],
        about: said(flags.map(|(flag, word)| (depth.flags & flag != 0, word))),
        ..common
    }
}

fn quote(common: Message, slot: &Slot) -> Message {
    let quote = slot.quote();
    Message {
        bids: vec![[quote.bid_price, quote.bid_qty]],
        asks: vec![[quote.ask_price, quote.ask_qty]],
        about: said([(quote.head.flags & abi::QUOTE_BOOK != 0, "from the book")]),
        ..common
    }
}

fn order(common: Message, slot: &Slot) -> Message {
    let order = slot.order();
    let action = match order.head.flags & 0xF {
        abi::ORDER_ADD => "add",
        abi::ORDER_REDUCE => "reduce",
        abi::ORDER_DELETE => "delete",
        abi::ORDER_EXECUTE => "execute",
        _ => "unknown",
    };
    Message {
        side: side((order.head.flags >> 4 & 0x3) as u8),
        price: Some(order.price),
        qty: Some(order.qty),
        id: order.order_id,
        about: vec![action.to_owned()],
        ..common
    }
}

fn state(common: Message, slot: &Slot) -> Message {
    let state = slot.book_state();
    let words = [
        BookState::from_abi(state.state).word(),
        Evidence::from_abi(state.evidence).word(),
        Cause::from_abi(state.cause).word(),
    ];
    Message { about: words.map(str::to_owned).to_vec(), ..common }
}

/// What is neither price nor quantity of the instrument's.
fn stated(common: Message, slot: &Slot) -> Message {
    let named = |name: &str, mantissa, exp| Named { name: name.to_owned(), mantissa, exp };
    match slot.head().kind {
        abi::SLOT_MARK => {
            let mark = slot.mark();
            let all = [("mark", mark.mark), ("index", mark.index), ("settle", mark.settle)];
            let there = all.into_iter().filter(|(_, mantissa)| *mantissa != 0);
            let values = there.map(|(name, mantissa)| named(name, mantissa, mark.exp)).collect();
            Message { values, ..common }
        }
        abi::SLOT_FUNDING => {
            let funding = slot.funding();
            Message { values: vec![named("rate", funding.rate, funding.rate_exp)], ..common }
        }
        abi::SLOT_OPEN_INTEREST => {
            let open = slot.open_interest();
            Message { values: vec![named("contracts", open.qty, open.qty_exp)], ..common }
        }
        abi::SLOT_LIQUIDATION => {
            let liquidation = slot.liquidation();
            let values = vec![named("price", liquidation.price, liquidation.exp)];
            let (side, qty) = (side(liquidation.side), Some(liquidation.qty));
            Message { values, side, qty, ..common }
        }
        abi::SLOT_STATUS => {
            let state = match slot.status().state {
                abi::SESSION_CONTINUOUS => "continuous",
                abi::SESSION_AUCTION => "auction",
                abi::SESSION_HALT => "halt",
                abi::SESSION_CLOSED => "closed",
                abi::SESSION_CANCEL_ONLY => "cancel only",
                abi::SESSION_POST_ONLY => "post only",
                abi::SESSION_PRE_OPEN => "pre-open",
                abi::SESSION_SETTLING => "settling",
                _ => "unknown",
            };
            Message { about: vec![state.to_owned()], ..common }
        }
        abi::SLOT_QUALITY => {
            let quality = slot.quality();
            let begun = quality.head.flags & abi::QUALITY_BEGUN != 0;
            let when = if begun { "begins" } else { "is over" };
            let detector = Detector::from_abi(quality.detector).word();
            Message { about: vec![detector.to_owned(), when.to_owned()], ..common }
        }
        _ => common,
    }
}

fn side(side: u8) -> String {
    let word = match side {
        abi::SIDE_BUY => "buy",
        abi::SIDE_SELL => "sell",
        _ => "",
    };
    word.to_owned()
}

/// The words whose condition holds.
fn said<const N: usize>(words: [(bool, &str); N]) -> Vec<String> {
    words.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word.to_owned()).collect()
}
