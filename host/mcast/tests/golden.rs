//! The bytes of every kind, put together by hand.
#![allow(clippy::unwrap_used)]

mod common;

use common::small::{NOW, Small, head, level};
use patchbay_abi as abi;
use patchbay_mcast::{
    Datagram, HEADER, Kind, Nbbo, Payload, Publisher, PublisherConfig, STALE, WHOLE,
};

/// Everything that a publisher sends for `slots` and then for one tick, but for heartbeats.
fn sent(host: &Small, slots: &[abi::Slot]) -> Vec<Vec<u8>> {
    let config = PublisherConfig {
        publisher: 0x2a,
        channels: [true, false],
        derived_quotes: false,
        ..PublisherConfig::default()
    };
    let mut publisher = Publisher::new(config, 0x00c0_ffee).unwrap();
    let mut sent = Vec::new();
    let mut sink = |channel: u8, bytes: &[u8]| {
        assert_eq!(channel, 1);
        sent.push(bytes.to_vec());
    };
    publisher.turn(NOW, slots, host, &mut sink);
    publisher.tick(NOW, host, &mut sink);
    publisher.tick(NOW + 5_000_000_000, host, &mut sink);
    publisher.tick(NOW + 5_150_000_000, host, &mut sink);
    publisher.end(NOW, &mut sink);
    sent
}

/// The one datagram of a kind: header fields behind `send_ts`, and payload, as hexadecimal.
fn bytes_of(kind: Kind, sent: &[Vec<u8>]) -> (String, String, u8) {
    let found = sent.iter().find(|bytes| bytes.starts_with(b"PB") && bytes[3] == kind as u8);
    let found = found.unwrap_or_else(|| panic!("no {kind:?}"));
    let decoded = Datagram::decode(found).unwrap();
    assert_eq!(decoded.header.session, 0x2ac0_ffee);
    assert_eq!(usize::from(decoded.header.payload_len), found.len() - HEADER);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    (hex(&found[48..60]), hex(&found[HEADER..]), decoded.header.flags)
}

fn assert_bytes(kind: Kind, sent: &[Vec<u8>], header: &str, payload: &[&str]) {
    let (got_header, got, _) = bytes_of(kind, sent);
    assert_eq!(got_header, header.replace(' ', ""), "{kind:?}: header from venue_sequence");
    assert_eq!(got, payload.concat().replace(' ', ""), "{kind:?}: payload");
}

const ZERO: &str = "0000000000000000";

#[test]
fn trade_and_order() {
    let trade = abi::Trade {
        head: head(abi::SLOT_TRADE, 0, 0x0102),
        price: 0x1122_3344,
        qty: 5,
        trade_id: 0xffee_ddcc_bbaa_9988,
        fills: 3,
        aggressor: abi::SIDE_SELL,
        id_hashed: 1,
        flags: 0,
    };
    let order = abi::Order {
        head: abi::Head { flags: 4 | 2 << 4 | 1 << 6, ..head(abi::SLOT_ORDER, 0, 9) },
        order_id: 1,
        price: -2,
        qty: 3,
        trade_id: 4,
    };
    let sent = sent(&Small::new(1), &[trade.into(), trade.into(), order.into()]);
    let one = "4433221100000000 0500000000000000 8899aabbccddeeff 02 01 000000000000";
    assert_bytes(Kind::Trade, &sent, "0201000000000000 fe fd 0200", &[one, one]);
    let order = "0100000000000000 feffffffffffffff 0300000000000000 04 02 01 0000000000 04";
    assert_bytes(Kind::Order, &sent, "0900000000000000 fe fd 0100", &[order, "00000000000000"]);
}

#[test]
fn book_and_its_state() {
    let mut host = Small::new(1);
    let mut slots = host.snapshot(0, 7, 1);
    let snapshot = sent(&host, &slots);
    assert_bytes(
        Kind::BookState,
        &snapshot,
        "0700000000000000 fe fd 0100",
        &["02 02 0100 00000000"],
    );
    let levels = [
        "0100 0100 00000000",
        "0f27000000000000 0500000000000000",
        "1127000000000000 0600000000000000",
    ];
    assert_bytes(Kind::Book, &snapshot, "0700000000000000 fe fd 0200", &levels);
    assert_eq!(bytes_of(Kind::Book, &snapshot).2, WHOLE | patchbay_mcast::SNAPSHOT);

    slots.push(host.state(0, abi::BOOK_STALE, abi::CAUSE_GAP));
    let states: Vec<_> = sent(&host, &slots);
    let stale = states.iter().filter(|bytes| bytes[3] == Kind::BookState as u8).nth(1).unwrap();
    assert_eq!(stale[4], WHOLE | STALE);
    assert_eq!(stale[HEADER..], [3, 0, 3, 0, 0, 0, 0, 0]);
    let change = host.change(0, 8, &[level(9_998, 0)]);
    assert_eq!(change.len(), 2, "a head and one slot of levels");
}

#[test]
fn quote_nbbo_features_signal() {
    let mut quote_head = head(abi::SLOT_QUOTE, 0, 3);
    quote_head.flags = abi::QUOTE_VENUE | abi::QUOTE_SAME_IDS;
    let (bid_price, bid_qty, ask_price, ask_qty) = (1, 2, 3, 4);
    let quote = abi::Quote { head: quote_head, bid_price, bid_qty, ask_price, ask_qty };
    let packed = 0x02_0006_0005;
    let nbbo_head = head(abi::SLOT_NBBO, 0, packed);
    let nbbo = abi::Nbbo { head: nbbo_head, bid_price, bid_qty, ask_price, ask_qty };
    let feature_head = head(abi::SLOT_FEATURE, 0, 0);
    let feature = abi::Feature { head: feature_head, value: 1.0, feature: 258, reserved: [0; 5] };
    let signal = abi::Signal {
        head: head(abi::SLOT_SIGNAL, abi::NO_INSTRUMENT, 0),
        model: 3,
        horizon_ms: 500,
        value: -2.0,
        confidence: 0.5,
        reserved: 0,
    };
    let slots = [quote.into(), nbbo.into(), feature.into(), signal.into()];
    let sent = sent(&Small::new(1), &slots);
    let prices = "0100000000000000 0200000000000000 0300000000000000 0400000000000000";
    assert_bytes(Kind::Quote, &sent, "0300000000000000 fe fd 0100", &["01 00000000000000", prices]);
    let rest = "0500 0600 00000000 00000000 02 000000";
    assert_bytes(Kind::Nbbo, &sent, &format!("{ZERO} fe fd 0100"), &[prices, rest]);
    let feature = "0201 000000000000 000000000000f03f";
    assert_bytes(Kind::Features, &sent, &format!("{ZERO} fe fd 0100"), &[feature]);
    let signal = "03000000 f4010000 00000000000000c0 000000000000e03f";
    assert_bytes(Kind::Signal, &sent, &format!("{ZERO} 00 00 0100"), &[signal]);
}

#[test]
fn definitions_heartbeat_end() {
    let mut host = Small::new(1);
    host.name = true;
    host.link = (2, 1);
    let about = &mut host.about[0];
    (about.tick, about.lot, about.contract_size, about.contract_exp) = (5, 6, 7, -1);
    (about.base, about.quote, about.settle) = ("B".into(), "QQ".into(), "".into());
    about.expiry_ns = 8;
    let sent = sent(&host, &[]);
    let instrument = [
        "01000000 0100 02 fe fd 00000000000000",
        "0500000000000000 0600000000000000 0700000000000000 ff 00000000000000 0800000000000000",
        "02 5330 05 732e757364 01 42 02 5151 00",
    ];
    assert_bytes(Kind::Instrument, &sent, &format!("{ZERO} fe fd 0100"), &instrument);
    let venue = "0100 0200 0100 0300 03 6f6b78 06 6c696e656172";
    assert_bytes(Kind::Venue, &sent, &format!("{ZERO} 00 00 0100"), &[venue]);
    let name = "02 00000000000000 03000000 01 6d 02 6270";
    assert_bytes(Kind::Name, &sent, &format!("{ZERO} 00 00 0100"), &[name]);
    let (_, heartbeat, _) = bytes_of(Kind::Heartbeat, &sent);
    let beat = sent.iter().find(|bytes| bytes[3] == Kind::Heartbeat as u8).unwrap();
    let next = u64::from_le_bytes(beat[16..24].try_into().unwrap()) + 1;
    let next: String = next.to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(heartbeat, format!("{next}{next}"));
    assert_bytes(Kind::End, &sent, &format!("{ZERO} 00 00 0000"), &[]);
    let ends = sent.iter().filter(|bytes| bytes[3] == Kind::End as u8).count();
    assert_eq!(ends, 3);
    let texts: Vec<_> = sent.iter().filter(|bytes| !bytes.starts_with(b"PB")).collect();
    assert!(texts.contains(&&b"CONN|okx|2|1|3".to_vec()));
    assert!(texts.contains(&&b"EXCHANGE|okx|linear|7|9|1000000000".to_vec()));
}

#[test]
fn ages_of_an_nbbo_are_read() {
    let bytes = [&[0; 36][..], &7u32.to_le_bytes(), &9u32.to_le_bytes(), &[4, 0, 0, 0]].concat();
    let mut datagram = [&[0; HEADER][..], &bytes].concat();
    let header = patchbay_mcast::Header {
        channel: 1,
        sequence: 1,
        count: 1,
        ..patchbay_mcast::Header::of(Kind::Nbbo)
    };
    header.seal(&mut datagram);
    let Payload::Nbbo(Nbbo { bid_age_us, ask_age_us, state, .. }) =
        Datagram::decode(&datagram).unwrap().payload
    else {
        panic!("not an Nbbo");
    };
    assert_eq!((bid_age_us, ask_age_us, state), (7, 9, 4));
}
