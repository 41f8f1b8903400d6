//! Answers: what they are about, what is in them, and what follows from a failure.

use patchbay_plugin::abi::{LOG_INFO, LOG_WARN};
use patchbay_plugin::model::Nanos;
use patchbay_plugin::{AdapterCx, Error, Reply, Scope};
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
            return self.accept(None, &mut reply, cx);
        };
        let (code, why) = self.refusal(&mut reply);
        let remedy = fault::remedy(&reply, code);
        let outcome = match remedy {
            Remedy::Use => self.accept(Some(request), &mut reply, cx),
            _ => Err(Error::new(format!("HTTP {}, {code} {why}", reply.status))),
        };
        let settings = &self.known.settings;
        let every = match request.topic {
            Topic::Instruments => settings.instruments_every,
            Topic::Time => settings.time_every,
            Topic::OpenInterest => settings.open_interest_every,
            Topic::Snapshot | Topic::Premium => 0,
        };
        let Err(error) = outcome else {
            if every > 0 {
                self.requests.later(request.again(0), cx.now() + every, cx);
            }
            return Ok(());
        };
        let text = format!("GET {}: {error}", reply.url);
        if let Some(code) = fault::alarm(reply.status) {
            cx.fail(code, &text);
        }
        let pause = match remedy {
            Remedy::Use => 0,
            Remedy::Again(pause) => pause,
            Remedy::Drop => {
                cx.log(LOG_WARN, &format!("{text}; not asked again"));
                return Ok(());
            }
        };
        let pause = pause.max(fault::backoff(request.attempt));
        cx.log(LOG_WARN, &format!("{text}; asked again in {} ms", pause / 1_000_000));
        let next = request.again(request.attempt.saturating_add(1));
        self.requests.later(next, cx.now() + pause, cx);
        Ok(())
    }

    /// Code and text of a refusal: `{"code":-1121,"msg":"Invalid symbol."}`.
    fn refusal(&mut self, reply: &mut Reply<'_>) -> (i64, String) {
        if reply.status < 400 {
            return (0, String::new());
        }
        let refusal = self.parser.read(reply.body, |root| {
            let text = root.get_str("msg").unwrap_or_default();
            Ok((root.get_i64("code").unwrap_or(0), text.to_owned()))
        });
        refusal.unwrap_or_default()
    }

    /// Reads an answer; one that nobody asked for is recognised by its URL.
    fn accept(
        &mut self,
        request: Option<Request>,
        reply: &mut Reply<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let url = reply.url;
        let Some(topic) = request.map(|r| r.topic).or_else(|| request::topic_of(url)) else {
            cx.ignore();
            return Ok(());
        };
        let product = request.map(|r| r.product);
        let product = product.or_else(|| self.known.settings.product_of(url));
        let asked = request.and_then(|r| self.known.directory.get(r.instrument).ok());
        let symbol = asked.map(|listing| listing.symbol.clone());
        let symbol = symbol.or_else(|| request::parameter(url, "symbol"));
        if let (Topic::Snapshot, Some(product), Some(symbol)) = (topic, product, &symbol) {
            let mut scan = Scan::new(reply.body);
            if self.book(&mut scan, product, symbol, url, cx).is_ok() {
                return Ok(());
            }
        }
        let mut parser = std::mem::take(&mut self.parser);
        let result = parser.read(reply.body, |root| {
            let product = product
                .or_else(|| url.is_empty().then(|| guess_product(root)))
                .ok_or_else(|| Error::new("no product has this URL; see `rest` and `stream`"))?;
            let Some(symbol) = symbol.or_else(|| self.guess_symbol(product, root)) else {
                return self.read_list(topic, product, root, reply.id, cx);
            };
            match topic {
                Topic::Snapshot => {
                    self.book(&mut Tree::new(root), product, &symbol, url, cx)
                }
                _ => self.read_list(topic, product, root, reply.id, cx),
            }
        });
        self.parser = parser;
        result.map_err(|e| Error::new(format!("{url}: {e}")))
    }
}
