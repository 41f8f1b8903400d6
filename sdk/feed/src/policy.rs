//! Price steps and smallest orders that a venue publishes by quote currency, in a table, and not with
//! each instrument.

use patchbay_model::{DecimalError, Instrument, TickBand};
use patchbay_plugin::{Config, Error};

use crate::Table;
use crate::decimal::parse_number;
use crate::define::places;

/// `ticks.QUOTE` and `min_notional.QUOTE` of a venue's table.
#[derive(Debug)]
pub(crate) struct Policy {
    quote: &'static str,
    /// Price from which a step holds upwards, and the step.
    ticks: Vec<(String, String)>,
    /// Empty for none.
    min_notional: String,
}

impl Policy {
    /// Of a quote currency.
    ///
    /// # Errors
    ///
    /// If an entry is not `"FROM STEP"`.
    pub(crate) fn read(quote: &'static str, config: &Config<'_>) -> Result<Self, Error> {
        let key = format!("ticks.{quote}");
        let pair = |text: &str| {
            let pair = text.split_once(' ');
            let pair = pair.map(|(from, step)| (from.to_owned(), step.to_owned()));
            pair.ok_or_else(|| Error::new(format!("`{key}`: {text:?}: write \"FROM STEP\"")))
        };
        let ticks = config.texts(&key).map(pair).collect::<Result<_, _>>()?;
        let min_notional = Table(config).text(&format!("min_notional.{quote}"))?;
        Ok(Self { quote, ticks, min_notional })
    }

    /// Completes an instrument of this quote currency, or table where it has another, whose list does
    /// not tell steps.
    ///
    /// # Errors
    ///
    /// If a price or a step is no decimal at the instrument's exponent.
    pub(crate) fn complete(
        &self,
        name: Option<&str>,
        instrument: &mut Instrument,
    ) -> Result<(), Error> {
        if name.unwrap_or(&instrument.quote) != self.quote || instrument.tick != 0 {
            return Ok(());
        }
        let wrong = |key: &str, text: &str, error: DecimalError| {
            let (symbol, quote) = (&instrument.symbol, self.quote);
            Error::new(format!("{symbol}: `{key}.{quote}`: {text:?}: {error}"))
        };
        let read = |key, text: &str, exp| {
            parse_number(text.as_bytes(), exp).map_err(|error| wrong(key, text, error))
        };
        let band = |(from, step): &(String, String)| {
            let price = |text| read("ticks", text, instrument.price_exp);
            Ok::<_, Error>(TickBand { from: price(from)?, tick: price(step)? })
        };
        let mut bands = self.ticks.iter().map(band).collect::<Result<Vec<_>, _>>()?;
        bands.sort_by_key(|band| band.from);
        let (least, exp) = match self.min_notional.as_str() {
            "" => (0, 0),
            text => {
                let exp = -(places(Some(text)) as i8);
                (read("min_notional", text, exp)?, exp)
            }
        };
        (instrument.min_notional, instrument.notional_exp) = (least, exp);
        instrument.tick = bands.first().map_or(0, |band| band.tick);
        // One step holds everywhere.
        instrument.bands = if bands.len() > 1 { bands } else { Vec::new() };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use patchbay_model::Kind;

    use super::*;

    fn policy(ticks: &[(&str, &str)]) -> Policy {
        let own = |(from, step): &(&str, &str)| ((*from).to_owned(), (*step).to_owned());
        let ticks = ticks.iter().map(own).collect();
        Policy { quote: "KRW", ticks, min_notional: "0.50".to_owned() }
    }

    fn quoted(quote: &str) -> Instrument {
        let quote = quote.to_owned();
        Instrument { quote, ..Instrument::provisional("A", Kind::Spot, -2, 0) }
    }

    #[test]
    fn steps_are_those_of_the_quote_currency() {
        let policy = policy(&[("1000", "5"), ("0", "0.01"), ("10", "0.1")]);
        let mut made = quoted("KRW");
        policy.complete(None, &mut made).expect("all are decimals");
        let steps = [0, 999, 1000, 99_999, 100_000].map(|price| made.tick_at(price));
        assert_eq!((made.tick, steps), (1, [1, 1, 10, 10, 500]));
        assert_eq!((made.min_notional, made.notional_exp), (5, -1));
        for other in [quoted("BTC"), Instrument { tick: 7, ..quoted("KRW") }] {
            let mut same = other.clone();
            policy.complete(None, &mut same).expect("there is nothing to do");
            assert_eq!(same, other);
        }
    }

    #[test]
    fn one_step_holds_everywhere_and_none_is_too_fine() {
        let mut made = quoted("KRW");
        policy(&[("0", "0.05")]).complete(None, &mut made).expect("all are decimals");
        assert_eq!((made.tick, made.bands.len()), (5, 0));
        let error = policy(&[("0", "0.001")]).complete(None, &mut quoted("KRW"));
        let error = error.expect_err("it is finer than the exponent").to_string();
        assert!(error.contains("A: `ticks.KRW`: \"0.001\""), "{error}");
    }
}
