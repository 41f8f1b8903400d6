//! A connection, as the reader of its frames sees it.

use patchbay_model::Nanos;
use patchbay_plugin::{AdapterCx, Error, Send};
use simd_json::prelude::*;
use simd_json::tape::Value;

use crate::desk::{Desk, Known};
use crate::{Place, Use, Venue};

/// What a frame may lead to, beside records.
pub struct Conn<'d, 'cx> {
    /// Its number.
    pub number: u32,
    /// Place of its product, if it is known.
    pub product: Option<u8>,
    /// The host.
    pub cx: &'d mut AdapterCx<'cx>,
    pub(crate) desk: &'d mut Desk,
}

#[expect(clippy::missing_errors_doc, reason = "all fail if the host refuses a request as invalid")]
impl<'cx> Conn<'_, 'cx> {
    /// Where the reader of market data of `product` is.
    pub fn place(&mut self, product: u8) -> Place<'_, 'cx> {
        self.desk.place(product, self.number, self.cx)
    }

    /// Its product, told by what it sends.
    pub fn learn(&mut self, product: u8) {
        self.product = Some(product);
        self.desk.session.learn(self.number, product);
    }

    /// The frame held nothing for the host.
    pub const fn ignore(&mut self) -> Result<(), Error> {
        self.cx.ignore();
        Ok(())
    }

    /// Sends a frame, such as the answer to a heartbeat.
    pub fn send<V: Venue>(&mut self, frame: Send) -> Result<(), Error> {
        let costs = |product| self.desk.settings.costs::<V>(product, Use::Send, 1);
        let costs = self.product.map(costs).unwrap_or_default();
        self.cx.send(&Send { conn: self.number, costs, ..frame })
    }

    /// A list of instruments by stream: those that the connection carries are defined anew, and
    /// new states of theirs told.
    pub fn define<V: Venue>(&mut self, list: Value<'_, '_>) -> Result<(), Error> {
        let product = self.product.unwrap_or(0);
        let list = list.as_array().ok_or_else(|| Error::new("expected a list of instruments"))?;
        for entry in &list {
            let symbol = V::symbol(entry);
            let at = self.place(product);
            if !at.carries(symbol.as_bytes()) {
                continue;
            }
            let known = at.known(symbol);
            let Some(mut instrument) = V::instrument(product, entry, known.map(|t| t.exps))? else {
                continue;
            };
            self.desk.settings.complete(V::table(entry), &mut instrument)?;
            let mut at = self.place(product);
            if let Some(target) = known {
                at.state(target, 0, instrument.session)?;
            }
            at.directory.define(product, &instrument, at.cx)?;
        }
        Ok(())
    }

    /// A list by stream that says in which state (`SESSION_*`) instruments are: new ones are told of
    /// those that the connection carries.
    pub fn states<V: Venue>(
        &mut self,
        list: Option<Value<'_, '_>>,
        state: impl Fn(Value<'_, '_>) -> u8,
    ) -> Result<(), Error> {
        let mut at = self.place(self.product.unwrap_or(0));
        let list = list.and_then(|list| list.into_array());
        for entry in list.iter().flat_map(|list| list.iter()) {
            let symbol = V::symbol(entry);
            if let Some(target) = at.known(symbol).filter(|_| at.carries(symbol.as_bytes())) {
                at.state(target, 0, state(entry))?;
            }
        }
        Ok(())
    }

    /// The number of the next request over a websocket.
    pub const fn next_id(&mut self) -> u64 {
        self.desk.ids.next()
    }

    /// The venue took the login: streams are subscribed.
    pub fn ready<V: Venue>(&mut self, venue: &V) -> Result<(), Error> {
        self.ready_until(0, venue)
    }

    /// The same with a login that ends at `until`, ns: a connection with another takes its place,
    /// when the adapter's timer is due next.
    pub fn ready_until<V: Venue>(&mut self, until: Nanos, venue: &V) -> Result<(), Error> {
        let Desk { settings, directory, ids, session, .. } = &mut *self.desk;
        session.ready((self.number, until), Known { venue, settings, directory }, ids, self.cx)
    }

    /// The venue announced the end: another connection takes its place, make-before-break.
    pub fn replace<V: Venue>(&mut self, venue: &V) -> Result<(), Error> {
        let Desk { settings, directory, session, .. } = &mut *self.desk;
        session.replace(self.number, Known { venue, settings, directory }, self.cx)
    }

    /// The venue accepted request `id` for streams, 0 for the oldest; see
    /// [`Streams::ANSWERS`](crate::Streams::ANSWERS).
    pub fn accepted(&mut self, id: u64) {
        self.desk.session.accepted(self.number, id, self.cx.now());
    }

    /// The venue answered request `id` for streams with those that it took, told by `took`: others
    /// are logged.
    pub fn accepted_of(&mut self, id: u64, took: impl Fn(&str) -> bool) {
        self.desk.session.accepted_of((self.number, id), took, self.cx);
    }

    /// The venue refused request `id` for streams, 0 for the oldest; `why` is logged, and a stream
    /// whose name stands in it is the bad one. The others are asked for again.
    pub fn refused<V: Venue>(&mut self, id: u64, why: &str, venue: &V) -> Result<(), Error> {
        let Desk { settings, directory, ids, session, .. } = &mut *self.desk;
        let known = Known { venue, settings, directory };
        session.refused((self.number, id), why, known, ids, self.cx)
    }

    /// [`refused`](Self::refused), with what the code calls for beside: another token, which
    /// connections then take the place of all with, or an operator.
    pub fn refusal<V: Venue>(
        &mut self,
        id: u64,
        (code, why): (i64, String),
        venue: &V,
    ) -> Result<(), Error> {
        if V::stale(code) {
            self.desk.renew(self.cx);
        }
        if let Some(fail) = V::alarm(0, code) {
            self.cx.fail(fail, &why);
        }
        self.refused(id, &why, venue)
    }
}
