//! Every recorded frame and snapshot against an independent decoding.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::captures;
use patchbay_binance::Binance;
use patchbay_plugin::abi::{
    DEPTH_DENSE, DEPTH_FIRST, DEPTH_PARTIAL, DEPTH_PREVIOUS, DEPTH_SNAPSHOT, OK, OUTCOME_IGNORED,
    QUOTE_SAME_IDS, QUOTE_VENUE, SCOPE_INSTRUMENT, SCOPE_NONE, SIDE_BUY, SIDE_SELL, SLOT_DEPTH,
    SLOT_MARK, SLOT_QUOTE, SLOT_TRADE, TRADE_AGGREGATED, TRADE_OFF_BOOK,
};
use patchbay_plugin::model::{Decimal, Kind, format_decimal, parse_decimal};
use patchbay_testkit::{Capture, Input, Played, Player, corpus, laws};
use serde_json::Value;

/// A record, decoded the slow way. Prices and quantities stay text.
#[derive(Debug)]
enum Plain<'a> {
    Depth { ids: [u64; 3], flags: u8, scope: u8, sides: [Vec<(&'a str, &'a str)>; 2] },
    Trade { id: u64, price: &'a str, qty: &'a str, aggressor: u8, flags: u16, fills: u32 },
    Quote { id: u64, values: [&'a str; 4] },
    Mark { values: [&'a str; 3], rate: &'a str, next_ms: i64 },
    Nothing,
}

fn parse(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn side(value: &Value) -> Vec<(&str, &str)> {
    let levels = value.as_array().unwrap().iter();
    levels.map(|l| (text(&l[0]), text(&l[1]))).collect()
}

fn decode(data: &Value, kind: Kind) -> Plain<'_> {
    let spot = kind == Kind::Spot;
    let aggressor = |m: &Value| match m.as_bool().unwrap() {
        true => SIDE_SELL,
        false => SIDE_BUY,
    };
    match data["e"].as_str() {
        Some("depthUpdate") => Plain::Depth {
            ids: [number(&data["U"]), number(&data["u"]), data["pu"].as_u64().unwrap_or(0)],
            flags: DEPTH_FIRST | if spot { DEPTH_DENSE } else { DEPTH_PREVIOUS },
            scope: SCOPE_INSTRUMENT,
            sides: [side(&data["b"]), side(&data["a"])],
        },
        Some("trade") => Plain::Trade {
            id: number(&data["t"]),
            price: text(&data["p"]),
            qty: text(&data["q"]),
            aggressor: aggressor(&data["m"]),
            flags: match data["X"].as_str() {
                Some("MARKET") | None => 0,
                Some(_) => TRADE_OFF_BOOK,
            },
            fills: 0,
        },
        Some("aggTrade") => Plain::Trade {
            id: number(&data["a"]),
            price: text(&data["p"]),
            qty: text(&data["q"]),
            aggressor: aggressor(&data["m"]),
            flags: TRADE_AGGREGATED,
            fills: (number(&data["l"]) - number(&data["f"]) + 1) as u32,
        },
        Some("markPriceUpdate") => Plain::Mark {
            values: [text(&data["p"]), text(&data["i"]), text(&data["P"])],
            rate: text(&data["r"]),
            next_ms: data["T"].as_i64().unwrap(),
        },
        Some("bookTicker") | None => Plain::Quote {
            id: number(&data["u"]),
            values: ["b", "B", "a", "A"].map(|key| text(&data[key])),
        },
        Some(_) => Plain::Nothing,
    }
}

fn decode_snapshot(data: &Value) -> Plain<'_> {
    let sides = [side(&data["bids"]), side(&data["asks"])];
    let full = sides[0].len().max(sides[1].len()) >= 1000;
    Plain::Depth {
        ids: [0, number(&data["lastUpdateId"]), 0],
        flags: DEPTH_SNAPSHOT | if full { DEPTH_PARTIAL } else { 0 },
        scope: SCOPE_NONE,
        sides,
    }
}

/// Whether the records of `played` are `plain`, which is of `symbol`; how many numbers agreed.
fn compare(
    played: &Played,
    player: &Player,
    symbol: &str,
    exchange_ms: i64,
    plain: &Plain<'_>,
) -> usize {
    assert_eq!(played.status, OK);
    let mut records = played.records();
    let Some(record) = records.next() else {
        assert!(matches!(plain, Plain::Nothing), "nothing for {plain:?}");
        assert_eq!(played.outcome, OUTCOME_IGNORED);
        return 0;
    };
    let (slot, head) = (record.slot, record.head());
    let instrument = &player.instruments()[head.instrument as usize];
    assert_eq!(instrument.symbol, symbol);
    assert_eq!((head.exchange_ns, head.receive_ns), (exchange_ms * 1_000_000, player.now()));
    let (price_exp, qty_exp) = (instrument.price_exp, instrument.qty_exp);
    let at = |text: &str, exp| parse_decimal(text.as_bytes(), exp).unwrap();
    let pair = |(p, q): &(&str, &str)| (at(p, price_exp), at(q, qty_exp));
    match plain {
        Plain::Depth { ids, flags, scope, sides } => {
            let depth = slot.depth();
            assert_eq!(depth.head.kind, SLOT_DEPTH);
            assert_eq!([depth.first, depth.head.sequence, depth.previous], *ids);
            assert_eq!((depth.flags, depth.scope), (*flags, *scope));
            let [bids, asks] =
                sides.each_ref().map(|side| side.iter().map(pair).collect::<Vec<_>>());
            assert_eq!((record.bids(), record.asks()), (bids, asks));
            2 * sides.iter().map(Vec::len).sum::<usize>()
        }
        Plain::Trade { id, price, qty, aggressor, flags, fills } => {
            let trade = slot.trade();
            assert_eq!(trade.head.kind, SLOT_TRADE);
            assert_eq!((trade.head.sequence, trade.trade_id), (*id, *id));
            assert_eq!((trade.price, trade.qty), pair(&(*price, *qty)));
            assert_eq!((trade.aggressor, trade.flags), (*aggressor, *flags));
            assert_eq!((trade.fills, trade.id_hashed), (*fills, 0));
            2
        }
        Plain::Quote { id, values } => {
            let quote = slot.quote();
            assert_eq!(quote.head.kind, SLOT_QUOTE);
            assert_eq!(quote.head.flags, QUOTE_VENUE | QUOTE_SAME_IDS);
            assert_eq!(quote.head.sequence, *id);
            let [b, bq, a, aq] = values;
            assert_eq!((quote.bid_price, quote.bid_qty), pair(&(*b, *bq)));
            assert_eq!((quote.ask_price, quote.ask_qty), pair(&(*a, *aq)));
            4
        }
        Plain::Mark { values, rate, next_ms } => {
            let mark = slot.mark();
            assert_eq!(mark.head.kind, SLOT_MARK);
            let found = [mark.mark, mark.index, mark.settle];
            assert_eq!(found, values.map(|v| at(v, mark.exp)));
            let funding = records.next().and_then(|next| next.funding().copied()).unwrap();
            assert_eq!(funding.rate, at(rate, funding.rate_exp));
            assert_eq!(funding.next_ns, next_ms * 1_000_000);
            4
        }
        Plain::Nothing => panic!("records for a frame that is not consumed"),
    }
}

#[test]
fn every_recorded_frame_is_what_an_independent_decoding_says() {
    let Some(corpus) = corpus() else { return };
    let (mut frames, mut numbers, mut snapshots) = (0, 0, 0);
    for files in captures(&corpus) {
        let shown = files[0].strip_prefix(&corpus).unwrap().display();
        let kind = match shown.to_string() {
            path if path.starts_with("binance-spot") => Kind::Spot,
            path if path.starts_with("binance-usdm") => Kind::Linear,
            _ => Kind::Inverse,
        };
        let mut player = Player::of::<Binance>();
        let (mut here, mut fallbacks) = (0, 0);
        for file in &files {
            let capture = Capture::open(file).unwrap();
            for event in capture.events() {
                let played = player.play(&event.input);
                assert_eq!(played.status, OK, "{} {}", event.input, played.log);
                let (url, value) = match event.input {
                    Input::Frame { bytes, .. } => ("", parse(bytes)),
                    Input::Reply { url, body, .. } => (url, parse(body)),
                    _ => continue,
                };
                if let Input::Frame { .. } = event.input {
                    let data = &value["data"];
                    let time = data["E"].as_i64().unwrap_or(0);
                    let plain = decode(data, kind);
                    numbers += compare(&played, &player, text(&data["s"]), time, &plain);
                    here += 1;
                    fallbacks += usize::from(played.fell_back());
                    if let Some(found) = played.slots.first() {
                        let index = found.head().instrument as usize;
                        assert_eq!(player.instruments()[index].kind, kind);
                    }
                } else if value.get("lastUpdateId").is_some() {
                    let symbol = url.split(['=', '&']).nth(1).unwrap_or_else(|| {
                        let seen = &player.instruments()[0].symbol;
                        value["symbol"].as_str().unwrap_or(seen)
                    });
                    let time = value["E"].as_i64().unwrap_or(0);
                    let plain = decode_snapshot(&value);
                    numbers += compare(&played, &player, symbol, time, &plain);
                    snapshots += 1;
                }
            }
        }
        println!("{shown}: {here} frames, {fallbacks} fell back");
        assert!(here > 0, "{shown}");
        if shown.to_string().contains("2024") {
            assert_eq!(fallbacks, 0, "{shown}");
        }
        frames += here;
    }
    println!("{frames} frames, {snapshots} snapshots, {numbers} prices and quantities");
    assert!(frames > 400_000 && snapshots > 30);
}

#[test]
fn two_players_read_a_recording_alike() {
    let Some(corpus) = corpus() else { return };
    for files in captures(&corpus) {
        let captures: Vec<_> = files.iter().map(|file| Capture::open(file).unwrap()).collect();
        let events = captures.iter().flat_map(Capture::events);
        laws::same_input_same_output(Player::of::<Binance>, events.map(|e| e.input).take(20_000));
    }
}

#[test]
fn every_recorded_price_and_quantity_comes_back() {
    let Some(corpus) = corpus() else { return };
    let mut count = 0;
    let mut check = |text: &str| {
        let places = text.split_once('.').map_or(0, |(_, f)| f.len()) as i8;
        let own = parse_decimal(text.as_bytes(), -places).unwrap();
        assert_eq!(format_decimal(own, -places), text);
        let wide = parse_decimal(text.as_bytes(), -8).unwrap();
        let (own, wide) =
            (Decimal { mantissa: own, exp: -places }, Decimal { mantissa: wide, exp: -8 });
        assert!(own.compare(wide).is_eq());
        let printed = format_decimal(wide.mantissa, -8);
        assert!(
            printed.starts_with(text) && printed[text.len()..].bytes().all(|b| b"0.".contains(&b))
        );
        count += 1;
    };
    for file in captures(&corpus).iter().flatten() {
        let capture = Capture::open(file).unwrap();
        for payload in capture.events().filter_map(|event| event.input.payload()) {
            let json = str::from_utf8(payload).unwrap();
            // Decimal texts are the strings that begin with a digit and hold only digits and one
            // point; ids and times are bare numbers.
            for text in json.split('"').skip(1).step_by(2) {
                let decimal = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
                if decimal && text.starts_with(|c: char| c.is_ascii_digit()) {
                    check(text);
                }
            }
        }
    }
    println!("{count} texts");
    assert!(count > 1_000_000);
}

/// What the test itself makes of a step: mantissa of `text` at `exp` by moving the point.
fn shifted(text: &str, exp: i8) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let places = usize::from(exp.unsigned_abs());
    let padded = format!("{fraction:0<places$}");
    let (kept, lost) = padded.split_at(places);
    assert!(lost.bytes().all(|b| b == b'0'), "{text} at {exp}");
    format!("{whole}{kept}").parse().unwrap()
}

#[test]
fn recorded_exchange_info_defines_what_it_says() {
    let Some(corpus) = corpus() else { return };
    for (file, kind, handful) in [
        (
            "binance-spot/cryptofeed-20211012/BINANCE.0.gz",
            Kind::Spot,
            ["BTCUSDT", "SHIBUSDT", "NKNUSDT", "ETHBTC", "BTCIDRT"],
        ),
        (
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.0.gz",
            Kind::Linear,
            ["BTCUSDT", "SUSHIUSDT", "CTKUSDT", "BTCUSDT_210924", "ETHUSDT"],
        ),
        (
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.0.gz",
            Kind::Inverse,
            ["BTCUSD_PERP", "BTCUSD_210924", "ETHUSD_PERP", "TRXUSD_PERP", "LINKUSD_211231"],
        ),
    ] {
        let capture = Capture::open(&corpus.join(file)).unwrap();
        let Some(Input::Reply { url, body, .. }) = capture.events().map(|e| e.input).next() else {
            panic!("{file} begins with exchangeInfo");
        };
        let value = parse(body);
        let symbols = value["symbols"].as_array().unwrap();
        let mut player = Player::of::<Binance>();
        let played = player.reply(0, url, body);
        assert_eq!((played.status, player.instruments().len()), (OK, symbols.len()));
        assert_eq!(played.log, "");
        for name in handful {
            let entry = symbols.iter().find(|s| s["symbol"] == name).expect(name);
            let found = player.instruments().iter().find(|i| i.symbol == name).unwrap();
            let filter = |kind: &str, key: &str| {
                let filters = entry["filters"].as_array().unwrap().iter();
                let mut filters = filters.filter(|f| f["filterType"] == kind);
                filters.next().map(|f| text(&f[key]).to_owned())
            };
            let spot = kind == Kind::Spot;
            let precision = |key: &str| entry[key].as_u64().unwrap_or(8) as i8;
            assert_eq!((found.kind, found.provisional), (kind, false));
            let declared = precision(if spot { "quotePrecision" } else { "pricePrecision" });
            assert_eq!(found.price_exp, -declared, "{name}");
            let tick = filter("PRICE_FILTER", "tickSize").unwrap();
            assert_eq!(found.tick, shifted(&tick, found.price_exp), "{name}");
            let (min, max) = (filter("LOT_SIZE", "minQty"), filter("LOT_SIZE", "maxQty"));
            let max = max.unwrap();
            let widest = if spot { 8 } else { precision("quantityPrecision") };
            let digits = max.split('.').next().unwrap().len() as i8;
            // Three digits of headroom within the 18 that always fit.
            if digits + widest + 3 <= 18 {
                assert_eq!(found.qty_exp, -widest, "{name}");
            } else {
                assert!(found.qty_exp > -widest, "{name} {max}");
            }
            let lot = filter("LOT_SIZE", "stepSize").unwrap();
            assert_eq!(found.lot, shifted(&lot, found.qty_exp), "{name}");
            assert_eq!(found.min_qty, shifted(&min.unwrap(), found.qty_exp));
            assert_eq!(found.max_qty, shifted(&max, found.qty_exp));
            let notional = filter("MIN_NOTIONAL", if spot { "minNotional" } else { "notional" });
            let exact = notional.map_or(0, |n| shifted(&n, found.notional_exp));
            assert_eq!(found.min_notional, exact, "{name}");
            assert_eq!(found.base, text(&entry["baseAsset"]));
            assert_eq!(found.quote, text(&entry["quoteAsset"]));
            assert_eq!(found.settle, entry["marginAsset"].as_str().unwrap_or(""));
            let size = entry["contractSize"].as_i64().unwrap_or(1);
            assert_eq!((found.contract_size, found.contract_exp), (size, 0));
            let perpetual = spot || entry["contractType"] == "PERPETUAL";
            let expiry = entry["deliveryDate"].as_i64().unwrap_or(0) * 1_000_000;
            assert_eq!(found.expiry_ns, if perpetual { 0 } else { expiry });
            println!(
                "{name}: tick {tick} = {}e{}, lot {lot} = {}e{}",
                found.tick, found.price_exp, found.lot, found.qty_exp
            );
        }
    }
}
