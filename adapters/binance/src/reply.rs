//! Answers: what they are about, what is in them, and what follows from a failure.

use patchbay_plugin::abi::LOG_WARN;
use patchbay_plugin::{AdapterCx, Error, Reply};
use simd_json::prelude::*;
use simd_json::tape::Value;

use crate::Binance;
use crate::fault::{self, Remedy};
use crate::fields::{Fields, Scan, Tree};
use crate::market::futures_product;
use crate::product::Product;
use crate::request::{self, Request, Topic};
use crate::symbol::Place;
use crate::{derivative, instrument, snapshot};

impl Binance {
    pub(crate) fn read_reply(
        &mut self,
        mut reply: Reply<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Some(request) = Request::from_id(reply.id) else {
            return self.accept(None, reply, cx);
        };
        let (url, status) = (reply.url, reply.status);
        let (code, why) = self.refusal(&mut reply);
        let remedy = fault::remedy(&reply, code);
        let outcome = match remedy {
            Remedy::Use => self.accept(Some(request), reply, cx),
            _ => Err(Error::new(format!("HTTP {status}, code {code} {why}"))),
        };
        let Err(error) = outcome else {
            return Ok(());
        };
        let text = format!("GET {url}: {error}");
        if let Some(code) = fault::alarm(status) {
            cx.fail(code, &text);
        }
        let Some(pause) = remedy.pause(request.attempt) else {
            cx.log(LOG_WARN, &format!("{text}; not asked again"));
            return Ok(());
        };
        let ms = pause / 1_000_000;
        cx.log(LOG_WARN, &format!("{text}; asked again in {ms} ms"));
        let attempt = request.attempt.saturating_add(1);
        let next = Request { attempt, ..request };
        self.requests.later(next, cx.now() + pause, cx);
        Ok(())
    }

    /// Code and text of a refusal: `{"code":-1121,"msg":"Invalid symbol."}`.
    fn refusal(&mut self, reply: &mut Reply<'_>) -> (i64, String) {
        if reply.status < 400 {
            return (0, String::new());
        }
        let refusal = self.parse(reply.body, |_, root| {
            let text = root.get_str("msg").unwrap_or_default();
            Ok((root.get_i64("code").unwrap_or(0), text.to_owned()))
        });
        refusal.unwrap_or_default()
    }

    /// Reads an answer; one that nobody asked for is recognised by its URL.
    fn accept(
        &mut self,
        request: Option<Request>,
        reply: Reply<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let url = reply.url;
        let Some(topic) = request.map_or_else(|| request::topic_of(url), |r| Some(r.topic)) else {
            cx.ignore();
            return Ok(());
        };
        let by_url = || self.known.settings.product_of(url);
        let product = request.map_or_else(by_url, |r| Some(r.product));
        if topic == Topic::Snapshot {
            return self.read_snapshot(request, product, reply, cx);
        }
        let product = product.ok_or_else(|| Error::new(format!("{url}: no known host")))?;
        self.parse(reply.body, |this, root| match topic {
            Topic::Time => {
                let time = Tree::new(root).key(b"\"serverTime\"")?.time()?;
                if reply.id != 0 {
                    cx.server_time(reply.id, time);
                }
                Ok(())
            }
            Topic::Instruments => this.read_instruments(product, root, cx),
            _ => this.read_derivative(topic, product, root, cx),
        })
    }

    fn read_instruments(
        &mut self,
        product: Product,
        root: Value<'_, '_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let list = root.get_array("symbols");
        let list = list.ok_or_else(|| Error::new("exchangeInfo without `symbols`"))?;
        for entry in &list {
            let symbol = entry.get_str("symbol").unwrap_or_default();
            let known = self.known.directory.find(product, symbol);
            match instrument::read(product, entry, known.map(|(_, listing)| listing.exps)) {
                Ok(instrument) => self.known.directory.define(product, &instrument, cx)?,
                Err(error) => cx.log(LOG_WARN, &format!("{}: {error}", product.name())),
            }
        }
        self.session.arrange(&self.known, &mut self.requests, cx)
    }

    /// `/openInterest` and `/premiumIndex`, which COIN-M answers with a list.
    fn read_derivative(
        &mut self,
        topic: Topic,
        product: Product,
        root: Value<'_, '_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let list = root.as_array();
        let list = list.iter().flat_map(|list| list.iter());
        for entry in list.chain(root.as_object().map(|_| root)) {
            let directory = &self.known.directory;
            let (place, f) = (Place { product, directory }, &mut Tree::new(entry));
            let target = match topic {
                Topic::OpenInterest => derivative::read_open_interest(f, place, cx)?,
                _ => derivative::read_premium(f, place, cx)?,
            };
            self.known.directory.admit(product, target, cx)?;
        }
        Ok(())
    }

    fn read_snapshot(
        &mut self,
        request: Option<Request>,
        product: Option<Product>,
        reply: Reply<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let url = reply.url;
        let asked = request.map(|r| self.known.directory.get(r.instrument));
        let symbol = match asked.transpose()? {
            Some(listing) => Some(listing.symbol.clone()),
            None => request::parameter(url, "symbol").map(|name| self.spelled(name)),
        };
        let limit = request::parameter(url, "limit").and_then(|limit| limit.parse().ok());
        if let (Some(product), Some(symbol)) = (product, &symbol) {
            let mut scan = Scan::new(reply.body);
            if self.read_book(&mut scan, (product, symbol, limit), cx).is_ok() {
                return Ok(());
            }
        }
        self.parse(reply.body, |this, root| {
            let product = product.unwrap_or_else(|| guess_product(root));
            let symbol = symbol.or_else(|| this.guess_symbol(product, root));
            let symbol = symbol.ok_or_else(|| Error::new("a snapshot of an unknown symbol"))?;
            let mut tree = Tree::new(root);
            let result = this.read_book(&mut tree, (product, &symbol, limit), cx);
            result.map_err(|e| Error::new(format!("snapshot of {symbol}: {e}")))
        })
    }

    fn read_book<'f, F: Fields<'f>>(
        &mut self,
        f: &mut F,
        (product, symbol, limit): (Product, &str, Option<usize>),
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), F::Stop> {
        let levels = self.known.settings.venue(product).snapshot_levels as usize;
        let directory = &self.known.directory;
        let target = Place { product, directory }.target(symbol.as_bytes());
        snapshot::read(f, target, limit.unwrap_or(levels), cx)?;
        Ok(self.known.directory.admit(product, target, cx)?)
    }

    /// The symbol that a URL names.
    fn spelled(&self, name: &str) -> String {
        let mut listings = self.known.directory.listings.iter();
        let listing = listings.find(|l| request::encoded(&l.symbol) == name);
        listing.map_or(name, |l| &l.symbol).to_owned()
    }

    /// The symbol of a snapshot that came without URL: its own, or the only one of the product.
    fn guess_symbol(&self, product: Product, root: Value<'_, '_>) -> Option<String> {
        let listings = self.known.directory.listings.iter();
        let mut ours = listings.filter(|l| l.product == product);
        let only = ours.next().filter(|_| ours.next().is_none());
        let only = only.map(|listing| listing.symbol.as_str());
        root.get_str("symbol").or(only).map(str::to_owned)
    }
}

/// The product of a snapshot that came without URL: see [`snapshot::read`].
fn guess_product(root: Value<'_, '_>) -> Product {
    match (root.get_str("symbol"), root.contains_key("E")) {
        (Some(symbol), _) => futures_product(symbol),
        (None, true) => Product::UsdM,
        (None, false) => Product::Spot,
    }
}
