//! REST requests: what is asked, how an answer is recognised, and what is asked again when.

use patchbay_plugin::abi::{
    PURPOSE_OTHER, PURPOSE_REFERENCE, PURPOSE_SNAPSHOT, PURPOSE_TIME, SCOPE_INSTRUMENT,
};
use patchbay_plugin::model::Nanos;
use patchbay_plugin::{AdapterCx, Error, Http};

use crate::budget::{Limit, snapshot_weight};
use crate::product::{PRODUCTS, Product};
use crate::session::Known;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Instruments,
    Time,
    Snapshot,
    OpenInterest,
    Premium,
}

/// Topics and the last part of their paths.
const TOPICS: [(Topic, &str); 5] = [
    (Topic::Instruments, "exchangeInfo"),
    (Topic::Time, "time"),
    (Topic::Snapshot, "depth"),
    (Topic::OpenInterest, "openInterest"),
    (Topic::Premium, "premiumIndex"),
];

/// One request; its id says all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) topic: Topic,
    pub(crate) product: Product,
    /// 0 where the topic has none.
    pub(crate) instrument: u32,
    /// Failures so far.
    pub(crate) attempt: u8,
}

impl Request {
    pub(crate) const fn new(topic: Topic, product: Product, instrument: u32) -> Self {
        Self {
            topic,
            product,
            instrument,
            attempt: 0,
        }
    }

    /// Bytes from the top: topic + 1, product, attempt, serial; then the instrument.
    fn id(self, serial: u8) -> u64 {
        let head = [
            self.topic as u8 + 1,
            self.product as u8,
            self.attempt,
            serial,
        ];
        u64::from(u32::from_be_bytes(head)) << 32 | u64::from(self.instrument)
    }

    pub(crate) fn from_id(id: u64) -> Option<Self> {
        let [topic, product, attempt, _, instrument @ ..] = id.to_be_bytes();
        Some(Self {
            topic: TOPICS.get(usize::from(topic.checked_sub(1)?))?.0,
            product: *PRODUCTS.get(usize::from(product))?,
            instrument: u32::from_be_bytes(instrument),
            attempt,
        })
    }

    fn same(self, other: Self) -> bool {
        (self.topic, self.product, self.instrument)
            == (other.topic, other.product, other.instrument)
    }
}

/// The topic of a URL; a body without one (hftbacktest's collector writes it so) is a snapshot.
pub(crate) fn topic_of(url: &str) -> Option<Topic> {
    let path = url.split('?').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let is = |(_, end): &&(Topic, &str)| *end == last || (url.is_empty() && *end == "depth");
    TOPICS.iter().find(is).map(|(topic, _)| *topic)
}

/// A parameter of a URL's query, as it stands there.
pub(crate) fn parameter<'u>(url: &'u str, name: &str) -> Option<&'u str> {
    let pairs = url.split_once('?')?.1.split('&');
    let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Percent-encodes what is not unreserved (RFC 3986, section 2.3): symbols need not be ASCII.
pub(crate) fn encoded(symbol: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let encode = |b: u8| match plain(b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    symbol.bytes().map(encode).collect()
}

/// Requests to come. The host has one alarm; the list is short.
#[derive(Default)]
pub(crate) struct Requests {
    serial: u8,
    due: Vec<(Nanos, Request)>,
}

impl Requests {
    pub(crate) fn send(
        &mut self,
        request: Request,
        known: Known<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Request { topic, product, .. } = request;
        let venue = known.settings.venue(product);
        let listing = || known.directory.get(request.instrument);
        let symbol = || listing().map(|listing| encoded(&listing.symbol));
        let levels = venue.snapshot_levels;
        let (purpose, weight, query) = match topic {
            Topic::Instruments if product == Product::Spot => (PURPOSE_REFERENCE, 20, String::new()),
            Topic::Instruments => (PURPOSE_REFERENCE, 1, String::new()),
            Topic::Time => (PURPOSE_TIME, 1, String::new()),
            Topic::Snapshot => {
                let query = format!("?symbol={}&limit={levels}", symbol()?);
                (PURPOSE_SNAPSHOT, snapshot_weight(product, levels), query)
            }
            _ => (PURPOSE_OTHER, 1, format!("?symbol={}", symbol()?)),
        };
        let scope = match topic {
            Topic::Snapshot => (u32::from(SCOPE_INSTRUMENT), request.instrument),
            _ => (0, 0),
        };
        self.serial = self.serial.wrapping_add(1);
        cx.http(&Http {
            id: request.id(self.serial),
            purpose,
            scope,
            method: "GET".to_owned(),
            base: venue.rest.clone(),
            path: format!("{}{}{query}", product.api(), TOPICS[topic as usize].1),
            costs: Limit::Weight.cost(product, weight),
            ..Http::default()
        })
    }

    /// Sends `request` at `at`, instead of an earlier wish for the same.
    pub(crate) fn later(&mut self, request: Request, at: Nanos, cx: &mut AdapterCx<'_>) {
        self.due.retain(|(_, other)| !other.same(request));
        self.due.push((at, request));
        self.wake(cx);
    }

    pub(crate) fn is_due(&self, request: Request) -> bool {
        self.due.iter().any(|(_, other)| other.same(request))
    }

    /// Takes out one that is due.
    pub(crate) fn take(&mut self, now: Nanos) -> Option<Request> {
        let place = self.due.iter().position(|(at, _)| *at <= now)?;
        Some(self.due.remove(place).1)
    }

    pub(crate) fn wake(&self, cx: &mut AdapterCx<'_>) {
        let next = self.due.iter().map(|(at, _)| *at).min();
        cx.wake(next.unwrap_or(0));
    }
}
