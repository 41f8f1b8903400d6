//! Venue symbols and the indices that the host knows them by.

use patchbay_plugin::model::Instrument;
use patchbay_plugin::{AdapterCx, Error, Symbols};

use crate::product::{Product, Settings};

/// Both exponents of an instrument that the venue has not described: as fine as Binance prints.
const PROVISIONAL_EXP: i8 = -8;

/// One instrument.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) product: Product,
    pub(crate) symbol: String,
    /// Of price and quantity.
    pub(crate) exps: (i8, i8),
    /// It is in exchangeInfo, not only seen in a frame.
    pub(crate) listed: bool,
}

/// What a frame's symbol means.
#[derive(Clone, Copy)]
pub(crate) struct Target<'f> {
    pub(crate) symbol: &'f [u8],
    pub(crate) index: u32,
    pub(crate) exps: (i8, i8),
}

/// All instruments. A symbol belongs to a product: BTCUSDT is two instruments.
#[derive(Default)]
pub(crate) struct Directory {
    tables: [Symbols; 3],
    pub(crate) listings: Vec<Listing>,
}

/// What is configured and what the venue listed.
pub(crate) struct Known {
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
}

/// The directory as one product's frames see it.
#[derive(Clone, Copy)]
pub(crate) struct Place<'d> {
    pub(crate) product: Product,
    pub(crate) directory: &'d Directory,
}

impl Place<'_> {
    /// The instrument of a frame; a new one has the next index and is not defined yet, since the
    /// rest of the frame may be bad.
    #[inline]
    pub(crate) fn target<'f>(&self, symbol: &'f [u8]) -> Target<'f> {
        let known = self.directory.tables[self.product as usize].get(symbol);
        let listings = &self.directory.listings;
        let index = known.unwrap_or(listings.len() as u32);
        let listing = listings.get(index as usize);
        Target {
            symbol,
            index,
            exps: listing.map_or((PROVISIONAL_EXP, PROVISIONAL_EXP), |l| l.exps),
        }
    }
}

impl Directory {
    pub(crate) fn get(&self, index: u32) -> Result<&Listing, Error> {
        let listing = self.listings.get(index as usize);
        listing.ok_or_else(|| Error::new(format!("no instrument has index {index}")))
    }

    pub(crate) fn find(&self, product: Product, symbol: &str) -> Option<(u32, &Listing)> {
        let index = self.tables[product as usize].get(symbol.as_bytes())?;
        Some((index, &self.listings[index as usize]))
    }

    /// Whether exchangeInfo of the product was read.
    pub(crate) fn knows(&self, product: Product) -> bool {
        let mut listings = self.listings.iter();
        listings.any(|l| l.product == product && l.listed)
    }

    /// Defines the instrument of a frame that was read, if it is new.
    #[inline]
    pub(crate) fn admit(
        &mut self,
        product: Product,
        target: Target<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        if (target.index as usize) < self.listings.len() {
            return Ok(());
        }
        let symbol = str::from_utf8(target.symbol).map_err(|e| Error::new(e.to_string()))?;
        let (price, qty) = target.exps;
        let instrument = Instrument::provisional(symbol, product.kind(), price, qty);
        self.define(product, &instrument, cx)
    }

    pub(crate) fn define(
        &mut self,
        product: Product,
        instrument: &Instrument,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let table = &mut self.tables[product as usize];
        let symbol = instrument.symbol.as_bytes();
        let index = table.get(symbol).unwrap_or(self.listings.len() as u32);
        cx.define_instrument(index, instrument)?;
        let listing = Listing {
            product,
            symbol: instrument.symbol.clone(),
            exps: (instrument.price_exp, instrument.qty_exp),
            listed: !instrument.provisional,
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
}
