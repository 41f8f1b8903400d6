//! Instruments from a venue's decimal texts.

use patchbay_model::{DecimalError, Instrument, Kind, TickBand};
use patchbay_plugin::Error;
use simd_json::prelude::*;
use simd_json::tape::Value;

use crate::decimal::{parse_number, plain_number};

/// What a venue says of an instrument's sizes, as decimals or JSON numbers; `None` where it says
/// nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sizes<'a> {
    /// Decimal places of prices that the venue prints at most, where they are finer than the tick.
    pub price_places: u8,
    /// Likewise of quantities.
    pub qty_places: u8,
    /// Price step.
    pub tick: Option<&'a str>,
    /// Steps from a price upwards, each behind its price.
    pub bands: &'a [(&'a str, &'a str)],
    /// Strike of an option.
    pub strike: Option<&'a str>,
    /// Largest price.
    pub max_price: Option<&'a str>,
    /// Quantity step.
    pub lot: Option<&'a str>,
    /// Smallest order.
    pub min_qty: Option<&'a str>,
    /// Largest order.
    pub max_qty: Option<&'a str>,
    /// Smallest notional.
    pub min_notional: Option<&'a str>,
    /// What a contract stands for; 1 without.
    pub contract: Option<&'a str>,
    /// What that is multiplied by; 1 without.
    pub multiplier: Option<&'a str>,
}

/// An instrument with exponents, tick, lot and minima; the caller adds the rest. One whose
/// exponents are `known` keeps them while they hold tick and lot exactly: other exponents make
/// another instrument.
///
/// # Errors
///
/// If there is no symbol, or a size is no decimal; the message names both.
pub fn define(
    symbol: &str,
    kind: Kind,
    sizes: &Sizes<'_>,
    known: Option<(i8, i8)>,
) -> Result<Instrument, Error> {
    if symbol.is_empty() {
        return Err(Error::new("an entry of the list of instruments has no symbol"));
    }
    let Sizes { price_places, qty_places, tick, lot, max_qty, min_notional, .. } = *sizes;
    let kept = known.filter(|(price, qty)| {
        places(tick) <= price.unsigned_abs() && places(lot) <= qty.unsigned_abs()
    });
    let (price_exp, qty_exp) = kept.unwrap_or_else(|| {
        let price = exponent(price_places, tick, sizes.max_price, 1);
        (price, exponent(qty_places, lot, max_qty, 1000))
    });
    let notional_exp = -(places(min_notional) as i8);
    let read = |what: &str, text: Option<&str>, exp| {
        mantissa(text, exp).map_err(|e| Error::new(format!("{symbol}: its {what}: {e}")))
    };
    let band = |&(from, tick): &(&str, &str)| {
        let from = read("band", Some(from), price_exp)?;
        Ok::<_, Error>(TickBand { from, tick: read("tick", Some(tick), price_exp)? })
    };
    let mut bands = sizes.bands.iter().map(band).collect::<Result<Vec<_>, _>>()?;
    bands.sort_by_key(|band| band.from);
    let factor = |what: &str, text: Option<&str>| {
        let exp = -(places(text) as i8);
        Ok::<_, Error>((read(what, text.or(Some("1")), exp)?, exp))
    };
    let (contract, contract_exp) = factor("contract", sizes.contract)?;
    let (multiplier, multiplier_exp) = factor("multiplier", sizes.multiplier)?;
    Ok(Instrument {
        provisional: false,
        bands,
        strike: read("strike", sizes.strike, price_exp)?,
        tick: read("tick", tick, price_exp)?,
        lot: read("lot", lot, qty_exp)?,
        min_qty: read("smallest order", sizes.min_qty, qty_exp)?,
        max_qty: read(
            "largest order",
            max_qty.map(|most| floor(most, qty_exp)).as_deref(),
            qty_exp,
        )?,
        min_notional: read("smallest notional", min_notional, notional_exp)?,
        notional_exp,
        contract_size: contract.saturating_mul(multiplier),
        contract_exp: contract_exp + multiplier_exp,
        ..Instrument::provisional(symbol, kind, price_exp, qty_exp)
    })
}

/// [`Sizes::bands`] of a list of objects that hold a price and the step from there upwards, as texts
/// or exactly parsed.
pub fn steps<'f>(
    list: Option<Value<'_, 'f>>,
    (price, step): (&str, &str),
) -> Vec<(&'f str, &'f str)> {
    let text = |of: Value<'_, 'f>, key: &str| of.get(key)?.into_string();
    let list = list.and_then(|list| list.into_array());
    let each = list.iter().flat_map(|list| list.iter());
    each.filter_map(|entry| Some((text(entry, price)?, text(entry, step)?))).collect()
}

/// Decimal places of a text, without the zeros at its end.
pub fn places(text: Option<&str>) -> u8 {
    let plain = text.and_then(plain_number).unwrap_or_default();
    plain.split_once('.').map_or(0, |(_, f)| f.trim_end_matches('0').len().min(18) as u8)
}

/// An exponent for the finer of declared places and step, or for less where `headroom` times the
/// largest value would not fit 64 bits; never too coarse for the step.
fn exponent(declared: u8, step: Option<&str>, largest: Option<&str>, headroom: i64) -> i8 {
    let fits = |places: &u8| {
        let exp = -(*places as i8);
        let largest = parse_number(floor(largest.unwrap_or("0"), exp).as_bytes(), exp);
        match largest {
            Ok(mantissa) => mantissa.checked_mul(headroom).is_some(),
            Err(error) => error != DecimalError::Range,
        }
    };
    let step = places(step);
    let mut fine = (step..=declared.min(18).max(step)).rev();
    -(fine.find(fits).unwrap_or(step) as i8)
}

/// A bound without the digits that no order can have: Bybit prints some bounds as doubles,
/// `0.8702999999999999`, Coinbase worth a round sum, `11996772.8407292192545075`.
fn floor(text: &str, exp: i8) -> String {
    let plain = match text.contains(['e', 'E']) {
        true => plain_number(text).unwrap_or_default(),
        false => text.to_owned(),
    };
    match plain.split_once('.') {
        Some((whole, fraction)) => {
            let places = usize::from(exp.min(0).unsigned_abs()).min(fraction.len());
            format!("{whole}.{}0", &fraction[..places])
        }
        None => text.to_owned(),
    }
}

/// 0 where there is none, and where a bound is too large to matter.
fn mantissa(text: Option<&str>, exp: i8) -> Result<i64, DecimalError> {
    match text.map_or(Ok(0), |text| parse_number(text.as_bytes(), exp)) {
        Err(DecimalError::Range) => Ok(0),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_largest_order_printed_as_a_double_is_rounded_down() {
        let sizes = Sizes {
            lot: Some("0.000001"),
            max_qty: Some("0.8702999999999999"),
            ..Sizes::default()
        };
        let made = define("BTCPLN", Kind::Spot, &sizes, None).expect("a bound may be finer");
        assert_eq!((made.qty_exp, made.max_qty), (-6, 870_299));
        let worth = Sizes { max_qty: Some("11996772.8407292192545075"), qty_places: 8, ..sizes };
        let made = define("XRP-USD", Kind::Spot, &worth, None).expect("a bound may be finer");
        assert_eq!((made.qty_exp, made.max_qty), (-8, 1_199_677_284_072_921));
        // Of a thousand times as much there is no room for the eighth place.
        let many =
            Sizes { max_qty: Some("539937939102.8409944033184418"), lot: Some("1"), ..worth };
        let made = define("PEPE-USD", Kind::Spot, &many, None).expect("a bound may be finer");
        assert_eq!((made.qty_exp, made.max_qty), (-4, 5_399_379_391_028_409));
    }

    #[test]
    fn sizes_may_be_json_numbers() {
        let sizes = Sizes {
            tick: Some("5.0e-4"),
            bands: &[("1.0e-2", "1.0e-3"), ("0.005", "5.0e-4")],
            strike: Some("0.625"),
            lot: Some("1.0e1"),
            price_places: 6,
            ..Sizes::default()
        };
        let made = define("S", Kind::Option, &sizes, None).expect("all are numbers");
        assert_eq!((made.price_exp, made.qty_exp, made.tick, made.lot), (-6, 0, 500, 10));
        assert_eq!(made.strike, 625_000);
        let bands: Vec<_> = made.bands.iter().map(|band| (band.from, band.tick)).collect();
        assert_eq!(bands, [(5_000, 500), (10_000, 1_000)], "by rising price");
        let odd = Sizes { strike: Some("x"), ..sizes };
        let error = define("S", Kind::Option, &odd, None).expect_err("x is no number");
        assert!(error.to_string().contains("S: its strike"), "{error}");
    }
}
