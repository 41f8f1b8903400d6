//! hftbacktest: the parse shape of its connector, an event a level, its vector depth. Its channel
//! and shared memory are left out, and it checks no ids, both in its favour.

use hftbacktest::depth::{L2MarketDepth, MarketDepth, ROIVectorMarketDepth};
use hftbacktest::types::{Event, LOCAL_ASK_DEPTH_EVENT, LOCAL_BID_DEPTH_EVENT};

use super::{TICK, Work};
use crate::decode::connector::{Depth, Stream, read};
use crate::race::{Contender, Step};
use crate::sum::Sum;

pub(crate) fn contender(work: &Work) -> Contender<'_> {
    let mut depth = None;
    Contender::resetting("hftbacktest connector shape + ROIVector", move |step| {
        if step == Step::Reset {
            depth = Some(seeded(&work.tape.snapshot.1));
            return 0;
        }
        let depth = depth.as_mut().expect("it was reset");
        let mut sum = Sum::default();
        let mut events = Vec::new();
        work.feed.each(|_, at, text| {
            let Stream::Depth(message) = read(text.as_bytes()) else { panic!("depth frames only") };
            events.clear();
            produce(&message, at, &mut events);
            for event in &events {
                if event.ev == LOCAL_BID_DEPTH_EVENT {
                    depth.update_bid_depth(event.px, event.qty, event.exch_ts);
                } else {
                    depth.update_ask_depth(event.px, event.qty, event.exch_ts);
                }
            }
            sum.add_level(depth.best_bid_tick(), depth.best_ask_tick());
        });
        sum.0
    })
}

fn produce(message: &Depth, local_ts: i64, events: &mut Vec<Event>) {
    let sides = [(LOCAL_BID_DEPTH_EVENT, &message.bids), (LOCAL_ASK_DEPTH_EVENT, &message.asks)];
    for (ev, levels) in sides {
        for (px, qty) in levels {
            events.push(Event {
                ev,
                exch_ts: message.event * 1_000_000,
                local_ts,
                order_id: 0,
                px: px.parse().expect("a price"),
                qty: qty.parse().expect("a quantity"),
                ival: 0,
                fval: 0.0,
            });
        }
    }
}

fn seeded(body: &[u8]) -> ROIVectorMarketDepth {
    #[derive(serde::Deserialize)]
    struct Snapshot {
        bids: Vec<(String, String)>,
        asks: Vec<(String, String)>,
    }
    let snapshot: Snapshot = serde_json::from_slice(body).expect("a snapshot");
    let value = |text: &String| text.parse::<f64>().expect("a decimal");
    let middle = value(&snapshot.bids[0].0);
    let reach = 32_768.0 * TICK;
    let mut depth = ROIVectorMarketDepth::new(TICK, 0.001, middle - reach, middle + reach);
    for (price, qty) in &snapshot.bids {
        depth.update_bid_depth(value(price), value(qty), 0);
    }
    for (price, qty) in &snapshot.asks {
        depth.update_ask_depth(value(price), value(qty), 0);
    }
    depth
}
