//! 201, 202: the recorded lists of instruments.

use patchbay_naive::{Instrument as Listed, Key, Truth};
use patchbay_plugin::model::{Instrument, OptionSide, trimmed};

use crate::outcome::Finding;
use crate::subject::held;

/// What both cards find, list after list.
#[derive(Default)]
pub(crate) struct Lists {
    pub(crate) listed: Finding,
    pub(crate) steps: Finding,
}

impl Lists {
    /// Compares the definitions after a recording with its lists.
    pub(crate) fn compare(&mut self, defined: &[Instrument], truth: &Truth) {
        self.listed.add("instruments", 0);
        self.steps.add("steps", 0);
        for (key, listed) in &truth.instruments {
            let defined = defined.iter().find(|about| key.is(&about.symbol, about.kind.name()));
            match defined.filter(|about| !about.provisional) {
                Some(about) => {
                    self.listed.add("instruments", 1);
                    if let Some((what, ours, theirs)) = differing(about, listed) {
                        let text = || format!("{key}: {what} is {ours:?}, listed as {theirs:?}");
                        self.listed.fail(text);
                    }
                    self.steps(key, about, listed);
                }
                None => self.listed.fail(|| format!("{key} is listed and was not defined")),
            }
        }
        // What the list does not have must not be taken from it.
        let extra = defined
            .iter()
            .find(|about| !about.provisional && held(&truth.instruments, about).is_none());
        if let Some(extra) = extra {
            self.listed.fail(|| format!("{} was defined and is not listed", extra.symbol));
        }
    }

    fn steps(&mut self, key: &Key, about: &Instrument, listed: &Listed) {
        let steps = [
            ("tick", about.tick, about.price_exp, &listed.tick),
            ("lot", about.lot, about.qty_exp, &listed.lot),
            ("smallest quantity", about.min_qty, about.qty_exp, &listed.min_qty),
        ];
        for (what, mantissa, exp, theirs) in steps {
            let Some(theirs) = theirs else { continue };
            self.steps.add("steps", 1);
            let ours = trimmed(mantissa, exp);
            if ours != *theirs {
                let text =
                    || format!("{key}: {what} is {ours} (exponent {exp}), listed as {theirs}");
                self.steps.fail(text);
            }
        }
    }
}

/// The first field in which a definition and its entry differ, where the list says something.
fn differing(about: &Instrument, listed: &Listed) -> Option<(&'static str, String, String)> {
    let text = |text: &str| Some(text.to_owned());
    let ms = (about.expiry_ns != 0).then(|| (about.expiry_ns / 1_000_000).to_string());
    let call = about.option.map(|side| (side == OptionSide::Call).to_string());
    let size = match about.contract_size {
        0 => None,
        size => Some(trimmed(size, about.contract_exp)),
    };
    let strike = (about.strike != 0).then(|| trimmed(about.strike, about.price_exp));
    let fields = [
        ("base", text(&about.base), listed.base.clone()),
        ("quote", text(&about.quote), listed.quote.clone()),
        ("settlement", text(&about.settle), listed.settle.clone()),
        ("kind", text(about.kind.name()), listed.kind.map(str::to_owned)),
        ("contract size", size, listed.contract_size.clone()),
        ("strike", strike, listed.strike.clone()),
        ("expiry, ms", ms.clone(), listed.expiry_ms.map(|ms| ms.to_string())),
        ("call", call, listed.call.map(|call| call.to_string())),
    ];
    let wrong = fields.into_iter().find(|(_, ours, theirs)| theirs.is_some() && ours != theirs);
    if let Some((what, ours, theirs)) = wrong {
        return Some((what, ours.unwrap_or_default(), theirs.unwrap_or_default()));
    }
    let never = listed.expiry_ms.is_none() && ms.is_some();
    never.then(|| ("expiry, ms", ms.unwrap_or_default(), "never".to_owned()))
}
