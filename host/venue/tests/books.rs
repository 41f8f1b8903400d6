//! Every book that is served is a true state of the recorded stream.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::*;
use patchbay_venue::binance::{Binance, COINM, SPOT as SPOT_PRODUCT, USDM as USDM_PRODUCT};
use patchbay_venue::{Limits, Pace, Product, Protocol, Recording, VenueHandle};
use serde_json::Value;

/// Both sides: quantity by price, as numbers would order them, zeros at the end left off.
type Sides = [BTreeMap<String, String>; 2];

/// A book kept by the published rules alone.
#[derive(Clone, Default)]
struct Client {
    sides: Sides,
    last: Option<u64>,
}

fn key(price: &str) -> String {
    let (whole, fraction) = price.split_once('.').unwrap_or((price, ""));
    format!("{whole:0>12}.{fraction:0<10}")
}

fn plain(qty: &str) -> String {
    let qty = if qty.contains('.') { qty.trim_end_matches('0').trim_end_matches('.') } else { qty };
    qty.to_owned()
}

impl Client {
    fn apply(&mut self, body: &Value, keys: [&str; 2]) {
        for (side, name) in self.sides.iter_mut().zip(keys) {
            for level in body[name].as_array().unwrap() {
                let (price, qty) = (level[0].as_str().unwrap(), plain(level[1].as_str().unwrap()));
                if qty == "0" {
                    side.remove(&key(price));
                } else {
                    side.insert(key(price), qty);
                }
            }
        }
    }

    fn snapshot(body: &Value) -> Self {
        let mut client = Self { last: body["lastUpdateId"].as_u64(), ..Self::default() };
        client.apply(body, ["bids", "asks"]);
        client
    }

    /// Applies a change; panics on a gap.
    fn change(&mut self, product: Product, body: &Value, first: &mut bool) {
        let (from, to) = (body["U"].as_u64().unwrap(), body["u"].as_u64().unwrap());
        let last = self.last.unwrap();
        match product {
            SPOT_PRODUCT if to <= last => return,
            SPOT_PRODUCT => assert!(from <= last + 1, "gap: {last}, then {from}"),
            _ if to < last => return,
            _ if *first => {
                let previous = body["pu"].as_u64().unwrap();
                assert!(
                    previous.min(from) <= last,
                    "no bridge: {last}, then {previous} {from} {to}"
                );
            }
            _ => assert_eq!(body["pu"].as_u64(), Some(last), "gap"),
        }
        *first = false;
        self.apply(body, ["b", "a"]);
        self.last = Some(to);
    }
}

const CASES: [(&[&str], Product, &str, &str, &str); 6] = [
    (
        SPOT,
        SPOT_PRODUCT,
        "/ws/ethusdt@depth@100ms",
        "/api/v3/depth?symbol=ETHUSDT",
        "ethusdt@depth@100ms",
    ),
    (
        USDM,
        USDM_PRODUCT,
        "/public/ws/btcusdt@depth@0ms",
        "/fapi/v1/depth?symbol=BTCUSDT",
        "btcusdt@depth@0ms",
    ),
    (
        SMALL_USDM,
        USDM_PRODUCT,
        "/public/ws/sushiusdt@depth@100ms",
        "/fapi/v1/depth?symbol=SUSHIUSDT",
        "sushiusdt@depth@100ms",
    ),
    (
        SMALL_COINM,
        COINM,
        "/ws/bchusd_perp@depth@100ms",
        "/dapi/v1/depth?symbol=BCHUSD_PERP",
        "bchusd_perp@depth@100ms",
    ),
    (
        SMALL_COINM,
        COINM,
        "/ws/linkusd_211231@depth@100ms",
        "/dapi/v1/depth?symbol=LINKUSD_211231",
        "linkusd_211231@depth@100ms",
    ),
    (
        SMALL_SPOT,
        SPOT_PRODUCT,
        "/ws/zilusdt@depth@100ms",
        "/api/v3/depth?symbol=ZILUSDT",
        "zilusdt@depth@100ms",
    ),
];

/// The recording replayed without the venue, up to a change.
struct Truth {
    client: Client,
    changes: std::vec::IntoIter<Value>,
    first: bool,
}

impl Truth {
    fn new(recording: &Recording, product: Product, name: &str, snapshot: &Value) -> Self {
        let frames = recording.played(product, name);
        let frames = frames.map(|frame| serde_json::from_slice::<Value>(frame).unwrap());
        let changes: Vec<_> = frames.map(|mut frame| frame["data"].take()).collect();
        Self { client: Client::snapshot(snapshot), changes: changes.into_iter(), first: true }
    }

    /// The book after the change with this last id; there must be one.
    fn at(&mut self, product: Product, id: u64) -> &Sides {
        while self.client.last != Some(id) {
            let change = self.changes.next().unwrap();
            self.client.change(product, &change, &mut self.first);
        }
        &self.client.sides
    }
}

async fn book(venue: &VenueHandle, path: &str) -> Value {
    let answer = get(venue, &format!("{path}&limit=1000")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn snapshots_and_changes_make_the_recorded_book() {
    for (files, product, path, rest, name) in CASES {
        let Some(recording) = recording(files) else { return };
        let mut config = config(&recording);
        let unlimited =
            Limits { weight_per_minute: u32::MAX, ..Binance::default().limits(product) };
        (config.limits, config.queue) = (Some(unlimited), 8);
        let venue = start(config);
        let mut client = ws(&venue, path).await;
        let recorded = book(&venue, rest).await;
        assert!(recorded["bids"].as_array().unwrap().len() > 100);
        let mut truth = Truth::new(&recording, product, name, &recorded);
        venue.play();
        // One book from the recorded snapshot; another, now and then, from where the stream is.
        let mut whole = Client::snapshot(&recorded);
        let (mut later, mut checked, mut gap_free) = (None, 0, true);
        let changes = recording.played(product, name).count();
        for change in 0..changes {
            if change % (changes / 8 + 1) == changes / 16 {
                let body = book(&venue, rest).await;
                let id = body["lastUpdateId"].as_u64().unwrap();
                let known = truth.at(product, id);
                for (side, keys) in ["bids", "asks"].into_iter().enumerate() {
                    let levels = body[keys].as_array().unwrap();
                    let most = levels.len();
                    assert!(most == 1000 || most == known[side].len(), "{most}");
                    let ordered: Vec<_> = match side {
                        0 => known[side].iter().rev().take(most).collect(),
                        _ => known[side].iter().take(most).collect(),
                    };
                    for (level, (price, qty)) in levels.iter().zip(ordered) {
                        assert_eq!(&key(level[0].as_str().unwrap()), price);
                        assert_eq!(&plain(level[1].as_str().unwrap()), qty);
                    }
                }
                checked += 1;
                later = Some((Client::snapshot(&body), true));
            }
            let frame: Value = serde_json::from_str(&text(&mut client).await.unwrap()).unwrap();
            let mut first = change == 0;
            whole.change(product, &frame, &mut first);
            if let Some((later, first)) = &mut later {
                later.change(product, &frame, first);
                gap_free &= !*first || frame["u"].as_u64() < later.last.map(|l| l + 1);
            }
        }
        let end = truth.at(product, whole.last.unwrap());
        assert_eq!(&whole.sides, end);
        let (later, _) = later.unwrap();
        assert_eq!(later.last, whole.last);
        // Books of 1000 levels agree as far as both know the levels.
        for side in 0..2 {
            let best = |book: &Sides| -> Vec<_> {
                let levels: Vec<_> = book[side].clone().into_iter().collect();
                match side {
                    0 => levels.into_iter().rev().take(500).collect(),
                    _ => levels.into_iter().take(500).collect(),
                }
            };
            assert_eq!(best(&later.sides), best(end), "{name} {side}");
        }
        assert!(gap_free);
        say(&format!("{name}: {changes} changes, {checked} books checked"));
        assert!(checked >= 6, "{checked}");
        let served = venue.ledger().rest.iter().filter(|call| call.id.is_some()).count();
        assert_eq!(served, checked + 1);
    }
}

#[tokio::test]
async fn shallow_books_and_refusals() {
    let Some(recording) = recording(SMALL_COINM) else { return };
    let venue = start(config(&recording));
    let shallow = get(&venue, "/dapi/v1/depth?symbol=BCHUSD_PERP&limit=5").await;
    let body: Value = serde_json::from_str(&shallow.body).unwrap();
    assert_eq!(body["bids"].as_array().unwrap().len(), 5);
    assert_eq!(body["symbol"], "BCHUSD_PERP");
    assert_eq!(shallow.header("X-MBX-USED-WEIGHT-1M"), Some("2"));
    for (path, status) in [
        ("/dapi/v1/depth?symbol=NOSUCH", 400),
        ("/dapi/v1/depth?limit=5", 400),
        ("/dapi/v1/depth?symbol=BCHUSD_PERP&limit=7000", 400),
        ("/dapi/v1/openInterest?symbol=BCHUSD_PERP", 404),
        ("/dapi/v1/nothing", 404),
        ("/stream", 404),
        ("/dapi/v1/time", 200),
    ] {
        let answer = get(&venue, path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(status == 200 || body["code"].as_i64().unwrap() < 0);
    }
}

#[tokio::test]
async fn without_a_recorded_snapshot_there_is_no_book() {
    let Some(recording) = recording(&["binance-spot/hftbacktest/btcusdt_20230405.dat.gz"]) else {
        return;
    };
    let venue = start(config(&recording));
    let answer = get(&venue, "/api/v3/depth?symbol=BTCUSDT&limit=1000").await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert_eq!(recording.played(SPOT_PRODUCT, "btcusdt@depth@100ms").count(), 3929, "all of it");
}

#[tokio::test]
async fn instruments_recorded_or_made_of_what_was() {
    let Some(coinm) = recording(SMALL_COINM) else { return };
    let Some(usdm) = recording(USDM) else { return };
    let venue = start(config(&coinm));
    let body = get(&venue, "/dapi/v1/exchangeInfo").await.body;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["serverTime"], 1_626_836_043_975_u64, "the recorded one");
    assert!(venue.ledger().derived.is_empty());

    let venue = start(config(&usdm));
    let body = get(&venue, "/fapi/v1/exchangeInfo").await.body;
    let body: Value = serde_json::from_str(&body).unwrap();
    let symbol = &body["symbols"][0];
    assert_eq!(
        (symbol["symbol"].as_str(), symbol["baseAsset"].as_str()),
        (Some("BTCUSDT"), Some("BTC"))
    );
    assert_eq!(symbol["filters"][0]["tickSize"], "0.1");
    assert_eq!(symbol["filters"][1]["stepSize"], "0.001");
    assert_eq!(symbol["pricePrecision"], 2);
    assert_eq!(venue.ledger().derived, ["usdm instruments: from symbols and digits seen"]);
}

#[tokio::test]
async fn weight_is_counted_then_429_then_418() {
    let Some(recording) = recording(SMALL_COINM) else { return };
    let mut config = config(&recording);
    let limits = Limits { weight_per_minute: 50, strikes: 2, ..Binance::default().limits(COINM) };
    config.limits = Some(limits);
    config.pace = Pace::AsRead;
    let venue = start(config);
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let answer = get(&venue, "/dapi/v1/depth?symbol=BCHUSD_PERP&limit=1000").await;
        let retry: Option<u64> = answer.header("Retry-After").map(|text| text.parse().unwrap());
        statuses.push(answer.status);
        match answer.status {
            200 => assert_eq!(retry, None),
            429 => assert!((50..=60).contains(&retry.unwrap())),
            _ => assert!((110..=120).contains(&retry.unwrap())),
        }
    }
    assert_eq!(statuses, [200, 200, 429, 429, 418, 418]);
    let ledger = venue.ledger();
    assert_eq!(ledger.rest.iter().map(|call| call.weight).collect::<Vec<_>>()[..3], [20, 40, 60]);
}
