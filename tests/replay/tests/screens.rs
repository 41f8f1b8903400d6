//! The screens of a recorded journal say what the engine's own books say.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::sync::Arc;

use patchbay_abi::Level;
use patchbay_control::Status;
use patchbay_engine::Listing;
use patchbay_history::Captures;
use patchbay_journal::{Input, SEGMENT_BYTES, Writer, WriterConfig};
use patchbay_loader::Kind;
use patchbay_model::{Side, parse_decimal, trimmed};
use patchbay_runtime::live::status_of;
use patchbay_runtime::{
    AdapterSetup, Core, CoreConfig, Files, JournalSource, replay_captures, replay_journal,
};
use patchbay_test_replay::{Plugins, built, corpus, scratch};
use patchbay_tui::{Pane, Show, Theme, View};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// The same minutes on three products.
const CAPTURES: [&str; 3] = [
    "binance-spot/hftbacktest/btcusdt_20240808.gz",
    "binance-usdm/hftbacktest/btcusdt_20240808.gz",
    "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
];

/// Inputs that are recorded.
const INPUTS: u64 = 20_000;

/// A core that was replayed from a journal of the captures.
fn replayed(setup: &AdapterSetup<'static>) -> Option<Core> {
    let captures: Vec<PathBuf> = CAPTURES.iter().map(|file| corpus(file)).collect::<Option<_>>()?;
    let journal = scratch("screens").join("journal");
    let own = WriterConfig { segment_bytes: SEGMENT_BYTES, journal_id: 1 };
    let writer = Writer::create(Files::create(&journal).unwrap(), own).unwrap();
    let mut core = Core::new(CoreConfig { journal: Some(writer), ..CoreConfig::default() });
    core.attach(0, setup).unwrap();
    let mut captures = Captures::open(&captures).unwrap();
    replay_captures(&mut core, &mut captures, |core, _| core.turns() < INPUTS).unwrap();
    core.close().unwrap();
    let mut source = JournalSource::open(&journal).unwrap();
    let again = CoreConfig::default();
    let again = replay_journal(&mut source, again, |_| Ok(*setup), |_, _| Ok(())).unwrap();
    assert_eq!(again.turns(), core.turns());
    Some(again)
}

fn draw(status: &Arc<Status>, view: &View, (width, height): (u16, u16)) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let theme = Theme::new(true);
    terminal.draw(|frame| status.draw(view, theme, frame.area(), frame.buffer_mut())).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..height).map(line).collect()
}

/// Numbers of a line of depth, left to right, without bars.
fn numbers(line: &str) -> Vec<&str> {
    let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    line.split([' ', '█', '▌', '▐', '│']).filter(is_number).collect()
}

/// Whether a text shows a mantissa, spare zeros apart.
fn shows(text: &str, mantissa: i64, exp: i8) -> bool {
    parse_decimal(text.as_bytes(), exp).is_ok_and(|m| trimmed(m, exp) == trimmed(mantissa, exp))
}

fn top(listing: &Listing, side: Side) -> Vec<Level> {
    let mut levels = [Level { price: 0, qty: 0 }; 25];
    let count = listing.book.top(side, &mut levels);
    levels[..count].to_vec()
}

/// The view on which a book is the selected one.
fn on(listing: &Listing) -> View {
    let name = format!("{} binance {}", listing.about.symbol, listing.about.kind);
    let mut view = View { pane: Pane::Books, ..View::default() };
    view.books.selected = Some(name);
    view
}

#[test]
fn screens_of_a_recorded_journal_show_the_engines_own_books() {
    let setup = Plugins::new().load(&built(false).plugin("patchbay-binance"), Kind::Adapter);
    let Some(mut core) = replayed(&setup) else { return };
    let last = core.engine().listings().map(|(_, l)| l.book.receive_ns()).max().unwrap();
    let status = Arc::new(status_of(&core, last).unwrap());
    let books: Vec<&Listing> = core
        .engine()
        .listings()
        .map(|(_, listing)| listing)
        .filter(|listing| listing.tally().book_updates > 0)
        .collect();
    assert_eq!(books.len(), 3);
    assert_eq!(status.totals.book_updates, core.engine().tally().book_updates);
    for (size, least) in [((80, 24), 10), ((200, 60), 25)] {
        let overview = draw(&status, &View::default(), size).join("\n");
        assert!(overview.contains(" 3 Live"), "{overview}");
        for listing in &books {
            let (about, book) = (&listing.about, &listing.book);
            let screen = draw(&status, &on(listing), size);
            let row = screen.iter().find(|line| line.starts_with('>')).unwrap();
            let words: Vec<&str> = row.split_whitespace().collect();
            assert_eq!(words[0], format!(">{}", about.symbol));
            assert!(row.contains(" Live ") && row.contains(" chained "), "{row}");
            let [bids, asks] = [Side::Buy, Side::Sell].map(|side| top(listing, side));
            for best in [&bids[0], &asks[0]] {
                let there = words.iter().any(|word| shows(word, best.price, about.price_exp));
                assert!(there, "{}: {row}", about.symbol);
            }
            let update = format!("update {}", book.sequence());
            assert!(screen.iter().any(|line| line.contains(&update)), "{update} {size:?}");
            let spread = screen.iter().position(|line| line.contains("spread ")).unwrap();
            let levels = bids.iter().zip(&asks).zip(&screen[spread + 1..]).take(least);
            assert_eq!(levels.len(), least, "{} {size:?}", about.symbol);
            for ((bid, ask), line) in levels {
                // The list may stand to the left; the levels are the last four.
                let shown = numbers(line);
                let [bid_qty, bid_price, ask_price, ask_qty] = shown[shown.len() - 4..] else {
                    panic!("not four numbers: {line}");
                };
                assert!(shows(bid_price, bid.price, about.price_exp), "{line}");
                assert!(shows(ask_price, ask.price, about.price_exp), "{line}");
                assert!(shows(bid_qty, bid.qty, about.qty_exp), "{line}");
                assert!(shows(ask_qty, ask.qty, about.qty_exp), "{line}");
            }
        }
    }
    // A book that is not right any more has no levels, on no screen.
    let conn = books[0].conn().unwrap();
    let symbol = books[0].about.symbol.clone();
    let view = on(books[0]);
    let input = Input::Close { conn, code: 1006, reason: "gone", replaced: false };
    core.take(0, last + 1, &input).unwrap();
    let status = Arc::new(status_of(&core, last + 1).unwrap());
    for size in [(80, 24), (200, 60)] {
        let screen = draw(&status, &view, size);
        let row = screen.iter().find(|line| line.starts_with('>')).unwrap();
        assert!(row.contains(&symbol) && row.contains(" Stale "), "{row}");
        assert!(!screen.iter().any(|line| line.contains("spread ")), "{size:?}");
        let why = "not right any more (closed); no levels until it is";
        assert!(screen.iter().any(|line| line.contains(why)), "{size:?}");
    }
}
