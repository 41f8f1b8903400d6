//! What is wanted of one adapter, as its venue's list of instruments comes and changes.

use std::collections::{BTreeMap, BTreeSet};

use patchbay_model::{Instrument, Kind, Nanos};

use super::{Catalogue, Entry, Selection};
use crate::config::nearest;

/// Most instruments that are wanted of one adapter; what is beyond is left out, and said.
const MOST: usize = 10_000;
/// How long a list has to have been still before what it lacks is said, ns.
const STILL: Nanos = 5_000_000_000;

/// An instrument that is wanted: kind and venue symbol.
pub type Chosen = (Kind, String);

/// Selections, and what they mean so far.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    selections: Vec<Selection>,
    /// Most of each kind, if there is a bound (`LIMITED_MODE`).
    per_kind: Option<usize>,
    catalogue: Catalogue,
    /// When the list changed last, 0 before.
    told: Nanos,
    changed: bool,
    /// Selections that were complained of.
    blamed: BTreeSet<usize>,
    /// When the list that was judged last had changed.
    judged: Nanos,
    /// Instruments beyond [`MOST`].
    beyond: usize,
}

impl Wanted {
    /// By these selections, at most `per_kind` of each kind.
    pub fn new(selections: Vec<Selection>, per_kind: Option<usize>) -> Self {
        let changed = !selections.is_empty();
        Self { selections, per_kind, changed, ..Self::default() }
    }

    /// The venue's instruments so far.
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The adapter has defined an instrument.
    pub fn define(&mut self, now: Nanos, index: u32, about: &Instrument) {
        if self.catalogue.define(index, about) {
            (self.changed, self.told) = (true, now);
        }
    }

    /// Whether there may be another choice than the last.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed) && !self.selections.is_empty()
    }

    /// What is meant now, in the order of the selections, those of a pattern by kind and symbol; each once.
    pub fn choose(&mut self) -> Vec<Chosen> {
        let mut seen = BTreeSet::new();
        let mut chosen: Vec<Chosen> = Vec::new();
        for selection in &self.selections {
            let found = match selection.exact() {
                Some((kind, symbol)) => vec![(kind, symbol.to_owned())],
                None => self.found(selection),
            };
            chosen.extend(found.into_iter().filter(|one| seen.insert(one.clone())));
        }
        if let Some(most) = self.per_kind {
            let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
            chosen.retain(|(kind, _)| {
                let count = counts.entry(*kind).or_default();
                *count += 1;
                *count <= most
            });
        }
        self.beyond = chosen.len().saturating_sub(MOST);
        chosen.truncate(MOST);
        chosen
    }

    /// What a name or pattern means; a name that means several means none.
    fn found(&self, selection: &Selection) -> Vec<Chosen> {
        let mut all = self.matching(selection);
        if !selection.is_pattern() {
            let one = if all.len() == 1 { all.pop() } else { None };
            return one.map(|(kind, symbol, _)| (kind, symbol.to_owned())).into_iter().collect();
        }
        all.retain(|(.., entry)| entry.open);
        all.into_iter().map(|(kind, symbol, _)| (kind, symbol.to_owned())).collect()
    }

    fn matching(&self, selection: &Selection) -> Vec<(Kind, &str, &Entry)> {
        let means = |(kind, symbol, entry): &(Kind, &str, &Entry)| {
            selection.matches(*kind, symbol, entry.canonical.as_deref())
        };
        self.catalogue.entries().filter(means).collect()
    }

    /// What cannot be met, once the venue's list has stood still: a line for each selection, said
    /// once until it is met.
    pub fn complaints(&mut self, now: Nanos) -> Vec<String> {
        if self.told == 0 || now - self.told < STILL {
            return Vec::new();
        }
        if std::mem::replace(&mut self.judged, self.told) == self.told {
            return Vec::new();
        }
        let mut lines = Vec::new();
        if self.beyond > 0 {
            let beyond = std::mem::take(&mut self.beyond);
            lines.push(format!("{beyond} instruments beyond {MOST} are left out: want fewer"));
        }
        for at in 0..self.selections.len() {
            match self.fault(&self.selections[at]) {
                None => drop(self.blamed.remove(&at)),
                Some(fault) if self.blamed.insert(at) => {
                    let Selection { origin, .. } = &self.selections[at];
                    lines.push(format!("{origin}: \"{}\" {fault}", self.selections[at].text()));
                }
                Some(_) => {}
            }
        }
        lines
    }

    fn fault(&self, selection: &Selection) -> Option<String> {
        let all = self.matching(selection);
        let texts = |(kind, symbol, _): &(Kind, &str, &Entry)| format!("{kind}:{symbol}");
        match (all.len(), selection.is_pattern()) {
            (0, true) => Some("matches nothing that the venue lists".to_owned()),
            (0, false) => Some(self.unknown(selection)),
            (1, false) | (_, true) => None,
            (_, false) => {
                let names: Vec<_> = all.iter().map(texts).collect();
                Some(format!("may mean {}: write one of them", names.join(" or ")))
            }
        }
    }

    /// Names are compared with names and symbols with symbols.
    fn unknown(&self, selection: &Selection) -> String {
        let entries = || {
            let own = |kind: Kind| selection.kind.is_none_or(|own| own == kind);
            self.catalogue.entries().filter(move |(kind, ..)| own(*kind))
        };
        let near = match selection.name.contains('/') {
            true => nearest(&selection.name, entries().filter_map(|it| it.2.canonical.as_deref())),
            false => nearest(&selection.name, entries().map(|(_, symbol, _)| symbol)),
        };
        let near = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
        format!("is nothing that the venue lists{near}")
    }
}

#[cfg(test)]
mod tests {
    use patchbay_abi::SESSION_CLOSED;

    use super::*;

    fn spot(symbol: &str, base: &str, quote: &str) -> Instrument {
        let (base, quote) = (base.to_owned(), quote.to_owned());
        let known = Instrument::provisional(symbol, Kind::Spot, 0, 0);
        Instrument { base, quote, provisional: false, ..known }
    }

    fn linear(symbol: &str) -> Instrument {
        Instrument { kind: Kind::Linear, ..spot(symbol, "BTC", "USDT") }
    }

    fn wanted(texts: &[&str]) -> Wanted {
        let read = |(at, text): (usize, &&str)| Selection::parse(text, &format!("f:{}:1", at + 1));
        let selections = texts.iter().enumerate().map(|it| read(it).unwrap());
        let mut wanted = Wanted::new(selections.collect(), None);
        let listed = [
            spot("BTCUSDT", "BTC", "USDT"),
            spot("ETHUSDT", "ETH", "USDT"),
            spot("ETHBTC", "ETH", "BTC"),
            linear("BTCUSDT"),
        ];
        for (index, about) in (0..).zip(&listed) {
            wanted.define(1, index, about);
        }
        wanted
    }

    fn symbols(wanted: &mut Wanted) -> Vec<String> {
        wanted.choose().into_iter().map(|(kind, symbol)| format!("{kind}:{symbol}")).collect()
    }

    #[test]
    fn names_and_patterns_choose_in_their_order_and_once() {
        let mut all = wanted(&["ETH/BTC", "*/USDT", "spot:BTCUSDT", "linear:NOTLISTED"]);
        let expected = ["spot:ETHBTC", "spot:BTCUSDT", "spot:ETHUSDT", "linear:NOTLISTED"];
        assert_eq!(symbols(&mut all), expected);
        all.per_kind = Some(2);
        assert_eq!(symbols(&mut all), ["spot:ETHBTC", "spot:BTCUSDT", "linear:NOTLISTED"]);
    }

    #[test]
    fn what_comes_later_is_chosen_then_and_what_closes_no_more() {
        let mut all = wanted(&["*/USDT"]);
        assert!(all.take_changed());
        assert!(!all.take_changed());
        let fresh = spot("XUSDT", "X", "USDT");
        all.define(2, 9, &Instrument { provisional: true, ..fresh.clone() });
        assert!(!all.take_changed(), "a name in a frame is no listing");
        all.define(3, 9, &fresh);
        assert!(all.take_changed());
        assert_eq!(symbols(&mut all), ["spot:BTCUSDT", "spot:ETHUSDT", "spot:XUSDT"]);
        all.define(4, 9, &Instrument { session: SESSION_CLOSED, ..fresh });
        assert!(all.take_changed());
        assert_eq!(symbols(&mut all), ["spot:BTCUSDT", "spot:ETHUSDT"]);
    }

    #[test]
    fn what_cannot_be_met_is_said_once_with_its_place_and_the_nearest_name() {
        let mut all = wanted(&["BTCUSDT", "ETH/USTD", "*/KRW", "spot:ETHUSDX", "ETHUSDT"]);
        assert!(all.complaints(2).is_empty(), "more of the list may come");
        let lines = all.complaints(1 + STILL);
        let expected = [
            "f:1:1: \"BTCUSDT\" may mean spot:BTCUSDT or linear:BTCUSDT: write one of them",
            "f:2:1: \"ETH/USTD\" is nothing that the venue lists; did you mean ETH/USDT?",
            "f:3:1: \"*/KRW\" matches nothing that the venue lists",
            "f:4:1: \"spot:ETHUSDX\" is nothing that the venue lists; did you mean ETHUSDT?",
        ];
        assert_eq!(lines, expected);
        assert!(all.complaints(2 + STILL).is_empty());
        assert_eq!(symbols(&mut all), ["spot:ETHUSDX", "spot:ETHUSDT"], "the rest goes on");
    }
}
