//! Whether a live book that was wrong is excused.

use std::collections::BTreeSet;

use patchbay_test_replay::fixed;
use patchbay_venue::{Did, Ledger};

use crate::oracle::Wrong;
use crate::truth::Truth;

/// Digits that the venue corrupted inside a valid sequence, and that a wrong book showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excuse {
    /// Last ids of the changes.
    pub ids: Vec<u64>,
}

/// The excuse for a run of wrong updates: every level that was another is one whose price or
/// quantity the venue corrupted, in a change that this episode of the book can hold. `Err` has the
/// levels that nothing explains.
///
/// # Errors
///
/// Sides and prices without an explanation.
pub fn excuse(wrong: &Wrong, truth: &Truth, ledger: &Ledger) -> Result<Excuse, Vec<(usize, i128)>> {
    let (mut ids, mut explained) = (Vec::new(), BTreeSet::new());
    for entry in ledger.faults.iter().filter(|entry| truth.is_stream(&entry.stream)) {
        let Did::Corrupted { side, price, field, to, .. } = &entry.did else { continue };
        let Some((_, last)) = entry.ids else { continue };
        if last <= wrong.before || last > wrong.ids.1 || entry.product != truth.product {
            continue;
        }
        let side = usize::from(*side == "ask");
        let mut prices = vec![fixed(price)];
        if *field == "price" {
            prices.push(fixed(to));
        }
        let levels = prices.into_iter().flatten().map(|price| (side, price));
        let seen: Vec<_> = levels.filter(|level| wrong.prices.contains(level)).collect();
        if !seen.is_empty() {
            ids.push(last);
            explained.extend(seen);
        }
    }
    let unexplained: Vec<_> = wrong.prices.difference(&explained).copied().collect();
    if unexplained.is_empty() { Ok(Excuse { ids }) } else { Err(unexplained) }
}
