//! What clients of a running host are told of the last messages, while it takes recorded ones at many
//! times their pace, is what the venue's frames say; and what the screen shows is what they are told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_control::{Client, Detail, MAX_LEVELS, Message, MessageKind, Tape, TapeQuery};
use patchbay_model::{parse_decimal, trimmed};
use patchbay_runtime::live::{LiveConfig, LiveHost};
use patchbay_test_lab::{ALL, Site};
use patchbay_test_replay::{Said, at_exp, corpus};
use patchbay_tui::{Pane, Show, Theme, View};
use patchbay_venue::AtEnd;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// How many times recorded pace.
const PACE: f64 = 40.0;
/// How often messages are asked for, at most, and how many have to be told.
const ASKED: usize = 2_000;
const TOLD: usize = 3_000;

/// Compares a message with its frame; kind and id.
fn compared(said: &Said, tape: &Tape, message: &Message) -> (MessageKind, u64) {
    let level =
        |level: &[i64; 2]| [at_exp(level[0], tape.price_exp), at_exp(level[1], tape.qty_exp)];
    let sides = [&message.bids, &message.asks];
    let own = sides.map(|side| side.iter().map(level).collect::<Vec<_>>());
    match message.kind {
        MessageKind::Trade => {
            let [price, qty] = level(&[message.price.unwrap(), message.qty.unwrap()]);
            assert_eq!(said.trades.get(&message.id), Some(&(price, qty, message.side == "buy")));
            (message.kind, message.id)
        }
        MessageKind::Quote if message.about.is_empty() => {
            assert_eq!(said.quotes.get(&message.sequence), Some(&own));
            (message.kind, message.sequence)
        }
        MessageKind::Depth if message.about.is_empty() => {
            let mut frame = said.depths[&message.sequence].clone();
            let counts = [0, 1].map(|side| frame[side].len());
            assert_eq!(message.levels.map(|count| count as usize), counts);
            frame.iter_mut().for_each(|side| side.truncate(MAX_LEVELS));
            assert_eq!(frame, own);
            (message.kind, message.sequence)
        }
        kind => (kind, message.sequence),
    }
}

/// Lines of the tape on a terminal of that size.
fn draw(host: &LiveHost, detail: &Detail, (width, height): (u16, u16)) -> (Tape, Vec<String>) {
    let status = Arc::new(host.handler().look(detail));
    let view = View { pane: Pane::Tape, ..View::default() };
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let theme = Theme::new(true);
    terminal.draw(|frame| status.draw(&view, theme, frame.area(), frame.buffer_mut())).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (status.tape.clone().unwrap(), (0..height).map(line).collect())
}

/// Whether a line has the number among its words, spare zeros apart.
fn shows(line: &str, mantissa: i64, exp: i8) -> bool {
    let same = |word: &str| {
        parse_decimal(word.as_bytes(), exp).is_ok_and(|m| trimmed(m, exp) == trimmed(mantissa, exp))
    };
    line.split_whitespace().any(same)
}

#[test]
fn what_clients_are_told_is_what_the_frames_say() {
    let Some(capture) = corpus(ALL[0]) else { return };
    let said = Said::of(capture, usize::MAX);
    let site = Site::new("tape", PACE, AtEnd::Stay).unwrap();
    let socket = site.path("run/control");
    let config = LiveConfig { control: Some(socket.clone()), ..site.live() };
    let host = LiveHost::start(config, vec![site.adapter(&[])]).unwrap();
    let mut client = Client::connect(&socket).unwrap();
    let mut seen: BTreeMap<u64, (MessageKind, u64)> = BTreeMap::new();
    let query = TapeQuery { symbol: "ETHUSDT".to_owned(), back: 250, ..TapeQuery::default() };
    let mut at = 0;
    for _ in 0..ASKED {
        let query = TapeQuery { at, ahead: 250, ..query.clone() };
        let Ok(tape) = client.tape(query) else {
            sleep(Duration::from_millis(20));
            continue;
        };
        assert!(tape.messages.is_sorted_by_key(|message| message.number));
        for message in &tape.messages {
            let told = compared(&said, &tape, message);
            let before = seen.insert(message.number, told);
            assert!(before.is_none_or(|before| before == told), "{}", message.number);
        }
        // By turns the newest, and what lies behind the ones that were read.
        let next = tape.messages.last().map_or(0, |message| message.number);
        at = if at == 0 { tape.oldest } else { next };
        if next == tape.newest {
            at = 0;
            sleep(Duration::from_millis(5));
        }
        if seen.len() >= TOLD || site.venue.ledger().ended {
            break;
        }
    }
    println!("{} messages told", seen.len());
    assert!(seen.len() >= TOLD / 3, "{}", seen.len());
    for kind in [MessageKind::Trade, MessageKind::Quote, MessageKind::Depth] {
        let ids: Vec<u64> = seen.values().filter(|(own, _)| *own == kind).map(|it| it.1).collect();
        assert!(ids.len() > 10 && ids.is_sorted(), "{kind:?}: {} in order", ids.len());
    }
    let query = TapeQuery { only: Some(MessageKind::Trade), back: 100, ..query };
    let detail = Detail { tape: Some(query), ..Detail::default() };
    for (size, least) in [((80, 24), 13), ((200, 60), 40)] {
        let (tape, lines) = draw(&host, &detail, size);
        // Title and names of columns are above, the selected message is below.
        let rows: Vec<&String> =
            lines[4..].iter().take_while(|line| !line.starts_with('─')).collect();
        assert!(rows.len() >= least, "{size:?}: {rows:?}");
        for (row, message) in rows.iter().rev().zip(tape.messages.iter().rev()) {
            assert_eq!(message.kind, MessageKind::Trade);
            assert!(row.contains(" trade ") && row.contains(&message.side), "{row}");
            assert!(shows(row, message.price.unwrap(), tape.price_exp), "{row}");
            assert!(shows(row, message.qty.unwrap(), tape.qty_exp), "{row}");
        }
    }
    host.stop();
    site.remove();
}
