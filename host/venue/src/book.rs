//! A naive book: maps from decimal text to decimal text, nothing more.

use std::collections::BTreeMap;

/// Decimal places that a key holds. Binance prints 8.
const PLACES: usize = 18;

/// One book, as the recording tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// Bids, asks: price and quantity as they were written, by the price as a number.
    sides: [BTreeMap<i128, (String, String)>; 2],
}

impl Book {
    /// Sets a level; a quantity of zero removes it. Text that is no decimal is left out.
    pub fn set(&mut self, side: usize, price: &str, qty: &str) {
        let (Some(key), Some(side)) = (scaled(price), self.sides.get_mut(side)) else { return };
        if is_zero(qty) {
            side.remove(&key);
        } else {
            side.insert(key, (price.to_owned(), qty.to_owned()));
        }
    }

    /// Levels of a side, best first: price and quantity as they were written.
    pub fn levels(&self, side: usize) -> Box<dyn Iterator<Item = (&str, &str)> + '_> {
        match side {
            0 => Box::new(self.sides[0].values().rev().map(|(p, q)| (p.as_str(), q.as_str()))),
            _ => Box::new(self.sides[1].values().map(|(p, q)| (p.as_str(), q.as_str()))),
        }
    }

    /// How many levels a side has.
    pub fn depth(&self, side: usize) -> usize {
        self.sides.get(side).map_or(0, BTreeMap::len)
    }
}

/// A decimal as a number of [`PLACES`]; `None` if it is none, or too large.
fn scaled(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || fraction.len() > PLACES || !digits(whole) || !digits(fraction) {
        return None;
    }
    let zeros = u32::try_from(PLACES - fraction.len()).ok()?;
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    digits.checked_mul(10_i128.pow(zeros))
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|b| b == b'0' || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_number_and_keeps_the_text() {
        let mut book = Book::default();
        for (side, price, qty) in [
            (0, "9.50", "1"),
            (0, "10.0", "2.000"),
            (1, "11", "3"),
            (1, "10.10", "4"),
            (0, "9.5", "0.000"),
            (1, "x", "1"),
        ] {
            book.set(side, price, qty);
        }
        assert_eq!(book.levels(0).collect::<Vec<_>>(), [("10.0", "2.000")]);
        assert_eq!(book.levels(1).collect::<Vec<_>>(), [("10.10", "4"), ("11", "3")]);
        assert_eq!(book.depth(1), 2);
    }

    #[test]
    fn refuses_what_is_no_decimal() {
        for text in ["", ".5", "1e5", "-1", "1.2.3", "0.1234567890123456789"] {
            assert_eq!(scaled(text), None, "{text}");
        }
        assert_eq!(scaled("0.5"), Some(5 * 10_i128.pow(17)));
    }
}
