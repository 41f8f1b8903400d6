//! Lists of levels: the bulk of every depth frame.

use crate::Cursor;
#[cfg(target_arch = "x86_64")]
use crate::Instructions;
#[cfg(target_arch = "x86_64")]
use crate::simd::{self, levels::Shape};

impl Cursor<'_> {
    /// A list of `["price","quantity"]` with nothing between, as mantissas at the exponents, given
    /// to `sink` in order, a few at a time; the number of levels. A sink declines for all with
    /// `None`; what it was given before a `None` must not be used.
    #[inline(always)]
    pub fn levels(
        &mut self,
        price_exp: i8,
        qty_exp: i8,
        sink: impl FnMut(&[[i64; 2]]) -> Option<()>,
    ) -> Option<usize> {
        self.literal(b"[")?;
        if self.literal(b"]").is_some() {
            return Some(0);
        }
        #[cfg(target_arch = "x86_64")]
        if self.has >= Instructions::Avx2
            && let Some(shape) = Shape::of(price_exp, qty_exp)
        {
            let (behind, count) = simd::levels::read(*self, shape, sink)?;
            self.rest = behind.rest;
            return Some(count);
        }
        let (behind, count) = self.one_by_one(price_exp, qty_exp, sink)?;
        self.rest = behind.rest;
        Some(count)
    }

    /// The scalar twin: the cursor behind the list, and how many levels there were. (By value: a
    /// cursor whose address is known to somebody cannot be in registers.)
    #[inline(never)]
    fn one_by_one(
        mut self,
        price_exp: i8,
        qty_exp: i8,
        mut sink: impl FnMut(&[[i64; 2]]) -> Option<()>,
    ) -> Option<(Self, usize)> {
        let mut count = 0;
        loop {
            let (price, qty, last) = self.level(price_exp, qty_exp)?;
            sink(&[[price, qty]])?;
            count += 1;
            if last {
                return Some((self, count));
            }
        }
    }

    /// One level and the `,` or `]` after it; whether it was the last.
    #[inline]
    pub(crate) fn level(&mut self, price_exp: i8, qty_exp: i8) -> Option<(i64, i64, bool)> {
        self.literal(b"[\"")?;
        let price = self.decimal(price_exp)?;
        self.literal(b",\"")?;
        let qty = self.decimal(qty_exp)?;
        self.literal(b"]")?;
        let last = match self.peek()? {
            b',' => false,
            b']' => true,
            _ => return None,
        };
        self.skip(1)?;
        Some((price, qty, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Levels = Option<(Vec<[i64; 2]>, usize)>;

    fn read(text: &str, most: Instructions, exps: (i8, i8)) -> Levels {
        let frame = format!("{:20}{text}", "");
        let mut scan = Cursor::at_most(frame.as_bytes(), most);
        scan.literal(&[b' '; 20])?;
        let mut levels = Vec::new();
        let count = scan.levels(exps.0, exps.1, |some| {
            levels.extend_from_slice(some);
            Some(())
        })?;
        assert_eq!(count, levels.len());
        Some((levels, scan.position() - 20))
    }

    fn all(text: &str, exps: (i8, i8)) -> Levels {
        let scalar = read(text, Instructions::Scalar, exps);
        for most in [Instructions::Avx2, Instructions::Avx512] {
            assert_eq!(read(text, most, exps), scalar, "{text} at {exps:?} with {most:?}");
        }
        scalar
    }

    #[test]
    fn reads_lists_and_stops_behind_them() {
        assert_eq!(all("[]", (-2, -3)), Some((vec![], 2)));
        assert_eq!(all(r#"[["1","2"]]"#, (-2, -3)), Some((vec![[100, 2000]], 11)));
        let two = r#"[["61773.6","1001"],["0.5","0.000"]],"a":[]"#;
        let values = vec![[617_736, 1_001_000], [5, 0]];
        assert_eq!(all(two, (-1, -3)), Some((values, 36)));
        assert_eq!(all(two, (0, -3)), None, "61773.6 has a decimal too many");
    }

    #[test]
    fn declines_any_other_punctuation() {
        let good = r#"[["61773.60","10.001"],["61774.00","0.000"],["7","8"]],"a":[["1","2"]]}}"#;
        assert!(all(good, (-2, -3)).is_some());
        let list = good.find("]],").unwrap() + 2;
        for cut in 0..list {
            assert_eq!(all(&good[..cut], (-2, -3)), None, "cut at {cut}");
        }
        for place in 0..list {
            for byte in 0..0x80u8 {
                let mut text = good.as_bytes().to_vec();
                text[place] = byte;
                all(str::from_utf8(&text).unwrap(), (-2, -3));
            }
        }
    }

    #[test]
    fn twins_agree_on_every_shape_of_number() {
        let digits = "9182736450918273";
        for whole in 0..=12 {
            for decimals in 0..=12 {
                let odd = format!("{}.{}", &digits[..whole], &digits[..decimals]);
                let round = format!("{}.{:0<decimals$}", &digits[..whole], "");
                for (price, qty) in
                    [(&*odd, "1.5"), ("2.50", &*odd), (&*odd, &*round), ("7", &*odd)]
                {
                    let text =
                        format!(r#"[["{price}","{qty}"],["{qty}","{price}"]],"tail of it":1"#);
                    for exps in [(-8, -8), (-2, -3), (0, -1), (-15, -16), (1, -8), (-8, -18)] {
                        all(&text, exps);
                    }
                }
            }
        }
    }

    #[test]
    fn a_sink_may_decline() {
        let count = Cursor::new(br#"[["1","2"],["3","4"],["5","6"]]"#)
            .levels(0, 0, |some| (some[0][0] == 0).then_some(()));
        assert_eq!(count, None);
    }
}
