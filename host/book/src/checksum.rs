//! Checksums that venues send over the best levels of a book.

use patchbay_abi::Level;
use patchbay_model::Side;

use crate::levels::Levels;

/// Levels a side that [`crc32_25`] covers.
const DEPTH: usize = 25;

/// `CHECKSUM_CRC32_25`: CRC-32 (IEEE) over `price:qty` of the best 25 levels, bid and ask in turns,
/// joined by colons; a side that is exhausted is skipped (okx.md, section 3). Numbers are spelt as
/// OKX spells them: without zeros at the end of a fraction.
pub(crate) fn crc32_25(levels: &Levels, price_exp: i8, qty_exp: i8) -> u32 {
    let mut text = Text { crc: crc32fast::Hasher::new(), empty: true };
    let mut push = |level: Option<Level>| {
        if let Some(level) = level {
            text.push(level.price, price_exp);
            text.push(level.qty, qty_exp);
        }
    };
    let (mut bids, mut asks) = (levels.iter(Side::Buy), levels.iter(Side::Sell));
    for _ in 0..DEPTH {
        push(bids.next());
        push(asks.next());
    }
    text.crc.finalize()
}

struct Text {
    crc: crc32fast::Hasher,
    empty: bool,
}

impl Text {
    fn push(&mut self, mantissa: i64, exp: i8) {
        if !self.empty {
            self.crc.update(b":");
        }
        self.empty = false;
        let mut spelling = Spelling::new();
        spelling.write(mantissa, exp);
        self.crc.update(spelling.as_bytes());
    }
}

/// Digits of a mantissa, a point, a sign, and as many zeros as an exponent can ask for: written
/// from the end, without allocation.
struct Spelling {
    bytes: [u8; 160],
    start: usize,
}

impl Spelling {
    const fn new() -> Self {
        Self { bytes: [0; 160], start: 160 }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    fn put(&mut self, byte: u8) {
        self.start -= 1;
        self.bytes[self.start] = byte;
    }

    fn write(&mut self, mantissa: i64, exp: i8) {
        let mut digits = mantissa.unsigned_abs();
        let mut places = if digits == 0 { 0 } else { -i32::from(exp) };
        while places > 0 && digits.is_multiple_of(10) {
            digits /= 10;
            places -= 1;
        }
        for _ in places..0 {
            self.put(b'0');
        }
        while places > 0 {
            self.put(b'0' + (digits % 10) as u8);
            digits /= 10;
            places -= 1;
            if places == 0 {
                self.put(b'.');
            }
        }
        loop {
            self.put(b'0' + (digits % 10) as u8);
            digits /= 10;
            if digits == 0 {
                break;
            }
        }
        if mantissa < 0 {
            self.put(b'-');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::LevelsConfig;
    use patchbay_model::trimmed;

    /// The two reference values of okx.md, section 3.
    #[test]
    fn agrees_with_the_reference_values() {
        let book = |bids: &[(i64, i64)], asks: &[(i64, i64)]| {
            let mut levels = Levels::new(&LevelsConfig::default());
            for (side, quoted) in [(Side::Buy, bids), (Side::Sell, asks)] {
                for &(price, qty) in quoted {
                    levels.set(side, price, qty);
                }
            }
            crc32_25(&levels, -1, 0) as i32
        };
        assert_eq!(book(&[(33661, 7), (33660, 6)], &[(33668, 9), (33680, 8)]), -1_881_014_294);
        assert_eq!(book(&[(33661, 7)], &[(33668, 9), (33680, 8), (33720, 8)]), 831_078_360);
    }

    #[test]
    fn spells_as_the_model_does() {
        for mantissa in [0, 1, -5, 10, 33661, 6_180_020, -50_000_000, i64::MAX, i64::MIN] {
            for exp in [-18, -8, -2, -1, 0, 3] {
                let mut spelling = Spelling::new();
                spelling.write(mantissa, exp);
                let want = trimmed(mantissa, exp);
                assert_eq!(spelling.as_bytes(), want.as_bytes(), "{mantissa} at {exp}");
            }
        }
    }
}
