//! A host to look at, and a terminal to look at it with.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses some of it")]

use std::sync::Arc;

use patchbay_control::{
    Book, BookState, Cause, Channel, Connection, ConnectionState, Detector, Evidence, Host,
    Journal, JournalState, Latency, LogLevel, LogRing, Message, MessageKind, Plugin, PluginKind,
    PluginState, Quality, Status, Tape, Totals, Venue,
};
use patchbay_tui::{Pane, Show, Theme, UdpLine, UdpStats, View};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

const SECOND: i64 = 1_000_000_000;
const NOW: i64 = 1_767_227_696 * SECOND;

/// What `item` looks like on a terminal of that size.
pub(crate) fn screen(item: &impl Show, view: &View, theme: Theme, size: (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| item.draw(view, theme, frame.area(), frame.buffer_mut())).unwrap();
    terminal.backend().buffer().clone()
}

/// Its lines, without the blanks at their ends.
pub(crate) fn lines(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    let line = |y| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..area.height).map(|y| line(y).trim_end().to_owned()).collect()
}

pub(crate) fn text(item: &impl Show, view: &View, size: (u16, u16)) -> String {
    lines(&screen(item, view, Theme::new(true), size)).join("\n") + "\n"
}

/// The panes and the help, by name.
pub(crate) fn views() -> Vec<(&'static str, View)> {
    let pane = |pane: Pane| View { pane, ..View::default() };
    let mut views: Vec<_> = Pane::ALL.iter().map(|&p| (p.name(), pane(p))).collect();
    views.push(("Help", View { help: true, ..View::default() }));
    views
}

/// A host between its start and its first snapshots: no price or quantity in it is anybody's.
pub(crate) fn starting() -> Arc<Status> {
    let mut log = LogRing::default();
    log.push(
        NOW - 9 * SECOND,
        LogLevel::Info,
        "loader",
        "binance 0.1.0 loaded, ABI 0.1, generation 1",
    );
    log.push(NOW - 8 * SECOND, LogLevel::Info, "net", "connection 1 to binance is open");
    log.push(NOW - 3 * SECOND, LogLevel::Warn, "book", "ETHUSDT: update 1004 follows 1001; 2 are missing, a snapshot is asked for, and until it comes the book has no levels");
    log.push(
        NOW - 2 * SECOND,
        LogLevel::Error,
        "net",
        "connection 3 to upbit: timed out; again in 4.00 s",
    );
    log.push(NOW - SECOND, LogLevel::Debug, "journal", "segment 00000002.pbj begun");
    Arc::new(Status {
        host: Host {
            version: "0.1.0".to_owned(),
            pid: 4242,
            started_ns: NOW - 11_523 * SECOND,
            now_ns: NOW,
            engine_ns: NOW - SECOND / 5,
            wait: "block".to_owned(),
            production: false,
            limited: true,
            note: String::new(),
            tasks: 9,
        },
        totals: Totals {
            frames: 12_345_678,
            rejected: 1,
            fallback: 23,
            trades: 1_234_567,
            quotes: 4_567_890,
            book_updates: 6_543_210,
            turns: 12_345_690,
            gaps: 2,
            resyncs: 2,
            crossed: 0,
            audits: 1_152,
            faults: 1,
            ..Totals::default()
        },
        plugins: plugins(),
        connections: connections(),
        latency: latency(1_234_567, 1),
        latency_total: latency(12_345_678, 2),
        handover: latency(1_234_567, 1),
        quality: vec![
            Quality {
                venue: "binance".to_owned(),
                step: 1,
                offset: 1,
                offset_ns: -1_270_000_000,
                drift_ppb: 12_300,
                open: vec![Detector::Offset],
                ..Quality::default()
            },
            Quality {
                venue: "upbit".to_owned(),
                silence: 2,
                offset_ns: 41_000_000,
                ..Quality::default()
            },
            Quality {
                venue: "binance".to_owned(),
                symbol: "ETHUSDT".to_owned(),
                kind: "spot".to_owned(),
                order: 12,
                late: 1_234,
                price: 3,
                crossed: 17,
                locked: 5,
                volume: 2,
                gap: 1,
                open: vec![Detector::Gap, Detector::Silence],
                silence: 1,
                ..Quality::default()
            },
            Quality {
                venue: "upbit".to_owned(),
                symbol: "KRW-BTC".to_owned(),
                kind: "spot".to_owned(),
                trade_gap: 1,
                ..Quality::default()
            },
        ],
        venues: vec![
            Venue {
                venue: "binance".to_owned(),
                wanted: 5,
                connections: 2,
                open: 2,
                latency: latency(1_234_000, 1),
                ..Venue::default()
            },
            Venue {
                venue: "upbit".to_owned(),
                wanted: 1,
                connections: 1,
                unreached_since_ns: NOW - 7 * SECOND,
                failures: 3,
                last_error: "upbit.example: no connection within 10s; the venue or the way to it \
                             is slow or down"
                    .to_owned(),
                ..Venue::default()
            },
        ],
        channels: channels(),
        journal: Journal {
            state: JournalState::Writing,
            segments: 2,
            bytes: 123 << 20,
            bytes_max: 8 << 30,
            sequence: 24_691_370,
            unsynced: 12,
        },
        books: books(),
        log: log.lines(),
        tape: Some(tape()),
    })
}

fn latency(count: u64, factor: u64) -> Latency {
    Latency {
        count,
        p50_ns: 8_250 * factor,
        p99_ns: 23_400 * factor,
        p999_ns: 187_000 * factor,
        max_ns: 2_340_000 * factor,
    }
}

fn plugins() -> Vec<Plugin> {
    let plugin = |name: &str, kind, state, faults, ns_per_frame| Plugin {
        name: name.to_owned(),
        kind,
        version: "0.1.0".to_owned(),
        abi: "0.1".to_owned(),
        generation: 1,
        instances: 1,
        state,
        faults,
        frames: 6_172_839,
        ns_per_frame,
        ..Plugin::default()
    };
    vec![
        plugin("binance", PluginKind::Adapter, PluginState::Running, 0, 612),
        plugin("upbit", PluginKind::Adapter, PluginState::Quarantined, 3, 1_050),
        plugin("recorder", PluginKind::Strategy, PluginState::Running, 0, 95),
    ]
}

fn connections() -> Vec<Connection> {
    let connection = |id, venue: &str, state, symbols: &[&str]| Connection {
        id,
        venue: venue.to_owned(),
        url: format!("wss://stream.{venue}.example/ws"),
        symbols: symbols.iter().map(|&symbol| symbol.to_owned()).collect(),
        wanted: 5,
        state,
        evidence: if state == ConnectionState::Live {
            Evidence::Chained
        } else {
            Evidence::Unknown
        },
        age_ns: if state == ConnectionState::Live { 12_300_000 } else { -1 },
        frames_per_s: if state == ConnectionState::Live { 1_234 } else { 0 },
        frames: 12_345_678,
        bytes: 5 << 30,
        bytes_per_s: if state == ConnectionState::Live { 345 << 10 } else { 0 },
        latency: if state == ConnectionState::Live {
            latency(1_234_567, 1)
        } else {
            Latency::default()
        },
        ..Connection::default()
    };
    let mut gapped = connection(2, "binance", ConnectionState::Live, &["ETHUSDT", "SOLUSDT"]);
    (gapped.gaps, gapped.last_gap_ns, gapped.reconnects) = (2, NOW - 83 * SECOND, 1);
    let mut waiting = connection(3, "upbit", ConnectionState::Backoff, &["KRW-BTC"]);
    waiting.retry_at_ns = NOW + 4 * SECOND;
    waiting.last_error = "timed out after 10 s without a frame".to_owned();
    vec![
        connection(1, "binance", ConnectionState::Live, &["BTCUSDT", "BNBUSDT", "XRPUSDT"]),
        gapped,
        waiting,
    ]
}

/// Of the first book: messages without a price in them.
fn tape() -> Tape {
    let message = |number, kind, about: &[&str]| Message {
        number,
        kind,
        sequence: if kind == MessageKind::Depth { 958 + number } else { 0 },
        exchange_ns: if kind == MessageKind::Depth { NOW - SECOND } else { 0 },
        receive_ns: NOW - SECOND + 12_300_000,
        levels: if kind == MessageKind::Depth { [12, 9] } else { [0, 0] },
        about: about.iter().map(|&word| word.to_owned()).collect(),
        ..Message::default()
    };
    Tape {
        symbol: "BTCUSDT".to_owned(),
        venue: "binance".to_owned(),
        kind: "linear".to_owned(),
        price_exp: -2,
        qty_exp: -8,
        oldest: 41,
        newest: 10_040,
        messages: vec![
            message(10_036, MessageKind::Session, &["continuous"]),
            message(10_037, MessageKind::State, &["Syncing", "unproven", "started"]),
            message(10_038, MessageKind::Depth, &[]),
            message(10_039, MessageKind::Quality, &["silence", "begins"]),
            message(10_040, MessageKind::State, &["Syncing", "unproven", "old-snapshot"]),
        ],
    }
}

fn channels() -> Vec<Channel> {
    let channel = |name: &str, group: &str, cycle_of, send_errors| Channel {
        name: name.to_owned(),
        group: group.to_owned(),
        sequence: 9_876_543_210,
        datagrams: 6_543_210,
        bytes: 7 << 30,
        datagrams_per_s: 12_345,
        bytes_per_s: 13 << 20,
        cycle_at: cycle_of / 2,
        cycle_of,
        send_errors,
    };
    vec![channel("trades", "239.10.0.1:9001", 0, 0), channel("books", "239.10.0.2:9002", 120, 3)]
}

fn books() -> Vec<Book> {
    let book = |symbol: &str, venue: &str, kind: &str, state, cause| Book {
        symbol: symbol.to_owned(),
        venue: venue.to_owned(),
        kind: kind.to_owned(),
        state,
        cause,
        age_ns: if state == BookState::Empty { -1 } else { 8_765_432 },
        sequence: if state == BookState::Empty { 0 } else { 1_001 },
        updates_per_s: if state == BookState::Empty { 0 } else { 10 },
        price_exp: -2,
        qty_exp: -8,
        ..Book::default()
    };
    let mut gapped = book("ETHUSDT", "binance", "spot", BookState::Stale, Cause::Gap);
    (gapped.gaps, gapped.resyncs, gapped.last_gap_ns) = (2, 2, NOW - 83 * SECOND);
    vec![
        book("BTCUSDT", "binance", "spot", BookState::Syncing, Cause::Started),
        gapped,
        book("BTCUSDT", "binance", "linear", BookState::Syncing, Cause::OldSnapshot),
        book("KRW-BTC", "upbit", "spot", BookState::Empty, Cause::None),
    ]
}

/// A listener that heard two venues.
pub(crate) fn heard() -> UdpStats {
    let line = |venue: &str, kind: &str, holes| UdpLine {
        group: "239.10.0.1:9001".to_owned(),
        venue: venue.to_owned(),
        kind: kind.to_owned(),
        packets: 1_234_567,
        bytes: 1 << 30,
        packets_per_s: 12_345,
        bytes_per_s: 13 << 20,
        holes,
        missing: holes * 7,
        sequence: 1_234_574,
        age_ns: 1_500_000,
    };
    UdpStats {
        started_ns: NOW - 125 * SECOND,
        now_ns: NOW,
        groups: vec!["239.10.0.1:9001".to_owned(), "239.10.0.2:9002".to_owned()],
        foreign: 2,
        lines: vec![
            line("binance", "trade", 0),
            line("binance", "book", 3),
            line("upbit", "trade", 0),
        ],
    }
}
