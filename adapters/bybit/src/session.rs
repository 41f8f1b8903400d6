//! Topics: which there are, what they are called, how they are asked for.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::{INVERSE, LINEAR, OPTION, SPOT};

const S: Line = Line::of(SPOT, 0);
const L: Line = Line::of(LINEAR, 0);
const I: Line = Line::of(INVERSE, 0);
const O: Line = Line::of(OPTION, 0);

impl Streams for Market {
    /// V5 websocket/public. Level 1 is the best bid and ask; options have none, their tickers do.
    const STREAMS: &'static [Channel] = &[
        Channel::of(CHANNEL_DEPTH, &[S, L, I, O], "orderbook"),
        Channel::of(CHANNEL_QUOTES, &[S, L, I], "orderbook.1"),
        Channel::of(CHANNEL_TRADES, &[S, L, I, O], "publicTrade"),
        Channel::of(FIGURES, &[L, I], "tickers"),
        Channel::of(FIGURES | CHANNEL_QUOTES, &[O], "tickers"),
        Channel::of(CHANNEL_LIQUIDATIONS, &[L, I], "allLiquidation"),
    ];
    /// V5 websocket/public/orderbook, Process snapshot/delta: a subscription begins with a snapshot.
    const HEAL: Heal = Heal::Resubscribe(0);
    /// V5 ws/connect, Public channel - Args limits.
    const ROOM: Room = Room { bytes: 21_000, ..Room::FREE };
    /// V5 ws/connect, How to Send the Heartbeat Packet.
    const PING: Ping = Ping { every_s: 20, text: r#"{"op":"ping"}"# };
    const ANSWERS: bool = true;

    fn path(line: Line) -> &'static str {
        let paths =
            ["/v5/public/spot", "/v5/public/linear", "/v5/public/inverse", "/v5/public/option"];
        paths[usize::from(line.product)]
    }

    /// Trades of options are told by base coin (V5 websocket/public/trade).
    fn name(&self, line: Line, channel: &Channel, symbol: &str) -> String {
        let option = line.product == OPTION;
        match channel.name {
            "orderbook" => format!("orderbook.{}.{symbol}", self.depth[usize::from(!option)]),
            "publicTrade" if option => {
                format!("publicTrade.{}", symbol.split('-').next().unwrap_or_default())
            }
            name => format!("{name}.{symbol}"),
        }
    }

    /// V5 ws/connect, How to Subscribe to Topics.
    fn request(&self, _line: Line, verb: Verb, streams: &[Stream], ids: &mut Ids) -> Send {
        let (op, id) = (verb.pick("subscribe", "unsubscribe"), ids.next());
        let args = Stream::join(streams, "\",\"");
        Send::text(format!(r#"{{"req_id":"{id}","op":"{op}","args":["{args}"]}}"#))
    }

    /// V5 ws/connect: spot takes 10 topics a request.
    fn batch(line: Line) -> Batch {
        let streams = if line.product == SPOT { 10 } else { 200 };
        Batch { streams, bytes: 21_000 }
    }
}

const FIGURES: u32 = CHANNEL_MARK | CHANNEL_FUNDING | CHANNEL_OPEN_INTEREST;
