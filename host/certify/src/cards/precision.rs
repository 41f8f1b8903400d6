//! 203: no digit is lost. The frames are recorded ones in which a symbol and a level were replaced:
//! they try the parser and are no market data.

use std::ops::Range;

use patchbay_naive::{What, plain};
use patchbay_plugin::model::{Instrument, format_decimal, trimmed};
use patchbay_testkit::{Input, Player};
use patchbay_venue::Protocol;

use crate::corpus::Recording;
use crate::outcome::Finding;
use crate::subject::connection;

/// One more than the largest number up to which doubles hold every integer: 2^53 + 1.
const PROBE: i64 = 9_007_199_254_740_993;
/// Levels of a frame that is tried with every instrument: a whole book of a hundred thousand says no
/// more, and is read three times an instrument.
const FEW: usize = 100;

/// A recorded change of a book, its symbol, its connection, and where its levels stand.
struct Template<'a> {
    text: &'a str,
    symbol: String,
    conn: u32,
    /// In the order in which they stand; each is a price (true) or a quantity.
    spans: Vec<(Range<usize>, bool)>,
    /// Side of the first level.
    side: usize,
}

/// Tries every instrument that `player` has defined from a list.
pub(crate) fn compare(
    player: &mut Player,
    protocol: &dyn Protocol,
    recording: &Recording,
    finding: &mut Finding,
) {
    finding.add("instruments", 0);
    let Some(template) = template(protocol, recording) else { return };
    // What a symbol means depends on the connection.
    let played = player.play(&Input::text(template.conn, template.text));
    let of = played.records().find_map(|record| record.depth().map(|depth| depth.head.instrument));
    let of = of.and_then(|index| player.instruments().get(index as usize));
    let Some(kind) = of.map(|about| about.kind) else { return };
    let listed = player.instruments().iter().filter(|about| !about.provisional);
    let listed: Vec<_> = listed.filter(|about| about.kind == kind).cloned().collect();
    for about in &listed {
        finding.add("instruments", 1);
        let price = format_decimal(PROBE, about.price_exp);
        let qty = format_decimal(PROBE, about.qty_exp);
        if let Err(wrong) = template.comes_back(player, about, &price, &qty) {
            finding.fail(|| format!("{}: {wrong}", about.symbol));
        }
        // One digit too many.
        for (what, price, qty) in
            [("price", finer(&price), qty.clone()), ("quantity", price.clone(), finer(&qty))]
        {
            let frame = template.with(&about.symbol, &price, &qty);
            let played = player.play(&Input::text(template.conn, &frame));
            if played.accepted() && !played.slots.is_empty() {
                let symbol = &about.symbol;
                finding
                    .fail(|| format!("{symbol}: a {what} beyond its exponent was taken: {frame}"));
            }
        }
    }
}

/// The first change of a book in a recording with a level, and with few.
fn template<'a>(protocol: &dyn Protocol, recording: &'a Recording) -> Option<Template<'a>> {
    recording.records.iter().find_map(|record| {
        let What::Frame(text) = &record.what else { return None };
        let told = protocol.told(text.as_bytes())?;
        told.depth?;
        let payload = text.as_bytes().get(told.payload.clone())?;
        let levels = protocol.levels(payload);
        let side = levels.first().filter(|_| levels.len() <= FEW)?.side;
        let from = told.payload.start;
        let at = |range: Range<usize>| range.start + from..range.end + from;
        let both = levels.into_iter().map(|l| [(at(l.price), true), (at(l.qty), false)]);
        let mut spans: Vec<_> = both.flatten().collect();
        spans.sort_by_key(|(span, _)| span.start);
        Some(Template { text, symbol: told.symbol, conn: connection(record), spans, side })
    })
}

impl Template<'_> {
    /// The frame with another symbol and other levels.
    fn with(&self, symbol: &str, price: &str, qty: &str) -> String {
        let (mut text, mut from) = (String::new(), 0);
        for (span, is_price) in &self.spans {
            text.push_str(&self.text[from..span.start]);
            text.push_str(if *is_price { price } else { qty });
            from = span.end;
        }
        text.push_str(&self.text[from..]);
        let lower = (self.symbol.to_lowercase(), symbol.to_lowercase());
        text.replace(&self.symbol, symbol).replace(&lower.0, &lower.1)
    }

    fn comes_back(
        &self,
        player: &mut Player,
        about: &Instrument,
        price: &str,
        qty: &str,
    ) -> Result<(), String> {
        let frame = self.with(&about.symbol, price, qty);
        let played = player.play(&Input::text(self.conn, &frame));
        let record = played.records().find(|record| record.depth().is_some());
        let Some(record) = record.filter(|_| played.accepted()) else {
            return Err(format!("no change of a book came out of {frame}: {}", played.log));
        };
        let levels = if self.side == 0 { record.bids() } else { record.asks() };
        let Some(&(found_price, found_qty)) = levels.first() else {
            return Err(format!("no level came out of {frame}"));
        };
        let found = [trimmed(found_price, about.price_exp), trimmed(found_qty, about.qty_exp)];
        for (found, given) in found.iter().zip([price, qty]) {
            if plain(given).as_ref() != Some(found) {
                return Err(format!("{given} came out as {found}"));
            }
        }
        Ok(())
    }
}

/// The same text with one digit more.
fn finer(text: &str) -> String {
    let point = if text.contains('.') { "" } else { "." };
    format!("{text}{point}1")
}
