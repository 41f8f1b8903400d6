//! Ids of trades: whether they rise, and whether those that had no holes have one.

/// Ids in a row without a hole after which a hole means something.
const DENSE: u16 = 128;

/// What the id of a trade says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Id {
    /// Nothing.
    Fine,
    /// It is not after the one before.
    Back,
    /// So many are missing before it.
    Missing(u64),
}

/// The ids of an instrument's trades.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ids {
    last: u64,
    run: u16,
}

impl Ids {
    /// Takes the next one; 0 is none.
    #[inline]
    pub(crate) fn take(&mut self, id: u64) -> Id {
        let last = self.last;
        if id == 0 || last == 0 {
            self.last = id;
            return Id::Fine;
        }
        if id <= last {
            return Id::Back;
        }
        self.last = id;
        if id == last + 1 {
            self.run = self.run.saturating_add(1);
            return Id::Fine;
        }
        let dense = std::mem::take(&mut self.run) >= DENSE;
        if dense { Id::Missing(id - last - 1) } else { Id::Fine }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_means_something_where_there_was_none() {
        let mut ids = Ids::default();
        assert!((1..=129).all(|id| ids.take(id) == Id::Fine));
        assert_eq!(ids.take(133), Id::Missing(3));
        assert_eq!(ids.take(140), Id::Fine);
        assert_eq!(ids.take(139), Id::Back);
        assert_eq!(ids.take(141), Id::Fine);
    }
}
