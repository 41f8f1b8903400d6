//! Rate limits, as buckets that the host keeps for all instances.

use patchbay_plugin::abi::{BUCKET_ADDRESS, BUCKET_CONNECTION, BucketCost};
use patchbay_plugin::{AdapterCx, Bucket, Error};

use crate::product::{Product, SECOND, Settings};
use crate::request::Topic;

/// What is limited, for each product.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    /// REST `REQUEST_WEIGHT` per minute and address (SPOT rest-api.md, IP Limits; DERIV
    /// General Info, Limits).
    Weight,
    /// Connection attempts per 5 minutes and address (SPOT web-socket-streams.md, WebSocket
    /// Limits; futures state none, the same is kept).
    Connects,
    /// Messages per second to one connection, pings and pongs included (same section; DERIV
    /// Websocket Market Streams, Connect).
    Messages,
}

impl Limit {
    const ALL: [(Self, &str); 3] =
        [(Self::Weight, "rest weight"), (Self::Connects, "connects"), (Self::Messages, "messages")];

    const fn id(self, product: Product) -> u32 {
        product as u32 * 3 + self as u32
    }

    pub(crate) fn cost(self, product: Product, cost: u32) -> Vec<BucketCost> {
        let bucket = self.id(product);
        vec![BucketCost { bucket, cost }]
    }
}

/// Declares the limits of the products in use.
pub(crate) fn declare(settings: &Settings, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
    for &product in &settings.products {
        let venue = settings.venue(product);
        for (limit, name) in Limit::ALL {
            let (capacity, seconds, scope) = match limit {
                Limit::Weight => (venue.weight_per_minute, 60, BUCKET_ADDRESS),
                Limit::Connects => (settings.connects_per_5_minutes, 300, BUCKET_ADDRESS),
                Limit::Messages => (venue.messages_per_second, 1, BUCKET_CONNECTION),
            };
            cx.define_bucket(&Bucket {
                id: limit.id(product),
                capacity,
                refill: capacity,
                period_ns: seconds * SECOND,
                scope,
                name: format!("{} {name}", product.name()),
            })?;
        }
    }
    Ok(())
}

/// What a request costs (SPOT rest-api.md, weights of General and Market Data endpoints; DERIV
/// Market Data).
pub(crate) fn weight(topic: Topic, product: Product, levels: u32) -> Vec<BucketCost> {
    let weight = match (topic, product) {
        (Topic::Snapshot, Product::Spot) => match levels {
            0..=100 => 5,
            101..=500 => 25,
            501..=1000 => 50,
            _ => 250,
        },
        (Topic::Snapshot, _) => match levels {
            0..=50 => 2,
            51..=100 => 5,
            101..=500 => 10,
            _ => 20,
        },
        (Topic::Instruments, Product::Spot) => 20,
        _ => 1,
    };
    Limit::Weight.cost(product, weight)
}
