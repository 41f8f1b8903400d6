//! One name for an instrument wherever it trades, made from what its venue says of it.
//!
//! ```text
//! BASE/QUOTE                       spot, equities, consolidated
//! BASE/QUOTE-PERP                  perpetual futures
//! BASE/QUOTE-YYYYMMDD              dated futures, by the day of delivery in UTC
//! BASE/QUOTE-YYYYMMDD-STRIKE-C     calls; -P puts
//! ...:SETTLE                       what is settled in neither base nor quote
//! ```
//!
//! Base and quote are the venue's own words, so `1000SHIB` and `XBT` stay what the venue calls them.
//! A name is unique within venue and kind.

use std::fmt;

use crate::time::{civil, days};
use crate::{Instrument, Kind, Nanos, OptionSide, parse_decimal, trimmed};

const DAY: Nanos = 86_400_000_000_000;

/// A canonical name, in its parts. Its text is [`fmt::Display`]'s, which [`Canonical::parse`] reads
/// back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Canonical {
    /// What is bought and sold.
    pub base: String,
    /// What prices are quoted in.
    pub quote: String,
    /// When it ends, and at what price.
    pub term: Term,
    /// What it is settled in, if that is neither base nor quote; otherwise empty.
    pub settle: String,
}

/// The time and right of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// Bought outright.
    Spot,
    /// A future without an end.
    Perpetual,
    /// A future that is delivered on this day: days since 1970-01-01, UTC.
    Dated(i64),
    /// An option that expires on this day.
    Option {
        /// Days since 1970-01-01, UTC.
        day: i64,
        /// Strike as a decimal without zeros at its end.
        strike: String,
        /// Whether it is a call.
        call: bool,
    },
}

impl Canonical {
    /// Of a definition; `None` if the venue has not told enough, or tells words that a name cannot
    /// be made of.
    pub fn of(about: &Instrument) -> Option<Self> {
        let day = about.expiry_ns.div_euclid(DAY);
        let term = match about.kind {
            Kind::Spot | Kind::Equity | Kind::Consolidated => Term::Spot,
            Kind::Linear | Kind::Inverse if about.expiry_ns == 0 => Term::Perpetual,
            Kind::Linear | Kind::Inverse => Term::Dated(day),
            Kind::Option if about.expiry_ns == 0 => return None,
            Kind::Option => Term::Option {
                day,
                strike: trimmed(about.strike, about.price_exp),
                call: about.option? == OptionSide::Call,
            },
        };
        let Instrument { base, quote, settle, .. } = about;
        let own = term == Term::Spot || settle == base || settle == quote;
        let settle = if own { "" } else { settle };
        let fit = is_word(base) && is_word(quote) && (settle.is_empty() || is_word(settle));
        let (base, quote, settle) = (base.clone(), quote.clone(), settle.to_owned());
        fit.then_some(Self { base, quote, term, settle })
    }

    /// Reads a name; `None` if the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, settle) = text.split_once(':').unwrap_or((text, ""));
        let (base, rest) = rest.split_once('/')?;
        let mut parts = rest.split('-');
        let quote = parts.next()?;
        let term: Vec<_> = parts.collect();
        let term = match *term.as_slice() {
            [] => Term::Spot,
            ["PERP"] => Term::Perpetual,
            [day] => Term::Dated(date(day)?),
            [day, strike, side @ ("C" | "P")] => {
                let plain = parse_decimal(strike.as_bytes(), -18).is_ok();
                let whole = parse_decimal(strike.as_bytes(), 0).is_ok();
                let day = date(day)?;
                let strike = (plain || whole).then(|| strike.to_owned())?;
                Term::Option { day, strike, call: side == "C" }
            }
            _ => return None,
        };
        let fit = is_word(base) && is_word(quote) && (settle.is_empty() || is_word(settle));
        let (base, quote, settle) = (base.to_owned(), quote.to_owned(), settle.to_owned());
        let read = fit.then_some(Self { base, quote, term, settle })?;
        // One name has one spelling.
        (read.to_string() == text).then_some(read)
    }
}

impl fmt::Display for Canonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.quote)?;
        let date = |day: i64| {
            let (year, month, day) = civil(day);
            format!("{year:04}{month:02}{day:02}")
        };
        match &self.term {
            Term::Spot => {}
            Term::Perpetual => f.write_str("-PERP")?,
            Term::Dated(day) => write!(f, "-{}", date(*day))?,
            Term::Option { day, strike, call } => {
                write!(f, "-{}-{strike}-{}", date(*day), if *call { 'C' } else { 'P' })?;
            }
        }
        if self.settle.is_empty() { Ok(()) } else { write!(f, ":{}", self.settle) }
    }
}

/// Whether a venue's word can stand in a name, whose marks it must not hold.
fn is_word(text: &str) -> bool {
    let mark = |c: char| c.is_whitespace() || c.is_control() || "/-:*?".contains(c);
    !text.is_empty() && !text.contains(mark)
}

/// The day that `YYYYMMDD` says.
fn date(text: &str) -> Option<i64> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = digits.then(|| text.parse().ok())??;
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let found = days(year, month, day);
    (civil(found) == (year, month, day)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(kind: Kind, edit: impl FnOnce(&mut Instrument)) -> Option<String> {
        let mut about = Instrument::provisional("X", kind, -2, 0);
        (about.base, about.quote) = ("BTC".into(), "USD".into());
        edit(&mut about);
        let name = Canonical::of(&about)?;
        assert_eq!(Canonical::parse(&name.to_string()).as_ref(), Some(&name), "read back");
        Some(name.to_string())
    }

    #[test]
    fn names_say_kind_day_strike_and_right() {
        let day = 19_993 * DAY + 8 * 3_600_000_000_000;
        assert_eq!(named(Kind::Spot, |_| {}).as_deref(), Some("BTC/USD"));
        let perpetual = named(Kind::Inverse, |it| it.settle = "BTC".into());
        assert_eq!(perpetual.as_deref(), Some("BTC/USD-PERP"));
        let dated = named(Kind::Linear, |it| (it.expiry_ns, it.settle) = (day, "USDC".into()));
        assert_eq!(dated.as_deref(), Some("BTC/USD-20240927:USDC"));
        let option = |strike: i64, side| {
            named(Kind::Option, |it| {
                (it.expiry_ns, it.strike, it.option) = (day, strike, Some(side));
                it.settle = "BTC".into();
            })
        };
        let call = option(6_000_000, OptionSide::Call);
        assert_eq!(call.as_deref(), Some("BTC/USD-20240927-60000-C"));
        assert_eq!(option(50, OptionSide::Put).as_deref(), Some("BTC/USD-20240927-0.5-P"));
    }

    #[test]
    fn what_a_venue_does_not_tell_has_no_name() {
        assert_eq!(named(Kind::Option, |it| it.option = Some(OptionSide::Call)), None);
        assert_eq!(named(Kind::Spot, |it| it.quote.clear()), None);
        assert_eq!(named(Kind::Spot, |it| it.base = "A/B".into()), None);
    }

    #[test]
    fn one_name_has_one_spelling() {
        for other in [
            "BTC",
            "/USD",
            "BTC/",
            "BTC/USD-",
            "BTC/USD-PERPETUAL",
            "BTC/USD-20240230",
            "BTC/USD-2024927",
            "BTC/USD-20240927-60000",
            "BTC/USD-20240927-60000-X",
            "BTC/USD-20240927-6e4-C",
            "BTC/USD:",
            "BTC/*",
        ] {
            assert_eq!(Canonical::parse(other), None, "{other}");
        }
    }
}
