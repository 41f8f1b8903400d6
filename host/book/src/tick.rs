//! The price step, and exact division by it without dividing.

/// A price step in mantissa units, with what it takes to divide by it.
///
/// `step = odd << shift`. Modulo 2^64 an odd number has an inverse, so that one multiplication
/// divides a multiple of it exactly; anything else comes out beyond the largest possible quotient
/// (Warren, *Hacker's Delight*, 10-17: test for zero remainder after division by a constant).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tick {
    step: i64,
    inverse: u64,
    shift: u32,
    /// Largest `|quotient| << shift`.
    bound: u64,
    /// Number of quotients, less one.
    quotients: u64,
}

impl Tick {
    /// Of the step `step`; `None` unless it is positive.
    pub(crate) fn new(step: i64) -> Option<Self> {
        if step <= 0 {
            return None;
        }
        let shift = step.trailing_zeros();
        let odd = (step >> shift) as u64;
        let bound = (i64::MAX as u64 / odd) >> shift << shift;
        let quotients = (2 * bound) >> shift;
        Some(Self { step, inverse: inverse(odd), shift, bound, quotients })
    }

    /// In mantissa units.
    pub(crate) const fn step(&self) -> i64 {
        self.step
    }

    /// `price / step` if that is a whole number, and anything if not.
    #[inline]
    pub(crate) const fn quotient(&self, price: i64) -> i64 {
        (price as u64).wrapping_mul(self.inverse) as i64 >> self.shift
    }

    /// `price / step` if that is a whole number. Not for `i64::MIN`.
    #[inline]
    pub(crate) const fn divide(&self, price: i64) -> Option<i64> {
        let scaled = (price as u64).wrapping_mul(self.inverse);
        // Rotating puts bits that the shift would lose on top, beyond any quotient.
        if scaled.wrapping_add(self.bound).rotate_right(self.shift) <= self.quotients {
            Some(scaled as i64 >> self.shift)
        } else {
            None
        }
    }
}

/// Inverse of an odd number modulo 2^64 by Newton's iteration: `odd` itself is right in 3 bits, and
/// each round doubles them.
const fn inverse(odd: u64) -> u64 {
    let mut x = odd;
    let mut bits = 3;
    while bits < 64 {
        x = x.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(x)));
        bits *= 2;
    }
    x
}

/// Greatest common divisor of a step (0: none yet) and a price; 0 only of two zeros. Not for
/// `i64::MIN`.
pub(crate) const fn gcd(step: i64, price: i64) -> i64 {
    let (mut a, mut b) = (step.abs(), price.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_exactly_or_not_at_all() {
        let steps = [1, 2, 3, 5, 7, 8, 10, 25, 50, 1_000_000, 10_000_000, 1 << 62, i64::MAX];
        let prices = [0, 1, 2, 5, 10, 61_800_200, 6_180_020_000_000, i64::MAX - 1, i64::MAX];
        for step in steps {
            let tick = Tick::new(step).expect("positive");
            for near in prices.into_iter().flat_map(|p| [p, p / step * step]) {
                for price in [near, near.saturating_add(1), near.saturating_sub(1)] {
                    for price in [price, -price] {
                        let want = (price % step == 0).then(|| price / step);
                        assert_eq!(tick.divide(price), want, "{price} / {step}");
                    }
                }
            }
        }
    }

    #[test]
    fn steps_are_positive_and_divisors_common() {
        assert!(Tick::new(0).is_none() && Tick::new(-5).is_none());
        assert_eq!(gcd(0, 0), 0);
        assert_eq!(gcd(0, -150), 150);
        assert_eq!(gcd(100, -150), 50);
        assert_eq!(gcd(i64::MAX, i64::MAX), i64::MAX);
    }
}
