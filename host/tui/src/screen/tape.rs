//! The last messages of one instrument, as a tape that runs or stands.

use patchbay_control::{Book, Message, MessageKind, Status, Tape};
use patchbay_model::trimmed;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::format::{Places, count, span, time_of_day};
use crate::rows;
use crate::table::{self, Cell, Column, nothing, put, section, width_of};
use crate::theme::Theme;
use crate::view::View;

const COLUMNS: [Column; 12] = [
    Column::number("Number", 9, 5),
    Column::word("Received", 0),
    Column::number("Delay", 7, 3),
    Column::word("Kind", 0),
    Column::word("Side", 1),
    Column::number("Price", 9, 0),
    Column::number("Quantity", 8, 0),
    Column::number("Ask", 9, 1),
    Column::number("Ask qty", 8, 1),
    Column::number("Levels", 6, 2),
    Column::text("About", 5, 1),
    Column::number("Sequence", 12, 4),
];

/// Lines for the selected message, and the height from which there are more of them.
const DETAIL: u16 = 5;
const HIGH: u16 = 36;

/// How prices and quantities of a tape are written.
#[derive(Clone, Copy)]
struct Digits {
    price: Places,
    qty: Places,
}

/// The tape of the selected book, and one of its messages in full.
pub(crate) fn draw(status: &Status, view: &View, theme: Theme, area: Rect, buf: &mut Buffer) {
    let Some(book) = rows::selected_book(status, view) else {
        let body = section(buf, area, "Tape", theme);
        let hidden = !view.filter.is_empty() && !status.books.is_empty();
        let text =
            if hidden { "no book passes the filter" } else { "no instrument is defined yet" };
        return nothing(buf, body, text, theme);
    };
    let Some(tape) = rows::tape_of(status, book) else {
        let body = section(buf, area, &of(book), theme);
        return nothing(buf, body, "asking the host", theme);
    };
    let detail = match area.height {
        HIGH.. => DETAIL * 2,
        12.. => DETAIL,
        _ => 0,
    };
    let above = Rect { height: area.height - detail, ..area };
    let digits = Digits::of(tape);
    let Some(message) = list(tape, book, view, digits, theme, above, buf) else { return };
    let below = Rect { y: above.bottom(), height: detail, ..area };
    full(message, digits, theme, below, buf);
}

fn of(book: &Book) -> String {
    format!("Tape of {}, {} {}", book.symbol, book.venue, book.kind)
}

/// As many messages as fit; returns the selected one, or the newest.
fn list<'a>(
    tape: &'a Tape,
    book: &Book,
    view: &View,
    digits: Digits,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<&'a Message> {
    let messages = &tape.messages;
    let ids: Vec<_> = messages.iter().map(|message| message.number.to_string()).collect();
    let at = view.tape.position(&ids);
    let height = usize::from(area.height.saturating_sub(2));
    // The selected message stands in the middle as long as there is something on either side.
    let first = (at + 1).saturating_sub(height / 2 + 1).min(messages.len().saturating_sub(height));
    let from = if view.tape.at.is_some() { first } else { messages.len().saturating_sub(height) };
    let shown = &messages[from..messages.len().min(from + height)];
    let held = (tape.newest + u64::from(tape.oldest > 0)).saturating_sub(tape.oldest);
    let hint = if view.tape.at.is_some() { "G for the newest" } else { "newest last" };
    let only = view.tape.only.map_or(String::new(), |kind| format!(", only {}", kind.word()));
    let title =
        format!("{}, {} of {} held{only}, {hint}", of(book), count(held), count(tape.newest));
    let body = section(buf, area, &title, theme);
    if messages.is_empty() {
        let none =
            if held == 0 { "no message was received yet" } else { "none of that kind is held" };
        nothing(buf, body, none, theme);
        return None;
    }
    let cells: Vec<_> = shown.iter().map(|message| row(message, digits, theme)).collect();
    let selected = view.tape.at.is_some().then(|| at - from.min(at));
    table::draw(&COLUMNS, &cells, selected, theme, body, buf);
    messages.get(at)
}

fn row(message: &Message, digits: Digits, theme: Theme) -> Vec<Cell> {
    let style = match &*message.side {
        "buy" => theme.bid(),
        "sell" => theme.ask(),
        _ => Style::new(),
    };
    let price = |price: Option<i64>| price.map_or(String::new(), |price| digits.price.text(price));
    let qty = |qty: Option<i64>| qty.map_or(String::new(), |qty| digits.qty.text(qty));
    let level = |side: &[[i64; 2]], at: usize| side.first().map(|level| level[at]);
    // A book's bids stand where the price of a trade does.
    let (left, left_style) = match (message.price, message.values.first()) {
        (Some(own), _) => (price(Some(own)), style),
        (None, Some(value)) => (trimmed(value.mantissa, value.exp), Style::new()),
        (None, None) => (price(level(&message.bids, 0)), theme.bid()),
    };
    let levels = match message.kind {
        MessageKind::Depth => format!("{}+{}", message.levels[0], message.levels[1]),
        _ => String::new(),
    };
    vec![
        Cell::new(count(message.number)),
        Cell::new(time_of_day(message.receive_ns, true)),
        Cell::new(delay(message)),
        Cell::new(message.kind.word()),
        Cell::styled(&*message.side, style),
        Cell::styled(left, left_style),
        Cell::new(qty(message.qty.or_else(|| level(&message.bids, 1)))),
        Cell::styled(price(level(&message.asks, 0)), theme.ask()),
        Cell::new(qty(level(&message.asks, 1))),
        Cell::new(levels),
        Cell::new(message.about.join(", ")),
        Cell::new(if message.sequence == 0 {
            "-".to_owned()
        } else {
            message.sequence.to_string()
        }),
    ]
}

/// From the venue's time to the read of the socket; where clocks are apart it may be negative.
fn delay(message: &Message) -> String {
    if message.exchange_ns == 0 {
        return "-".to_owned();
    }
    let ns = message.receive_ns.saturating_sub(message.exchange_ns);
    let sign = if ns < 0 { "-" } else { "" };
    format!("{sign}{}", span(ns.saturating_abs()))
}

/// Everything that is known of one message, as far as there is room: numbers whole or not at all.
fn full(message: &Message, digits: Digits, theme: Theme, area: Rect, buf: &mut Buffer) {
    let title = format!("Message {}", count(message.number));
    let body = section(buf, area, &title, theme);
    let id = (message.id != 0).then(|| format!("id {}", message.id));
    let sequence = (message.sequence != 0).then(|| format!("update {}", message.sequence));
    let sent = (message.exchange_ns != 0).then(|| {
        format!("sent {}, {} before", time_of_day(message.exchange_ns, true), delay(message))
    });
    let received = format!("received {}", time_of_day(message.receive_ns, true));
    let values = message
        .values
        .iter()
        .map(|value| format!("{} {}", value.name, trimmed(value.mantissa, value.exp)));
    let about = message.about.iter().cloned();
    let words = [Some(message.kind.word().to_owned()), id, sequence, Some(received), sent];
    let words: Vec<String> = words.into_iter().flatten().chain(about).chain(values).collect();
    let used = filled(&words, words.len(), theme.strong(), body, buf);
    let rest = Rect { y: body.y + used, height: body.height - used, ..body };
    let sides = [(&message.bids, theme.bid()), (&message.asks, theme.ask())];
    let half = rest.width / 2;
    for (at, (side, style)) in (0..).zip(sides) {
        let texts: Vec<String> = side.iter().map(|level| digits.level(level)).collect();
        let all = message.levels[usize::from(at)] as usize;
        let column = Rect { x: rest.x + at * half, width: half, ..rest };
        filled(&texts, all.max(texts.len()), style, column, buf);
    }
}

/// Texts over the lines of `area`, none of them broken, and how many of `all` are missing; returns
/// the lines used.
fn filled(texts: &[String], all: usize, style: Style, area: Rect, buf: &mut Buffer) -> u16 {
    let (mut x, mut line) = (1, 0);
    for (at, text) in texts.iter().enumerate() {
        let more = format!("{} more", all - at);
        let behind = if at + 1 == all { 0 } else { width_of(&more) + 2 };
        let mut room = x + width_of(text) < area.width;
        if !room && line + 1 < area.height {
            (x, line) = (1, line + 1);
            room = 1 + width_of(text) < area.width;
        }
        let last = line + 1 >= area.height;
        if !room || (last && x + width_of(text) + behind >= area.width) {
            if x + width_of(&more) < area.width {
                put(buf, area, x, line, &more, style);
            }
            return area.height;
        }
        x = put(buf, area, x, line, text, style) + 2;
    }
    if all > texts.len() {
        let more = format!("{} more", all - texts.len());
        if x + width_of(&more) < area.width {
            put(buf, area, x, line, &more, style);
        }
    }
    (line + u16::from(!texts.is_empty())).min(area.height)
}

impl Digits {
    fn of(tape: &Tape) -> Self {
        let column = |at: usize, own: fn(&Message) -> Option<i64>| {
            tape.messages.iter().flat_map(move |message| {
                let levels = message.bids.iter().chain(&message.asks).map(move |level| level[at]);
                levels.chain(own(message))
            })
        };
        Self {
            price: Places::of(column(0, |message| message.price), tape.price_exp),
            qty: Places::of(column(1, |message| message.qty), tape.qty_exp),
        }
    }

    fn level(self, [price, qty]: &[i64; 2]) -> String {
        format!("{}×{}", self.qty.text(*qty), self.price.text(*price))
    }
}
