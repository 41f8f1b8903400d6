//! What each kind of fault does to the records.

use patchbay_abi::{self as abi, Level, Slot};
use patchbay_model::Nanos;

use crate::fault::{Fault, Kind, Place, SECOND, places};
use crate::play::best_before;
use crate::random::Random;
use crate::tape::{Moment, Tape, levels, with_levels};

/// A clock that was set is known by so many seconds later.
const SET: Nanos = 15 * SECOND;

fn sign(random: &mut Random) -> f64 {
    if random.coin() { 1.0 } else { -1.0 }
}

fn nanos(seconds: f64) -> Nanos {
    (seconds * 1e9) as Nanos
}

fn shift(moments: &mut [Moment], by: impl Fn(Nanos) -> Nanos) {
    for moment in moments {
        for record in &mut moment.records {
            let head = record[0].head_mut();
            if head.exchange_ns != 0 {
                head.exchange_ns += by(moment.at_ns);
            }
        }
    }
}

fn of_venue(kind: Kind, from_ns: Nanos, to_ns: Nanos) -> Vec<Fault> {
    vec![Fault { kind, instrument: abi::NO_INSTRUMENT, from_ns, to_ns }]
}

pub(crate) fn step(
    moments: &mut [Moment],
    zone: (Nanos, Nanos),
    random: &mut Random,
) -> Vec<Fault> {
    let from = random.within(zone.0, zone.0 + (zone.1 - zone.0) / 2);
    let by = nanos(sign(random) * random.octaves(0.15, 3.0));
    shift(moments, |at| if at >= from { by } else { 0 });
    of_venue(Kind::Step, from, from + SET)
}

/// Of a recording that is long enough to show it.
pub(crate) fn drift(moments: &mut [Moment], random: &mut Random) -> Vec<Fault> {
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return Vec::new() };
    let (first, last) = (first.at_ns, last.at_ns);
    if last - first < 60 * SECOND {
        return Vec::new();
    }
    let rate = sign(random) * random.octaves(500.0, 5000.0) / 1e6;
    shift(moments, |at| ((at - first) as f64 * rate) as Nanos);
    of_venue(Kind::Drift, first, last)
}

pub(crate) fn offset(moments: &mut [Moment], random: &mut Random) -> Vec<Fault> {
    let by = nanos(sign(random) * random.octaves(1.0, 10.0));
    shift(moments, |_| by);
    let (first, last) = (moments.first(), moments.last());
    let time = |moment: Option<&Moment>| moment.map_or(0, |moment| moment.at_ns);
    of_venue(Kind::Offset, time(first), time(last))
}

/// How long a recording may be silent.
fn silence_of(zone: (Nanos, Nanos), random: &mut Random) -> Option<(Nanos, Nanos)> {
    let most = ((zone.1 - zone.0) / 2).min(20 * SECOND);
    if most < 6 * SECOND {
        return None;
    }
    let silent = nanos(random.octaves(6.0, most as f64 / 1e9));
    let from = random.within(zone.0, zone.1 - silent);
    Some((from, from + silent))
}

pub(crate) fn stop(
    moments: &mut Vec<Moment>,
    zone: (Nanos, Nanos),
    random: &mut Random,
) -> Vec<Fault> {
    let Some((from, to)) = silence_of(zone, random) else { return Vec::new() };
    moments.retain(|moment| moment.at_ns < from || moment.at_ns >= to);
    of_venue(Kind::VenueSilence, from, to)
}

/// Of one stream that never was silent for a third of that.
pub(crate) fn silence(
    tape: &Tape,
    moments: &mut [Moment],
    zone: (Nanos, Nanos),
    random: &mut Random,
) -> Vec<Fault> {
    let Some((from, to)) = silence_of(zone, random) else { return Vec::new() };
    let is_stream = |slot: &Slot| {
        [abi::SLOT_DEPTH, abi::SLOT_TRADE, abi::SLOT_QUOTE].contains(&slot.head().kind)
    };
    let all = places(moments, (from, to), is_stream);
    if all.is_empty() {
        return Vec::new();
    }
    let place = all[random.within(0, all.len() as i64) as usize];
    let head = *moments[place.moment].records[place.record][0].head();
    let same =
        |slot: &Slot| (slot.head().instrument, slot.head().kind) == (head.instrument, head.kind);
    let (first, last) = tape.span();
    let times: Vec<_> = places(moments, (first, last + 1), same).iter().map(|p| p.at_ns).collect();
    let longest = times.windows(2).map(|two| two[1] - two[0]).max().unwrap_or(Nanos::MAX);
    if longest > (to - from) / 3 {
        return Vec::new();
    }
    for moment in moments.iter_mut().filter(|m| from <= m.at_ns && m.at_ns < to) {
        moment.records.retain(|record| !same(&record[0]));
    }
    vec![Fault { kind: Kind::Silence, instrument: head.instrument, from_ns: from, to_ns: to }]
}

pub(crate) fn late(moments: &mut [Moment], place: Place, random: &mut Random) -> Option<Nanos> {
    let record = &mut moments[place.moment].records[place.record];
    record[0].head_mut().exchange_ns -= nanos(random.octaves(0.6, 8.0));
    Some(place.at_ns)
}

/// Puts a record behind later ones of its stream; only where time or id tell.
pub(crate) fn reorder(moments: &mut [Moment], place: Place, random: &mut Random) -> Option<Nanos> {
    let moved = moments[place.moment].records[place.record].clone();
    let head = *moved[0].head();
    let back = random.within(1, 21) as usize;
    let rest = (place.at_ns, Nanos::MAX);
    let same =
        |slot: &Slot| (slot.head().instrument, slot.head().kind) == (head.instrument, head.kind);
    let later = places(moments, rest, same);
    let here = later.iter().position(|p| (p.moment, p.record) == (place.moment, place.record))?;
    let to = *later.get(here + back)?;
    if to.moment == place.moment {
        return None;
    }
    let before = &moments[to.moment].records[to.record][0];
    let told_by_time =
        head.exchange_ns != 0 && before.head().exchange_ns - head.exchange_ns >= 1_000_000;
    let told_by_id = head.kind == abi::SLOT_TRADE && moved[0].trade().id_hashed == 0;
    if !told_by_time && !told_by_id {
        return None;
    }
    moments[place.moment].records.remove(place.record);
    let mut moved = moved;
    moved[0].head_mut().receive_ns = to.at_ns;
    moments[to.moment].records.insert(to.record + 1, moved);
    Some(to.at_ns)
}

pub(crate) fn price(moments: &mut [Moment], place: Place, random: &mut Random) -> Option<Nanos> {
    let record = &mut moments[place.moment].records[place.record][0];
    let off = random.octaves(0.02, 0.3);
    let times = |price: i64, by: f64| (price as f64 * by).round() as i64;
    let slot = match record.head().kind {
        abi::SLOT_TRADE => {
            let trade = *record.trade();
            let by = if random.coin() { 1.0 + off } else { 1.0 - off };
            Slot::from(abi::Trade { price: times(trade.price, by), ..trade })
        }
        _ if random.coin() => {
            let quote = *record.quote();
            Slot::from(abi::Quote { bid_price: times(quote.bid_price, 1.0 - off), ..quote })
        }
        _ => {
            let quote = *record.quote();
            Slot::from(abi::Quote { ask_price: times(quote.ask_price, 1.0 + off), ..quote })
        }
    };
    *record = slot;
    Some(place.at_ns)
}

/// A bid at the best ask, or some ticks above: for one quote, or in the book until a later change.
pub(crate) fn cross(
    tape: &Tape,
    moments: &mut [Moment],
    place: Place,
    random: &mut Random,
) -> Option<Nanos> {
    let record = &mut moments[place.moment].records[place.record];
    let above = random.within(0, 10);
    let id = record[0].head().instrument;
    if record[0].head().kind == abi::SLOT_QUOTE {
        let quote = *record[0].quote();
        let tick = (quote.ask_price - quote.bid_price).max(1);
        let bid_price = quote.ask_price + above * tick;
        record[0] = Slot::from(abi::Quote { bid_price, ..quote });
        return Some(place.at_ns);
    }
    let about = tape.instruments.iter().find(|(other, _)| *other == id)?;
    if about.1.checksum != abi::CHECKSUM_NONE {
        return None;
    }
    // As it stands after the change itself.
    let (bid, ask) = best_before(tape, place.moment + 1, id)?;
    let price = ask + above * (ask - bid).max(1);
    let same = |slot: &Slot| slot.head().kind == abi::SLOT_DEPTH && slot.head().instrument == id;
    let rest = (place.at_ns + SECOND / 2, Nanos::MAX);
    let until = *places(moments, rest, same).first()?;
    for (place, qty) in [(place, 1), (until, 0)] {
        let record = &mut moments[place.moment].records[place.record];
        let mut depth = *record[0].depth();
        let mut all = levels(record);
        all.insert(0, Level { price, qty });
        depth.bids += 1;
        *record = with_levels(depth, &all);
    }
    Some(place.at_ns)
}

/// A trade of many times what nine of ten seconds with trades have.
pub(crate) fn volume(
    tape: &Tape,
    moments: &mut [Moment],
    place: Place,
    random: &mut Random,
) -> Option<Nanos> {
    let id = moments[place.moment].records[place.record][0].head().instrument;
    let mut seconds: Vec<(Nanos, i64)> = Vec::new();
    for moment in &tape.moments {
        for record in &moment.records {
            let head = record[0].head();
            if head.kind != abi::SLOT_TRADE || head.instrument != id {
                continue;
            }
            let second = moment.at_ns / SECOND;
            match seconds.last_mut().filter(|(last, _)| *last == second) {
                Some((_, sum)) => *sum += record[0].trade().qty,
                None => seconds.push((second, record[0].trade().qty)),
            }
        }
    }
    // With fewer there is no usual volume to speak of.
    let known = seconds.iter().filter(|(second, _)| *second < place.at_ns / SECOND).count();
    if known < 20 {
        return None;
    }
    let mut sums: Vec<i64> = seconds.iter().map(|(_, sum)| *sum).collect();
    sums.sort_unstable();
    let usual = sums[sums.len() * 9 / 10] as f64;
    let record = &mut moments[place.moment].records[place.record][0];
    let qty = (usual * random.octaves(30.0, 300.0)) as i64;
    *record = Slot::from(abi::Trade { qty, ..*record.trade() });
    Some(place.at_ns)
}

/// Takes records of a kind out, where their ids tell.
pub(crate) fn lose(
    tape: &Tape,
    moments: &mut [Moment],
    place: Place,
    kind: u16,
    random: &mut Random,
) -> Option<Nanos> {
    let record = moments[place.moment].records[place.record][0];
    let id = record.head().instrument;
    let same = |slot: &Slot| slot.head().kind == kind && slot.head().instrument == id;
    let all = places(moments, (0, Nanos::MAX), same);
    let here = all.iter().position(|p| (p.moment, p.record) == (place.moment, place.record))?;
    let count = random.within(1, 21) as usize;
    let next = *all.get(here + count)?;
    if kind == abi::SLOT_TRADE {
        let id = |place: &Place| moments[place.moment].records[place.record][0].trade().trade_id;
        let before = all[here.checked_sub(130)?..here + count].windows(2);
        if !before.into_iter().all(|two| id(&two[0]) + 1 == id(&two[1])) {
            return None;
        }
    } else {
        let flags = abi::DEPTH_DENSE | abi::DEPTH_PREVIOUS;
        let chained = tape.scope_of(id) == Some(abi::SCOPE_INSTRUMENT);
        if !chained || record.depth().flags & flags == 0 {
            return None;
        }
    }
    for lost in all[here..here + count].iter().rev() {
        moments[lost.moment].records.remove(lost.record);
    }
    Some(next.at_ns)
}
