//! The instruments of one venue, by kind and symbol.

use std::collections::BTreeMap;

use patchbay_abi::SESSION_CLOSED;
use patchbay_model::{Canonical, Instrument, Kind};

/// One instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The adapter's index of it.
    pub index: u32,
    /// Its canonical name, if the venue has told enough.
    pub canonical: Option<String>,
    /// Whether it can be traded, now or later.
    pub open: bool,
}

/// All that an adapter has defined and its venue lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    entries: BTreeMap<(Kind, String), Entry>,
}

impl Catalogue {
    /// Takes a definition; whether anything by which instruments are chosen is another than before.
    /// One that the venue has not listed is none yet.
    pub fn define(&mut self, index: u32, about: &Instrument) -> bool {
        if about.provisional {
            return false;
        }
        let key = (about.kind, about.symbol.clone());
        let entry = Entry {
            index,
            canonical: Canonical::of(about).map(|name| name.to_string()),
            open: about.session != SESSION_CLOSED,
        };
        self.entries.insert(key, entry.clone()) != Some(entry)
    }

    /// All, by kind and venue symbol.
    pub fn entries(&self) -> impl Iterator<Item = (Kind, &str, &Entry)> {
        self.entries.iter().map(|((kind, symbol), entry)| (*kind, &**symbol, entry))
    }

    /// The one of this kind and venue symbol.
    pub fn get(&self, kind: Kind, symbol: &str) -> Option<&Entry> {
        self.entries.get(&(kind, symbol.to_owned()))
    }

    /// Whether the venue has listed nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
