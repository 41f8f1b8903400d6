//! What must hold of every answer, whatever was asked: `docs/abi.md`, as far as one call shows it.

use patchbay_plugin::abi::{
    self, BucketCost, LEVELS_PER_SLOT, Level, NO_INSTRUMENT, OUTCOME_FALLBACK, OUTCOME_IGNORED,
};
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::Nanos;

use crate::{Known, Played, Record};

/// The first thing that is wrong with `played`, given at `now`.
pub(crate) fn check(played: &Played, known: &Known, now: Nanos) -> Result<(), String> {
    match played.status {
        abi::OK => {}
        abi::ERROR | abi::UNSUPPORTED => return Ok(()),
        abi::PANIC => return Err("a panic".to_owned()),
        abi::POISONED => return Err("nothing: the instance panicked before".to_owned()),
        abi::INVALID => return Err("records that end inside a record".to_owned()),
        other => return Err(format!("status {other}, which is not for adapters")),
    }
    match played.outcome {
        OUTCOME_IGNORED if !played.slots.is_empty() => {
            return Err("records, and that it held nothing for the host".to_owned());
        }
        0 | OUTCOME_IGNORED | OUTCOME_FALLBACK => {}
        other => return Err(format!("outcome {other}, which means nothing")),
    }
    played.commands.iter().try_for_each(|asked| command(asked, known))?;
    for (i, found) in played.records().enumerate() {
        record(&found, known, now)
            .map_err(|wrong| format!("record {i} ({}) of which {wrong}", found.name()))?;
    }
    Ok(())
}

fn record(record: &Record<'_>, known: &Known, now: Nanos) -> Result<(), String> {
    let head = record.head();
    let lone = matches!(
        head.kind,
        abi::SLOT_STATUS | abi::SLOT_BALANCE | abi::SLOT_LIST_END | abi::SLOT_ORDER_UPDATE
    );
    let mark = record.depth().is_some_and(|depth| depth.bids == 0 && depth.asks == 0);
    match head.kind {
        abi::SLOT_NBBO
        | abi::SLOT_FEATURE
        | abi::SLOT_SIGNAL
        | abi::SLOT_QUALITY
        | abi::SLOT_BOOK_STATE => return Err("the kind is the host's".to_owned()),
        1..=abi::SLOT_LIST_END => {}
        other => return Err(format!("the kind {other} does not exist")),
    }
    match head.instrument {
        NO_INSTRUMENT if !lone && !mark => return Err("there is no instrument".to_owned()),
        NO_INSTRUMENT => {}
        index if index as usize >= known.instruments.len() => {
            return Err(format!("instrument {index} was never defined"));
        }
        _ => {}
    }
    if head.receive_ns != now {
        return Err(format!("`receive_ns` is {}, not the call's {now}", head.receive_ns));
    }
    if let Some(depth) = record.depth() {
        let levels = usize::from(depth.bids) + usize::from(depth.asks);
        let needed = levels.div_ceil(LEVELS_PER_SLOT);
        if usize::from(depth.slots) != needed {
            return Err(format!("{} slots follow, {levels} levels need {needed}", depth.slots));
        }
        let mut spare = record.rest.iter().flat_map(|slot| *slot.levels()).skip(levels);
        if spare.any(|level| level != Level { price: 0, qty: 0 }) {
            return Err("levels beyond the last are not zero".to_owned());
        }
        if depth.scope > abi::SCOPE_CONNECTION {
            return Err(format!("the scope {} does not exist", depth.scope));
        }
    }
    let side = record.trade().map(|trade| trade.aggressor);
    let side = side.or_else(|| record.liquidation().map(|liquidation| liquidation.side));
    match side {
        Some(other) if other > abi::SIDE_SELL => Err(format!("the side {other} does not exist")),
        _ => reserved(record),
    }
}

fn reserved(record: &Record<'_>) -> Result<(), String> {
    let bytes: &[u8] = if let Some(mark) = record.mark() {
        &mark.reserved
    } else if let Some(funding) = record.funding() {
        &funding.reserved
    } else if let Some(interest) = record.open_interest() {
        &interest.reserved
    } else if let Some(liquidation) = record.liquidation() {
        &liquidation.reserved
    } else if let Some(status) = record.status() {
        &status.reserved
    } else if let Some(position) = record.position() {
        &position.reserved
    } else {
        &[]
    };
    match bytes.iter().all(|&byte| byte == 0) {
        true => Ok(()),
        false => Err("`reserved` is not zero".to_owned()),
    }
}

fn command(command: &Command, known: &Known) -> Result<(), String> {
    if let Command::Define { index, .. } = command {
        let count = known.instruments.len();
        return match *index as usize >= count {
            true => Err(format!("a definition of instrument {index}, where {count} is the next")),
            false => Ok(()),
        };
    }
    let (conn, costs): (Option<u32>, &[BucketCost]) = match command {
        Command::Connect(connect) => (None, &connect.costs),
        Command::Send(send) => (Some(send.conn), &send.costs),
        Command::Close { conn, .. } => (Some(*conn), &[]),
        Command::Http(http) => (None, &http.costs),
        _ => (None, &[]),
    };
    if let Some(conn) = conn.filter(|conn| !known.open.contains(conn)) {
        return Err(format!("a request for connection {conn}, which is not open"));
    }
    match costs.iter().find(|cost| !known.buckets.contains(&cost.bucket)) {
        Some(cost) => Err(format!("a request that costs of undeclared bucket {}", cost.bucket)),
        None => Ok(()),
    }
}
