//! barter-data: its frame type, its transformer with its sequence check, its book. Its streams, tasks
//! and lock are left out.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use barter_data::Identifier;
use barter_data::books::OrderBook;
use barter_data::event::MarketEvent;
use barter_data::exchange::binance::book::l2::BinanceOrderBookL2Snapshot;
use barter_data::exchange::binance::channel::BinanceChannel;
use barter_data::exchange::binance::futures::l2::{
    BinanceFuturesOrderBookL2Update, BinanceFuturesUsdOrderBooksL2Transformer,
};
use barter_data::exchange::subscription::ExchangeSub;
use barter_data::subscription::Map;
use barter_data::subscription::book::OrderBookEvent;
use barter_data::transformer::ExchangeTransformer;
use barter_instrument::exchange::ExchangeId;
use barter_integration::Transformer;
use rust_decimal::prelude::ToPrimitive;

use super::Work;
use super::feed::Feed;
use crate::race::{Contender, Step};
use crate::sum::Sum;
use crate::tape::USDM;

type Books = BinanceFuturesUsdOrderBooksL2Transformer<u32>;

pub(crate) fn contender(work: &Work) -> Contender<'_> {
    // It subscribes to raw streams: no wrapper.
    let start = br#","data":"#;
    let inner = |bytes: &'_ [u8]| -> usize {
        let at = bytes.windows(start.len()).position(|some| some == start);
        at.expect("a combined frame") + start.len()
    };
    let frames = work.frames.iter().skip(work.from);
    let feed = Feed::of(frames.map(|(kind, at, b)| (kind, at, &b[inner(b)..b.len() - 1])));
    let mut state = None;
    Contender::resetting("barter-data", move |step| {
        if step == Step::Reset {
            state = Some(started(&work.tape.snapshot.1));
            return 0;
        }
        let (transformer, book) = state.as_mut().expect("it was reset");
        let mut sum = Sum::default();
        feed.each(|_, _, text| {
            let update: BinanceFuturesOrderBookL2Update =
                serde_json::from_str(text).expect("a frame");
            for event in transformer.transform(update) {
                book.update(&event.expect("ids in order").kind);
            }
            let ticks = |level: Option<&barter_data::books::Level>| {
                let price =
                    level.and_then(|level| (level.price * rust_decimal::Decimal::TEN).to_i64());
                price.unwrap_or(0)
            };
            sum.add_level(ticks(book.bids().best()), ticks(book.asks().best()));
        });
        sum.0
    })
}

fn started(body: &[u8]) -> (Books, OrderBook) {
    let snapshot: BinanceOrderBookL2Snapshot = serde_json::from_slice(body).expect("a snapshot");
    let event: MarketEvent<u32, OrderBookEvent> =
        MarketEvent::from((ExchangeId::BinanceFuturesUsd, 0, snapshot));
    let mut book = OrderBook::default();
    book.update(&event.kind);
    let id = ExchangeSub::from((BinanceChannel::ORDER_BOOK_L2, USDM.symbol)).id();
    let (sender, _) = tokio::sync::mpsc::unbounded_channel();
    let events = [event];
    let mut made = pin!(Books::init(Map::from_iter([(id, 0)]), &events, sender));
    match made.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(transformer)) => (transformer, book),
        Poll::Ready(Err(error)) => panic!("{error}"),
        Poll::Pending => panic!("it waits for nothing"),
    }
}
