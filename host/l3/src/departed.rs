//! Orders that left last.

/// Ids that are remembered. Events of one order overtake each other by a few at most, and two
/// connections that carry the same stream are apart by what comes in a second.
const REMEMBERED: usize = 1024;

/// Ids of the orders that left last: one that comes after it has left (events overtake each other, or a
/// second connection tells it again) must not stay.
#[derive(Clone, Debug)]
pub(crate) struct Departed {
    ids: Vec<u64>,
    next: usize,
}

impl Departed {
    pub(crate) fn new() -> Self {
        Self { ids: Vec::with_capacity(REMEMBERED), next: 0 }
    }

    pub(crate) fn push(&mut self, id: u64) {
        match self.ids.get_mut(self.next) {
            Some(oldest) => *oldest = id,
            None => self.ids.push(id),
        }
        self.next = (self.next + 1) % REMEMBERED;
    }

    pub(crate) fn contains(&self, id: u64) -> bool {
        self.ids.contains(&id)
    }

    pub(crate) fn clear(&mut self) {
        self.ids.clear();
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten() {
        let mut departed = Departed::new();
        (0..=REMEMBERED as u64).for_each(|id| departed.push(id));
        assert!(!departed.contains(0) && departed.contains(1) && departed.contains(1024));
        departed.clear();
        assert!(!departed.contains(1));
    }
}
