//! Instruments as the host and adapters see them.

use std::fmt;

use patchbay_abi as abi;
pub use patchbay_abi::TickBand;

use crate::Nanos;

/// The host's number of an instrument: dense, never reused for another instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstrumentId(pub u32);

impl InstrumentId {
    /// As an index into dense tables.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for InstrumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A side of the book, or of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Bids; buyers.
    Buy,
    /// Asks; sellers.
    Sell,
}

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:path => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// From its number in the ABI; `None` if the number means nothing.
            pub const fn from_abi(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// Its number in the ABI.
            pub const fn to_abi(self) -> u8 {
                match self { $(Self::$variant => $code,)* }
            }

            /// From its word.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)* _ => None }
            }

            /// Its word.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

numbered! {
    /// What an instrument is.
    Kind {
        /// Bought and sold outright.
        Spot = abi::INSTRUMENT_SPOT => "spot",
        /// Future or perpetual settled in quote currency.
        Linear = abi::INSTRUMENT_LINEAR => "linear",
        /// Future or perpetual settled in base currency.
        Inverse = abi::INSTRUMENT_INVERSE => "inverse",
        /// Option.
        Option = abi::INSTRUMENT_OPTION => "option",
        /// Stock.
        Equity = abi::INSTRUMENT_EQUITY => "equity",
        /// Made by the host of several venues' instruments.
        Consolidated = abi::INSTRUMENT_CONSOLIDATED => "consolidated",
    }
}

numbered! {
    /// Which right an option gives.
    OptionSide {
        /// To buy.
        Call = abi::OPTION_CALL => "call",
        /// To sell.
        Put = abi::OPTION_PUT => "put",
    }
}

/// Definition of an instrument; see [`abi::Instrument`] for units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// The venue's symbol in its own spelling.
    pub symbol: String,
    /// What is bought and sold.
    pub base: String,
    /// What prices are quoted in.
    pub quote: String,
    /// What profit and margin are paid in; empty for spot.
    pub settle: String,
    /// What it is.
    pub kind: Kind,
    /// Only a name and exponents are known; the rest waits for the venue's list.
    pub provisional: bool,
    /// Decimal exponent of prices.
    pub price_exp: i8,
    /// Decimal exponent of quantities.
    pub qty_exp: i8,
    /// Price step, mantissa; 0 if unknown.
    pub tick: i64,
    /// Price-dependent steps, by rising price; empty if `tick` holds everywhere.
    pub bands: Vec<TickBand>,
    /// Quantity step, mantissa; 0 if unknown.
    pub lot: i64,
    /// Smallest order, mantissa; 0 if none.
    pub min_qty: i64,
    /// Largest order, mantissa; 0 if none.
    pub max_qty: i64,
    /// Smallest notional, mantissa at `notional_exp`; 0 if none.
    pub min_notional: i64,
    /// Decimal exponent of `min_notional`.
    pub notional_exp: i8,
    /// What one contract stands for, mantissa at `contract_exp`.
    pub contract_size: i64,
    /// Decimal exponent of `contract_size`.
    pub contract_exp: i8,
    /// `CONTRACT_*`: what `contract_size` is measured in.
    pub contract_unit: u8,
    /// Which right, for options.
    pub option: Option<OptionSide>,
    /// Strike, mantissa at `price_exp`; 0 if none.
    pub strike: i64,
    /// Expiry or delivery; 0 if none.
    pub expiry_ns: Nanos,
    /// `SESSION_*` at the time of definition.
    pub session: u8,
    /// `CHECKSUM_*`.
    pub checksum: u32,
}

impl Instrument {
    /// An instrument of which only this much is known.
    pub fn provisional(symbol: &str, kind: Kind, price_exp: i8, qty_exp: i8) -> Self {
        Self {
            symbol: symbol.to_owned(),
            base: String::new(),
            quote: String::new(),
            settle: String::new(),
            kind,
            provisional: true,
            price_exp,
            qty_exp,
            tick: 0,
            bands: Vec::new(),
            lot: 0,
            min_qty: 0,
            max_qty: 0,
            min_notional: 0,
            notional_exp: 0,
            contract_size: 1,
            contract_exp: 0,
            contract_unit: abi::CONTRACT_BASE,
            option: None,
            strike: 0,
            expiry_ns: 0,
            session: abi::SESSION_UNKNOWN,
            checksum: abi::CHECKSUM_NONE,
        }
    }

    /// The price step at a price: that of the band in which it lies, or `tick` below the first.
    /// Mantissas; 0 if unknown.
    pub fn tick_at(&self, price: i64) -> i64 {
        let below = self.bands.partition_point(|band| band.from <= price);
        below.checked_sub(1).map_or(self.tick, |place| self.bands[place].tick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_begins_at_its_price() {
        let bands = vec![TickBand { from: 100, tick: 5 }, TickBand { from: 1000, tick: 10 }];
        let one = Instrument::provisional("A", Kind::Spot, 0, 0);
        let banded = Instrument { tick: 1, bands, ..one.clone() };
        let steps = [0, 99, 100, 999, 1000, i64::MAX].map(|price| banded.tick_at(price));
        assert_eq!(steps, [1, 1, 5, 5, 10, 10]);
        assert_eq!(Instrument { tick: 3, ..one }.tick_at(7), 3);
    }
}
