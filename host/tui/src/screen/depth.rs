//! The levels of one book.

use patchbay_control::{Book, BookState};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::format::{Places, basis_points, count, span};
use crate::screen::connections::evidence;
use crate::table::{nothing, put, section, width_of};
use crate::theme::{Theme, book_mood};

/// How both sides are written and how wide it gets.
struct Layout {
    price: Places,
    qty: Places,
    price_width: u16,
    qty_width: u16,
    max_qty: i64,
    bar: u16,
}

/// Where one level goes.
struct Side<'a> {
    levels: &'a [[i64; 2]],
    bid: bool,
    style: Style,
}

/// State, spread and as many levels of each side as there are lines, bids left, asks right.
pub(crate) fn draw(book: &Book, theme: Theme, area: Rect, buf: &mut Buffer) {
    let title = format!("{}, {} {}", book.symbol, book.venue, book.kind);
    let area = section(buf, area, &title, theme);
    let x = put(buf, area, 1, 0, book.state.word(), theme.mood(book_mood(book.state)));
    let age = if book.age_ns < 0 { String::new() } else { format!(", {} old", span(book.age_ns)) };
    let cause = book.cause.word();
    let evidence = evidence(book.evidence);
    let about = format!("({evidence}, {cause}), update {}{age}", book.sequence);
    put_whole(buf, area, x + 1, 0, &about, Style::new());
    let counts = format!(
        "{} updates/s, {} gaps, {} resyncs, {} crossed, {} audits, {} convicted",
        count(book.updates_per_s),
        count(book.gaps),
        count(book.resyncs),
        count(book.crossed),
        count(book.audits),
        count(book.convictions),
    );
    put_whole(buf, area, 1, 1, &counts, theme.label());
    let place = match (book.connection, book.cycle_place) {
        (0, 0) => String::new(),
        (0, place) => format!("place {place} in the snapshot cycle"),
        (conn, 0) => format!("by connection {conn}"),
        (conn, place) => format!("by connection {conn}, place {place} in the snapshot cycle"),
    };
    put_whole(buf, area, 3 + width_of(&counts), 1, &place, theme.label());
    let below = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    if area.height < 3 {
        return;
    }
    if book.state != BookState::Live || (book.bids.is_empty() && book.asks.is_empty()) {
        return nothing(buf, below, &why_empty(book), theme);
    }
    levels(book, theme, below, buf);
}

/// Left out rather than cut.
fn put_whole(buf: &mut Buffer, area: Rect, x: u16, y: u16, text: &str, style: Style) {
    if x + width_of(text) <= area.width {
        put(buf, area, x, y, text, style);
    }
}

fn why_empty(book: &Book) -> String {
    let cause = book.cause.word();
    match book.state {
        BookState::Empty => "nothing was received yet".to_owned(),
        BookState::Syncing => format!("waits for a snapshot ({cause}); no levels until then"),
        BookState::Stale => format!("not right any more ({cause}); no levels until it is"),
        _ => "no levels".to_owned(),
    }
}

fn levels(book: &Book, theme: Theme, area: Rect, buf: &mut Buffer) {
    let lines = usize::from(area.height.saturating_sub(1));
    let cut = |side: &'_ [[i64; 2]]| side.len().min(lines);
    let (bids, asks) = (&book.bids[..cut(&book.bids)], &book.asks[..cut(&book.asks)]);
    let half = area.width.saturating_sub(3) / 2;
    let Some(layout) = layout(book, bids, asks, half) else {
        return nothing(buf, area, "too narrow for the levels", theme);
    };
    spread(book, &layout, half, theme, area, buf);
    let below = Rect { y: area.y + 1, height: area.height - 1, ..area };
    for line in 0..below.height.min(u16::try_from(bids.len().max(asks.len())).unwrap_or(0)) {
        put(buf, below, half + 1, line, "│", theme.label());
    }
    let left = Rect { width: half, ..below };
    side(Side { levels: bids, bid: true, style: theme.bid() }, &layout, left, buf);
    let right = Rect { x: below.x + half + 3, width: half, ..below };
    side(Side { levels: asks, bid: false, style: theme.ask() }, &layout, right, buf);
}

/// `None` if a price and a quantity do not stand side by side in `half`.
fn layout(book: &Book, bids: &[[i64; 2]], asks: &[[i64; 2]], half: u16) -> Option<Layout> {
    let column = |at: usize| bids.iter().chain(asks).map(move |level| level[at]);
    let price = Places::of(column(0), book.price_exp);
    let qty = Places::of(column(1), book.qty_exp);
    let widest = |places: Places, at| column(at).map(|m| width_of(&places.text(m))).max();
    let (price_width, qty_width) = (widest(price, 0)?, widest(qty, 1)?);
    let bar = half.checked_sub(price_width + qty_width + 3)?;
    let max_qty = column(1).max().unwrap_or(0).max(1);
    Some(Layout { price, qty, price_width, qty_width, max_qty, bar })
}

fn spread(book: &Book, layout: &Layout, half: u16, theme: Theme, area: Rect, buf: &mut Buffer) {
    let (Some([bid, _]), Some([ask, _])) = (book.bids.first(), book.asks.first()) else { return };
    let distance = match ask.checked_sub(*bid) {
        Some(distance) => Places::of(std::iter::once(distance), book.price_exp).text(distance),
        None => "-".to_owned(),
    };
    let text = format!("spread {distance}  {}", basis_points(*bid, *ask));
    let middle = half + 1;
    let x = middle.saturating_sub(width_of(&text) / 2);
    put_whole(buf, area, x, 0, &text, theme.strong());
    let (bids, asks) = ("bids", "asks");
    if x > 1 + width_of(bids) && layout.bar > 0 {
        put(buf, area, 1, 0, bids, theme.bid());
        put_whole(buf, area, area.width - 1 - width_of(asks), 0, asks, theme.ask());
    }
}

/// The price stands next to the middle, the quantity outside of it, and the bar fills the rest.
fn side(side: Side<'_>, layout: &Layout, area: Rect, buf: &mut Buffer) {
    for (line, [price, qty]) in (0..area.height).zip(side.levels) {
        let (price, qty_text) = (layout.price.text(*price), layout.qty.text(*qty));
        let bar = bar(*qty, layout.max_qty, layout.bar, side.bid);
        let from_price = |from: u16| if side.bid { area.width - from } else { from };
        // Right-aligned on either side, so that the points stand below each other.
        let right = |end: u16, text: &str| end - width_of(text);
        let (price_end, qty_end, bar_at) = if side.bid {
            let qty_end = from_price(layout.price_width + 1);
            (area.width, qty_end, qty_end - layout.qty_width - 1 - width_of(&bar))
        } else {
            let qty_end = layout.price_width + 1 + layout.qty_width;
            (layout.price_width, qty_end, qty_end + 1)
        };
        put(buf, area, right(price_end, &price), line, &price, side.style);
        put(buf, area, right(qty_end, &qty_text), line, &qty_text, Style::new());
        put(buf, area, bar_at, line, &bar, side.style);
    }
}

/// A bar of half blocks; a quantity above nothing has at least half a block.
fn bar(qty: i64, max: i64, width: u16, towards_left: bool) -> String {
    let qty = i128::from(qty.max(0));
    let halves = (qty * i128::from(width) * 2).div_euclid(i128::from(max.max(1)));
    let halves = usize::try_from(halves).unwrap_or(0).max(usize::from(qty > 0 && width > 0));
    let full = "█".repeat(halves / 2);
    match (halves % 2, towards_left) {
        (0, _) => full,
        (_, true) => format!("▐{full}"),
        (_, false) => format!("{full}▌"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion_and_never_nothing() {
        assert_eq!(bar(10, 10, 4, false), "████");
        assert_eq!(bar(5, 10, 3, false), "█▌");
        assert_eq!(bar(5, 10, 3, true), "▐█");
        assert_eq!(bar(1, 1_000_000, 4, true), "▐");
        assert_eq!(bar(0, 10, 4, true), "");
        assert_eq!(bar(i64::MAX, i64::MAX, 2, false), "██");
        assert_eq!(bar(1, 1, 0, false), "");
    }
}
