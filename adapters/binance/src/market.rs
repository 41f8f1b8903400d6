//! From a frame to its kind: the scanner first, and what it declines through the general parser.

use patchbay_plugin::abi::LOG_WARN;
use patchbay_plugin::{AdapterCx, Error, Frame};
use simd_json::prelude::*;
use simd_json::tape::Value;
use simd_json::{Buffers, Tape};

use crate::Binance;
use crate::fields::{Declined, Fields, Scan, Tree};
use crate::product::Product;
use crate::symbol::Place;
use crate::{depth, derivative, quote, trade};

/// The general parser, with buffers that stay.
pub(crate) struct Parser {
    nodes: Tape<'static>,
    buffers: Buffers,
}

impl Default for Parser {
    fn default() -> Self {
        Self { nodes: Tape(Vec::new()), buffers: Buffers::default() }
    }
}

impl Binance {
    /// Parses `text`, overwriting it, and reads the result.
    pub(crate) fn parse<R>(
        &mut self,
        text: &mut [u8],
        read: impl FnOnce(&mut Self, Value<'_, '_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut tape = std::mem::replace(&mut self.parser.nodes, Tape(Vec::new())).reset();
        let parsed = simd_json::fill_tape(text, &mut self.parser.buffers, &mut tape)
            .map_err(|e| Error::new(format!("expected JSON: {e}")));
        let result = parsed.and_then(|()| read(self, tape.as_value()));
        self.parser.nodes = tape.reset();
        result
    }

    pub(crate) fn read_frame(
        &mut self,
        frame: Frame<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let product = self.session.product(frame.conn);
        if let Some(product) = product {
            if self.scan(product, frame.bytes, cx).is_ok() {
                return Ok(());
            }
            cx.fell_back();
        }
        let mut place = String::new();
        let result = self.parse(frame.bytes, |this, root| {
            let data = root.get("data").unwrap_or(root);
            let names = [root.get_str("stream"), data.get_str("s")];
            place = names.into_iter().flatten().collect::<Vec<_>>().join(", ");
            this.read_data(frame.conn, product, data, cx)
        });
        result.map_err(|e| Error::new(format!("connection {}, {place}: {e}", frame.conn)))
    }

    /// Combined frames in the order that the venue sends today.
    #[inline]
    fn scan(
        &mut self,
        product: Product,
        frame: &[u8],
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Declined> {
        let mut f = Scan::new(frame);
        f.key(br#"{"stream":""#)?.text()?;
        f.key(br#","data":"#)?.enter()?;
        let name = if f.at(br#"{"e":""#) { f.text()? } else { b"" };
        match self.event(product, name, &mut f, cx)? {
            true => Ok(()),
            false => Err(Declined),
        }
    }

    fn read_data(
        &mut self,
        conn: u32,
        product: Option<Product>,
        data: Value<'_, '_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        // Spot's ticker is the only event without a name.
        let unnamed = data.contains_key("u") && data.contains_key("b") && data.contains_key("a");
        let name = data.get_str("e").or_else(|| unnamed.then_some(""));
        if name == Some("serverShutdown") {
            return self.session.replace(conn, &self.known, cx);
        }
        let product = product.or_else(|| sniff(name?, data));
        if let (Some(name), Some(product)) = (name, product) {
            let mut fields = Tree::new(data);
            if self.event(product, name.as_bytes(), &mut fields, cx)? {
                self.session.learn(conn, product);
                return Ok(());
            }
        }
        // Acknowledgements are `{"result":null,"id":1}`, errors `{"code":2,"msg":".."}` or wrapped
        // in `error` (SPOT web-socket-streams.md, Live Subscribing).
        if data.contains_key("error") || data.contains_key("code") {
            cx.log(LOG_WARN, &format!("connection {conn}: {}", data.encode()));
        }
        cx.ignore();
        Ok(())
    }

    /// Reads an event; whether it is of a kind that is consumed.
    #[inline]
    fn event<'f, F: Fields<'f>>(
        &mut self,
        product: Product,
        name: &[u8],
        f: &mut F,
        cx: &mut AdapterCx<'_>,
    ) -> Result<bool, F::Stop> {
        let directory = &self.known.directory;
        let place = Place { product, directory };
        let target = match name {
            b"bookTicker" => quote::read(f, br#","u":"#, place, cx)?,
            b"" => quote::read(f, br#"{"u":"#, place, cx)?,
            b"depthUpdate" => depth::read(f, place, cx)?,
            b"trade" => trade::read_single(f, place, cx)?,
            b"aggTrade" => trade::read_aggregate(f, place, cx)?,
            b"markPriceUpdate" => derivative::read_mark(f, place, cx)?,
            b"forceOrder" => derivative::read_liquidation(f, place, cx)?,
            _ => return Ok(false),
        };
        self.known.directory.admit(product, target, cx)?;
        Ok(true)
    }
}

/// The product of a connection of which nothing is known, by what only one sends; `None` if the
/// frame does not tell.
fn sniff(name: &str, data: Value<'_, '_>) -> Option<Product> {
    let futures = match name {
        "depthUpdate" => data.contains_key("pu"),
        "bookTicker" | "" => data.contains_key("e"),
        "trade" | "aggTrade" => !data.contains_key("M"),
        "markPriceUpdate" => true,
        _ => return None,
    };
    futures.then(|| futures_product(data.get_str("s").unwrap_or_default())).or(Some(Product::Spot))
}

/// COIN-M symbols are `<BASE>USD_<...>` (DERIV COIN-M, Exchange Information).
pub(crate) fn futures_product(symbol: &str) -> Product {
    match symbol.split_once('_') {
        Some((pair, _)) if pair.ends_with("USD") => Product::CoinM,
        _ => Product::UsdM,
    }
}
