//! Numbers of venues and instruments: append-only, never reused, the same after every restart.
//!
//! The text form is one line an entry, fields separated by tabs, written before an entry is first
//! used:
//!
//! ```text
//! venue       1  binance
//! instrument  1  1  linear  BTCUSDT  -2  -3
//! ```
//!
//! An instrument's identity is venue, kind, venue symbol and both exponents: other exponents are
//! another instrument.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use patchbay_model::{Instrument, InstrumentId, Kind};

/// A line of a registry that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "registry line {line}: expected {expected}, found `{found}`; restore the file from its journal"
)]
pub struct RegistryError {
    /// Line, from 1.
    pub line: usize,
    /// What should stand there.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

/// What makes an instrument the same instrument.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// Venue number.
    pub venue: u16,
    /// Kind.
    pub kind: Kind,
    /// The venue's symbol.
    pub symbol: String,
    /// Decimal exponent of prices.
    pub price_exp: i8,
    /// Decimal exponent of quantities.
    pub qty_exp: i8,
}

/// All numbers given so far.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    venues: Vec<String>,
    instruments: Vec<Identity>,
    by_identity: BTreeMap<Identity, InstrumentId>,
    unwritten: String,
}

impl Registry {
    /// Reads the text form.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] at the first line that is malformed or out of order.
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        let mut registry = Self::default();
        for (at, line) in text.lines().enumerate() {
            registry.parse_line(at + 1, line)?;
        }
        registry.unwritten.clear();
        Ok(registry)
    }

    /// The number of a venue, given now if it has none; from 1.
    pub fn venue(&mut self, name: &str) -> u16 {
        if let Some(at) = self.venues.iter().position(|v| v == name) {
            return at as u16 + 1;
        }
        self.venues.push(name.to_owned());
        let number = self.venues.len() as u16;
        self.append(format_args!("venue\t{number}\t{name}"));
        number
    }

    /// The id of an instrument, given now if it has none; from 0.
    pub fn instrument(&mut self, venue: u16, about: &Instrument) -> InstrumentId {
        self.identify(Identity {
            venue,
            kind: about.kind,
            symbol: about.symbol.clone(),
            price_exp: about.price_exp,
            qty_exp: about.qty_exp,
        })
    }

    /// Name of a venue.
    pub fn venue_name(&self, number: u16) -> Option<&str> {
        self.venues.get(usize::from(number).checked_sub(1)?).map(String::as_str)
    }

    /// Identity of an instrument.
    pub fn identity(&self, id: InstrumentId) -> Option<&Identity> {
        self.instruments.get(id.index())
    }

    /// The lines of entries given since the last call, to be written before they are used.
    pub fn take_unwritten(&mut self) -> Option<String> {
        (!self.unwritten.is_empty()).then(|| std::mem::take(&mut self.unwritten))
    }

    fn identify(&mut self, identity: Identity) -> InstrumentId {
        if let Some(&id) = self.by_identity.get(&identity) {
            return id;
        }
        let id = InstrumentId(self.instruments.len() as u32);
        let Identity { venue, kind, symbol, price_exp, qty_exp } = &identity;
        self.append(format_args!(
            "instrument\t{id}\t{venue}\t{kind}\t{symbol}\t{price_exp}\t{qty_exp}"
        ));
        self.by_identity.insert(identity.clone(), id);
        self.instruments.push(identity);
        id
    }

    fn append(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.unwritten, "{line}").expect("writing to a String cannot fail");
    }

    fn parse_line(&mut self, line: usize, text: &str) -> Result<(), RegistryError> {
        let wrong =
            |expected| RegistryError { line, expected, found: text.chars().take(120).collect() };
        let fields: Vec<_> = text.split('\t').collect();
        match fields[..] {
            ["venue", number, name] => {
                if self.venue(name).to_string() != number {
                    return Err(wrong("the next venue number"));
                }
            }
            ["instrument", id, venue, kind, symbol, price_exp, qty_exp] => {
                let identity = Identity {
                    venue: venue.parse().map_err(|_| wrong("a venue number"))?,
                    kind: Kind::from_name(kind).ok_or_else(|| wrong("an instrument kind"))?,
                    symbol: symbol.to_owned(),
                    price_exp: price_exp.parse().map_err(|_| wrong("a price exponent"))?,
                    qty_exp: qty_exp.parse().map_err(|_| wrong("a quantity exponent"))?,
                };
                if self.venue_name(identity.venue).is_none() {
                    return Err(wrong("a venue that stands above"));
                }
                if self.identify(identity).to_string() != id {
                    return Err(wrong("the next instrument id"));
                }
            }
            _ => return Err(wrong("`venue` with 2 fields or `instrument` with 6")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_the_text_form() {
        let mut registry = Registry::default();
        let venue = registry.venue("binance");
        let spot = Instrument::provisional("BTCUSDT", Kind::Spot, -2, -8);
        let linear = Instrument::provisional("BTCUSDT", Kind::Linear, -2, -3);
        let finer = Instrument { price_exp: -3, ..linear.clone() };
        let ids = [&spot, &linear, &finer, &linear].map(|i| registry.instrument(venue, i));
        assert_eq!(ids.map(|id| id.0), [0, 1, 2, 1]);

        let text = registry.take_unwritten().unwrap();
        assert_eq!(registry.take_unwritten(), None);
        let mut again = Registry::parse(&text).unwrap();
        assert_eq!(again.venue("binance"), venue);
        assert_eq!(again.instrument(venue, &finer), InstrumentId(2));
        assert_eq!(again.take_unwritten(), None);
    }

    #[test]
    fn a_line_that_is_wrong_is_named() {
        let error = Registry::parse("venue\t1\ta\ninstrument\t5\t1\tspot\tX\t-2\t-2").unwrap_err();
        assert_eq!((error.line, error.expected), (2, "the next instrument id"));
        let error = Registry::parse("instrument\t0\t1\tspot\tX\t-2\t-2").unwrap_err();
        assert_eq!(error.expected, "a venue that stands above");
    }
}
