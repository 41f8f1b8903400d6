//! The checksum that contenders must agree on.

/// Takes values in order. Two cycles a value, so that it does not hide what is measured.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sum(pub(crate) u64);

impl Sum {
    #[inline(always)]
    pub(crate) fn add(&mut self, value: u64) {
        self.0 = self.0.rotate_left(5) ^ value;
    }

    #[inline(always)]
    pub(crate) fn add_level(&mut self, price: i64, qty: i64) {
        self.add(price as u64);
        self.add(qty as u64);
    }
}
