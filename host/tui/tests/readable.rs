//! Whatever the size, nothing panics and no number is cut; without colours every word stays.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{heard, lines, screen, starting, text, views};
use patchbay_control::Status;
use patchbay_tui::{App, Gone, Options, Pane, Show, Theme, View, WsMonitor};
use ratatui::style::{Color, Modifier};

/// Words of a screen that have a digit in them.
fn numbers(text: &str) -> BTreeSet<String> {
    let words = text.split([' ', '\n', '─', '│']);
    words.filter(|word| word.contains(|c: char| c.is_ascii_digit())).map(str::to_owned).collect()
}

fn every_size(check: impl Fn((u16, u16))) {
    let widths = (1..40).step_by(6).chain((40..100).step_by(2)).chain((100..=250).step_by(10));
    for width in widths {
        for height in [1, 2, 3, 5, 7, 8, 9, 12, 17, 24, 40, 80] {
            check((width, height));
        }
    }
}

#[test]
fn no_size_panics_on_any_pane() {
    let (full, empty) = (starting(), Arc::new(Status::default()));
    for (_, view) in views() {
        every_size(|size| {
            for status in [&full, &empty] {
                screen(status, &view, Theme::new(true), size);
            }
        });
    }
    every_size(|size| {
        screen(&heard(), &View::default(), Theme::new(true), size);
        screen(&WsMonitor(starting()), &View::default(), Theme::new(true), size);
    });
}

/// A number that is shown somewhere is a number of the widest screens: nothing is a part of one.
#[test]
fn no_number_is_cut_at_any_size() {
    let status = starting();
    for (name, view) in views() {
        let mut whole = numbers(&text(&status, &view, (500, 120)));
        for width in [80, 120, 149, 150, 200] {
            whole.extend(numbers(&text(&status, &view, (width, 120))));
        }
        // "1 to 2 of 3" depends on the height.
        whole.extend((0..10).map(|n| n.to_string()));
        whole.extend((0..10).map(|n| format!("{n},")));
        every_size(|size| {
            if size.0 < 40 || size.1 < 8 {
                return;
            }
            for number in numbers(&text(&status, &view, size)) {
                let cut_text = number.ends_with('…');
                assert!(cut_text || whole.contains(&number), "{name} {size:?}: {number}");
            }
        });
    }
}

#[test]
fn the_essentials_are_there_at_80x24() {
    let overview = text(&starting(), &View::default(), (80, 24));
    for word in [
        "binance",
        "0.1.0",
        "0.1",
        "quarantined",
        "no answer 7.00 s",
        "backoff 4.00 s",
        "612 ns",
        "live",
        "backoff",
        "chained",
        "1,234",
        "12.3 ms",
        "1m23s",
        "23.4 µs",
        "12,345,678",
        "writing",
        "1 Stale",
        "2 Syncing",
        "up 3h12m",
    ] {
        assert!(overview.contains(word), "{word}:\n{overview}");
    }
    assert!(overview.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn wide_terminals_show_books_beside_connections() {
    let overview = text(&starting(), &View::default(), (200, 60));
    let line = |title: &str| overview.lines().find(|line| line.contains(title)).unwrap().to_owned();
    assert!(line(" Books 4").contains(" Plugins 3"));
    let rows = overview.lines().filter(|line| line.contains("linear") || line.contains("KRW-BTC"));
    assert!(rows.clone().count() >= 2, "{overview}");
    assert!(overview.contains(" Connections 3"));
}

#[test]
fn without_colours_the_words_are_the_same() {
    for (_, view) in views() {
        let colour = screen(&starting(), &view, Theme::new(true), (120, 40));
        let plain = screen(&starting(), &view, Theme::new(false), (120, 40));
        assert_eq!(lines(&colour), lines(&plain));
        let painted = |fg: Color, bg: Color| fg != Color::Reset || bg != Color::Reset;
        assert!(plain.content().iter().all(|cell| !painted(cell.fg, cell.bg)));
        assert!(colour.content().iter().any(|cell| painted(cell.fg, cell.bg)));
    }
}

#[test]
fn the_selected_row_is_marked_and_reversed() {
    let view = View { pane: Pane::Connections, ..View::default() };
    let buffer = screen(&starting(), &view, Theme::new(false), (80, 24));
    let row = lines(&buffer).iter().position(|line| line.starts_with('>')).unwrap();
    let row = u16::try_from(row).unwrap();
    assert!((0..80).all(|x| buffer[(x, row)].modifier.contains(Modifier::REVERSED)));
}

#[test]
fn a_host_that_went_is_said_over_what_it_last_was() {
    let mut app = App::new(Options { theme: Theme::new(false), ..Options::default() });
    let show = |app: &App<Arc<Status>>| {
        let mut buffer = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 80, 24));
        app.draw(buffer.area, &mut buffer);
        lines(&buffer)
    };
    assert!(show(&app)[0].contains("asking the host"));
    app.take(Ok(starting()));
    assert!(show(&app)[0].contains("patchbay 0.1.0"));
    app.take(Err(Gone("the host closed the connection".to_owned())));
    let gone = show(&app);
    assert!(gone[0].contains("patchbay 0.1.0"));
    assert!(gone[23].contains("host gone, retrying: the host closed the connection"));
    app.take(Ok(starting()));
    assert!(!show(&app)[23].contains("gone"));
}

#[test]
fn a_filter_that_hides_everything_says_so() {
    let view = View { pane: Pane::Books, filter: "nobody".to_owned(), ..View::default() };
    let books = text(&starting(), &view, (80, 24));
    assert!(books.contains("none passes the filter") && books.contains("filter: nobody"));
    assert!(starting().ids(&view).is_empty());
}
