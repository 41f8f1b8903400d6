//! REST requests: what is asked, how an answer is recognised, and what is asked again when.

use patchbay_model::Nanos;
use patchbay_plugin::abi::{
    PURPOSE_AUDIT, PURPOSE_OTHER, PURPOSE_REFERENCE, PURPOSE_SNAPSHOT, PURPOSE_TIME,
    SCOPE_INSTRUMENT,
};
use patchbay_plugin::{AdapterCx, Error, Http};

use crate::desk::Known;
use crate::{Call, Use, Venue};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The list of instruments.
    Instruments,
    /// The venue's clock.
    Time,
    /// A book.
    Snapshot,
    /// Open interest of an instrument.
    OpenInterest,
    /// Mark price and funding of an instrument.
    Mark,
    /// Whether the venue is open.
    Status,
    /// A token for other requests and connections.
    Token,
    /// A book to compare with, asked for as [`Topic::Snapshot`].
    Audit,
}

/// By their numbers in ids; what decides their priority.
const TOPICS: [(Topic, u32); 8] = [
    (Topic::Instruments, PURPOSE_REFERENCE),
    (Topic::Time, PURPOSE_TIME),
    (Topic::Snapshot, PURPOSE_SNAPSHOT),
    (Topic::OpenInterest, PURPOSE_OTHER),
    (Topic::Mark, PURPOSE_OTHER),
    (Topic::Status, PURPOSE_OTHER),
    (Topic::Token, PURPOSE_REFERENCE),
    (Topic::Audit, PURPOSE_AUDIT),
];

/// One request; its id says all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub topic: Topic,
    /// Place of the product.
    pub product: u8,
    /// Index of the instrument; what the venue likes where the topic has none.
    pub subject: u32,
    /// Failures so far.
    pub attempt: u8,
}

impl Request {
    /// Not tried yet.
    pub const fn new(topic: Topic, product: u8, subject: u32) -> Self {
        Self { topic, product, subject, attempt: 0 }
    }

    /// Bytes from the top: topic + 1, product, attempt, serial; then the subject.
    fn id(self, serial: u8) -> u64 {
        let head = u32::from_be_bytes([self.topic as u8 + 1, self.product, self.attempt, serial]);
        u64::from(head) << 32 | u64::from(self.subject)
    }

    /// The request behind the id of a reply; `None` for 0, which nobody asked.
    pub fn from_id(id: u64) -> Option<Self> {
        let [topic, product, attempt, _, subject @ ..] = id.to_be_bytes();
        let topic = TOPICS.get(usize::from(topic.checked_sub(1)?))?.0;
        Some(Self { topic, product, subject: u32::from_be_bytes(subject), attempt })
    }

    /// Whether only the attempt differs.
    fn same(self, other: Self) -> bool {
        Self { attempt: 0, ..self } == Self { attempt: 0, ..other }
    }
}

impl Topic {
    /// Whether it is about one instrument.
    const fn is_about_one(self) -> bool {
        matches!(self, Self::Snapshot | Self::Audit | Self::OpenInterest | Self::Mark)
    }

    /// As which a venue is asked: it knows no audits.
    const fn asked(self) -> Self {
        match self {
            Self::Audit => Self::Snapshot,
            other => other,
        }
    }
}

/// How a topic is asked for, and its place.
fn call_of<V: Venue>(topic: Topic) -> Result<(usize, &'static Call), Error> {
    let call = V::CALLS.iter().enumerate().find(|(_, call)| call.topic == topic);
    call.ok_or_else(|| Error::new(format!("{} is not asked for {topic:?}", V::NAME)))
}

/// A parameter of a URL's query, as it stands there.
pub fn parameter<'u>(url: &'u str, name: &str) -> Option<&'u str> {
    let pairs = url.split_once('?')?.1.split('&');
    let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Percent-encodes what is not unreserved (RFC 3986, section 2.3): symbols need not be ASCII.
pub fn encoded(symbol: &str) -> String {
    let encode = |b: u8| match b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    symbol.bytes().map(encode).collect()
}

/// Requests to come; the list is short.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    serial: u8,
    due: Vec<(Nanos, Request)>,
    /// Nothing is due before: an address is banned.
    held: Nanos,
}

impl Requests {
    /// Nothing was asked yet.
    pub(crate) const fn is_new(&self) -> bool {
        self.serial == 0
    }

    /// Sends `request`, unless it will be sent when its time comes: after a failure not before.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub(crate) fn ask<V: Venue>(
        &mut self,
        request: Request,
        known: Known<'_, V>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        match self.due.iter().any(|(_, other)| other.same(request)) {
            true => Ok(()),
            false => self.send(request, "", known, cx),
        }
    }

    /// Sends `request`, and again after the topic's interval if it has one. `page` is appended to
    /// its path, for lists that come in parts.
    ///
    /// # Errors
    ///
    /// If the venue cannot ask so, or the host refuses the request.
    pub(crate) fn send<V: Venue>(
        &mut self,
        request: Request,
        page: &str,
        known: Known<'_, V>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Request { topic, product, subject, .. } = request;
        let asked = Request { topic: topic.asked(), ..request };
        let (place, call) = call_of::<V>(asked.topic)?;
        let symbol = match topic.is_about_one() {
            true => encoded(&known.directory.get(subject)?.symbol),
            false => String::new(),
        };
        self.serial = self.serial.wrapping_add(1).max(1);
        let host = known.settings.host(product);
        let list = host.lists.get(subject as usize).filter(|_| topic == Topic::Instruments);
        let page = format!("{}{page}", list.map_or("", String::as_str));
        let about = (u32::from(SCOPE_INSTRUMENT), subject);
        cx.http(&known.venue.call(
            asked,
            Http {
                id: request.id(self.serial),
                purpose: TOPICS[topic as usize].1,
                scope: if asked.topic == Topic::Snapshot { about } else { (0, 0) },
                method: "GET".to_owned(),
                base: host.rest.clone(),
                path: known.venue.target(call, asked, host, &symbol) + &page,
                costs: known.settings.costs::<V>(product, Use::Call, V::weight(asked, host)),
                ..Http::default()
            },
        ))?;
        let every = known.settings.every[place];
        if every > 0 {
            self.later(Request { attempt: 0, ..request }, cx.now() + every);
        }
        Ok(())
    }

    /// Sends `request` at `at`, instead of when it was due.
    pub(crate) fn later(&mut self, request: Request, at: Nanos) {
        self.due.retain(|(_, other)| !other.same(request));
        self.due.push((at.max(self.held), request));
    }

    /// Sends nothing that is due before `until`: a ban is for all requests.
    pub(crate) fn hold(&mut self, until: Nanos) {
        self.held = self.held.max(until);
        self.due.iter_mut().for_each(|(at, _)| *at = (*at).max(until));
    }

    /// Takes out one that is due.
    pub(crate) fn take(&mut self, now: Nanos) -> Option<Request> {
        let place = self.due.iter().position(|(at, _)| *at <= now)?;
        Some(self.due.remove(place).1)
    }

    /// When the next one is due.
    pub(crate) fn next(&self) -> Option<Nanos> {
        self.due.iter().map(|(at, _)| *at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_all_of_a_request() {
        for (topic, _) in TOPICS {
            let request = Request { topic, product: 2, subject: 7_000_001, attempt: 9 };
            assert_eq!(Request::from_id(request.id(255)), Some(request));
        }
        assert_eq!(Request::from_id(0), None);
        assert_eq!(TOPICS.map(|t| t.0 as usize), [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn queries_are_encoded_and_found() {
        assert_eq!(encoded("BTC-USD_1"), "BTC-USD_1");
        assert_eq!(encoded("我A"), "%E6%88%91A");
        assert_eq!(parameter("https://x/y?a=1&symbol=B&c", "symbol"), Some("B"));
        assert_eq!(parameter("https://x/y", "symbol"), None);
    }
}
