//! What the host wants, and what of it a venue has.

use patchbay_model::Kind;
use patchbay_plugin::AdapterCx;
use patchbay_plugin::abi::LOG_WARN;

use crate::desk::Known;
use crate::{Channel, Line, Topic, Venue, When};

/// Symbol and channels that the host wants.
#[derive(Clone, Debug)]
pub(crate) struct Want {
    pub(crate) product: u8,
    pub(crate) kind: Kind,
    pub(crate) symbol: String,
    pub(crate) channels: u32,
}

/// Streams of an instrument over a line, as bits of places.
pub(crate) fn bits<V: Venue>(
    line: Line,
    (index, channels): (u32, u32),
    known: Known<'_, V>,
) -> u32 {
    let Ok(listing) = known.directory.get(index) else {
        return 0;
    };
    let sent = |(_, c): &(usize, &Channel)| {
        let wanted = c.of & channels != 0 && c.lines.contains(&line);
        wanted && known.venue.has(c, &listing.symbol)
    };
    V::STREAMS.iter().enumerate().filter(sent).map(|(place, _)| 1 << place).sum()
}

/// Channels and topics that are asked about instruments of a product.
pub(crate) fn polled<V: Venue>(product: u8) -> impl Iterator<Item = (u32, Topic)> {
    V::CALLS.iter().filter_map(move |call| match call.when {
        When::While(channels, of) if of.contains(&product) => Some((channels, call.topic)),
        _ => None,
    })
}

/// The instrument, if the venue's list has it; if it has others, the operator learns what to do.
pub(crate) fn listed<V: Venue>(
    want: &Want,
    known: Known<'_, V>,
    cx: &AdapterCx<'_>,
) -> Option<u32> {
    let Want { product, kind, symbol, .. } = want;
    let directory = known.directory;
    let listed = |symbol: &str| {
        let found = directory.find(*product, symbol);
        found.filter(|(_, listing)| listing.listed && listing.kind == *kind)
    };
    if let Some((index, _)) = listed(symbol) {
        return Some(index);
    }
    if directory.knows(*product) {
        let (name, upper) = (directory.product(*product).name, symbol.to_uppercase());
        let remedy = match listed(&upper) {
            Some(_) => format!("write {upper}"),
            None => format!("see {}", known.list_of(*product)),
        };
        cx.log(LOG_WARN, &format!("{name} has no symbol {symbol}; {remedy}"));
    }
    None
}
