//! A running host takes what a venue lists by pattern, and says what it does not list.

use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_control::{BookState, Status};
use patchbay_runtime::live::{LiveAdapter, LiveHost};
use patchbay_runtime::names::{Selection, Wanted};
use patchbay_test_lab::Site;
use patchbay_venue::AtEnd;

#[test]
fn a_pattern_brings_books_and_a_name_that_is_not_listed_a_warning() {
    let Some(site) = Site::new("names", 4.0, AtEnd::Repeat) else { return };
    let streams = ["ETH/*", "ETH/USTD"];
    let read = |(at, text): (usize, &&str)| Selection::parse(text, &format!("f.toml:{at}:1"));
    let selections = streams.iter().enumerate().map(|it| read(it).unwrap()).collect();
    let adapter = LiveAdapter {
        wishes: Vec::new(),
        wanted: Wanted::new(selections, None),
        channels: abi::CHANNEL_TRADES | abi::CHANNEL_DEPTH | abi::CHANNEL_QUOTES,
        ..site.adapter(&["products = [\"spot\"]"])
    };
    let host = LiveHost::start(site.live(), vec![adapter]).unwrap();
    let said = "f.toml:1:1: \"ETH/USTD\" is nothing that the venue lists; did you mean ETH/USDT?";
    let is_live = |status: &Status| {
        let live = status.books.iter().filter(|book| book.state == BookState::Live);
        live.map(|book| &*book.symbol).eq(["ETHUSDT"])
    };
    let has_said = |status: &Status| status.log.iter().any(|line| line.text == said);
    let (mut live, mut told) = (false, false);
    for _ in 0..300 {
        let status = host.status();
        (live, told) = (live || is_live(&status), told || has_said(&status));
        if live && told {
            break;
        }
        sleep(Duration::from_millis(100));
    }
    let status = host.stop();
    assert!(live && told, "live: {live}; {:#?}", status.log);
    site.remove();
}
