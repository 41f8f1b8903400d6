//! Venue symbols and the indices that the host knows them by.

use patchbay_model::{Instrument, Kind, Nanos, parse_decimal};
use patchbay_plugin::abi::SESSION_UNKNOWN;
use patchbay_plugin::{AdapterCx, Error, Symbols};

use crate::Product;

/// One instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Place of its product.
    pub product: u8,
    /// The venue's spelling.
    pub symbol: String,
    /// What it is.
    pub kind: Kind,
    /// Exponents of price and quantity.
    pub exps: (i8, i8),
    /// It is in the venue's list, not only seen in a frame.
    pub listed: bool,
    /// `SESSION_*` told last.
    pub session: u8,
    /// The venue's own code told last, 0 if none.
    pub code: u32,
    /// Connection and venue's time, ns, of the newest quote; zeros once that connection is gone.
    pub quoted: (u32, Nanos),
}

impl Listing {
    const fn provisional(product: u8, symbol: String, kind: Kind, exps: (i8, i8)) -> Self {
        let session = SESSION_UNKNOWN;
        Self { product, symbol, kind, exps, listed: false, session, code: 0, quoted: (0, 0) }
    }
}

/// What a frame's symbol means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The adapter's index.
    pub index: u32,
    /// Exponents of price and quantity.
    pub exps: (i8, i8),
}

impl Target {
    /// A price, read later than its field.
    ///
    /// # Errors
    ///
    /// If it is no decimal, or finer than the exponent.
    #[inline]
    pub fn price(self, text: &[u8]) -> Result<i64, Error> {
        exact(text, self.exps.0)
    }

    /// A quantity, likewise.
    ///
    /// # Errors
    ///
    /// As [`Self::price`].
    #[inline]
    pub fn qty(self, text: &[u8]) -> Result<i64, Error> {
        exact(text, self.exps.1)
    }
}

fn exact(text: &[u8], exp: i8) -> Result<i64, Error> {
    let wrong = |e| Error::new(format!("{:?} at 1e{exp}: {e}", String::from_utf8_lossy(text)));
    parse_decimal(text, exp).map_err(wrong)
}

/// All instruments. A symbol belongs to a product: Binance's BTCUSDT is two instruments.
#[derive(Debug)]
pub struct Directory {
    products: &'static [Product],
    tables: Vec<Symbols>,
    listings: Vec<Listing>,
    /// Named by the frame that is being read, and not defined before all of it is found good.
    fresh: Vec<Listing>,
    /// Product and part of lists that have not come.
    awaited: Vec<(u8, u32)>,
}

impl Directory {
    /// An empty one.
    pub fn new(products: &'static [Product]) -> Self {
        let tables = products.iter().map(|_| Symbols::default()).collect();
        Self { products, tables, listings: Vec::new(), fresh: Vec::new(), awaited: Vec::new() }
    }

    #[inline(always)]
    pub(crate) fn target(&mut self, product: u8, symbol: &[u8]) -> Result<Target, Error> {
        let known = self.tables.get(usize::from(product)).and_then(|table| table.get(symbol));
        match known.and_then(|index| Some((index, self.listings.get(index as usize)?))) {
            Some((index, listing)) => Ok(Target { index, exps: listing.exps }),
            None => self.meet(product, symbol),
        }
    }

    #[cold]
    fn meet(&mut self, product: u8, symbol: &[u8]) -> Result<Target, Error> {
        let symbol = str::from_utf8(symbol).map_err(|e| Error::new(format!("a symbol: {e}")))?;
        let facts = self.products.get(usize::from(product));
        let facts = facts.ok_or_else(|| Error::new(format!("no product {product}")))?;
        let same = |l: &Listing| (l.product, l.symbol.as_str()) == (product, symbol);
        let place = self.fresh.iter().position(same).unwrap_or_else(|| {
            let (symbol, kind) = (symbol.to_owned(), (facts.kind)(symbol));
            self.fresh.push(Listing::provisional(product, symbol, kind, facts.exps));
            self.fresh.len() - 1
        });
        let index = (self.listings.len() + place) as u32;
        Ok(Target { index, exps: self.fresh[place].exps })
    }

    /// Defines what the frame that was read has named first.
    pub(crate) fn admit(&mut self, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        for fresh in std::mem::take(&mut self.fresh) {
            let Listing { product, symbol, kind, exps, session, code, quoted, .. } = fresh;
            let index = self.listings.len();
            let instrument = Instrument::provisional(&symbol, kind, exps.0, exps.1);
            self.define(product, &instrument, cx)?;
            if let Some(listing) = self.listings.get_mut(index) {
                (listing.session, listing.code, listing.quoted) = (session, code, quoted);
            }
        }
        Ok(())
    }

    /// Forgets what a frame that was found bad has named first.
    pub(crate) fn forget(&mut self) {
        self.fresh.clear();
    }

    /// The connection is gone, and what it said may be said again.
    pub(crate) fn close(&mut self, conn: u32) {
        let ours = self.listings.iter_mut().filter(|listing| listing.quoted.0 == conn);
        ours.for_each(|listing| listing.quoted = (0, 0));
    }

    /// Defines or redefines an instrument.
    ///
    /// # Errors
    ///
    /// If the host refuses the definition.
    pub fn define(
        &mut self,
        product: u8,
        instrument: &Instrument,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let table = self.tables.get_mut(usize::from(product));
        let table = table.ok_or_else(|| Error::new(format!("no product {product}")))?;
        let symbol = instrument.symbol.as_bytes();
        let index = table.get(symbol).unwrap_or(self.listings.len() as u32);
        cx.define_instrument(index, instrument)?;
        let exps = (instrument.price_exp, instrument.qty_exp);
        let before = self.listings.get(index as usize);
        let told = before.map_or(SESSION_UNKNOWN, |listing| listing.session);
        let listing = Listing {
            listed: !instrument.provisional,
            // A list that does not say leaves it as it was.
            session: if instrument.session == SESSION_UNKNOWN { told } else { instrument.session },
            code: before.map_or(0, |listing| listing.code),
            quoted: before.map_or((0, 0), |listing| listing.quoted),
            ..Listing::provisional(product, instrument.symbol.clone(), instrument.kind, exps)
        };
        match self.listings.get_mut(index as usize) {
            Some(known) => *known = listing,
            None => {
                table.insert(symbol, index);
                self.listings.push(listing);
            }
        }
        Ok(())
    }

    /// The instrument with this index.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn get(&self, index: u32) -> Result<&Listing, Error> {
        let listing = self.listings.get(index as usize);
        listing.ok_or_else(|| Error::new(format!("no instrument has index {index}")))
    }

    /// The same to be changed, also if the frame that is being read has named it first.
    #[inline]
    pub(crate) fn get_mut(&mut self, index: u32) -> Option<&mut Listing> {
        let place = index as usize;
        match place.checked_sub(self.listings.len()) {
            None => self.listings.get_mut(place),
            Some(fresh) => self.fresh.get_mut(fresh),
        }
    }

    /// The instrument of a symbol, with its index.
    pub fn find(&self, product: u8, symbol: &str) -> Option<(u32, &Listing)> {
        let index = self.tables.get(usize::from(product))?.get(symbol.as_bytes())?;
        Some((index, self.listings.get(index as usize)?))
    }

    /// All instruments, by index.
    pub fn listings(&self) -> &[Listing] {
        &self.listings
    }

    /// A part of the venue's list of the product is asked for.
    pub(crate) fn await_list(&mut self, product: u8, part: u32) {
        self.awaited.push((product, part));
    }

    /// It was read to its end.
    pub(crate) fn end_list(&mut self, product: u8, part: u32) {
        self.awaited.retain(|list| *list != (product, part));
    }

    /// Whether the venue's list of the product was read, all parts of it.
    pub fn knows(&self, product: u8) -> bool {
        let awaited = self.awaited.iter().any(|list| list.0 == product);
        !awaited && self.listings.iter().any(|l| l.product == product && l.listed)
    }

    /// The only symbol of a product, for a message that does not name its own.
    pub fn only(&self, product: u8) -> Option<String> {
        let mut ours = self.listings.iter().filter(|l| l.product == product);
        ours.next().filter(|_| ours.next().is_none()).map(|listing| listing.symbol.clone())
    }

    /// What a product is.
    pub fn product(&self, product: u8) -> &'static Product {
        &self.products[usize::from(product)]
    }
}
