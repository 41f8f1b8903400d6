//! 3xx, 402, 406, 501: what the records of a recording say, against the independent replay.

use patchbay_naive::{Quote, Truth};

use crate::outcome::{Finding, Outcomes};
use crate::subject::held;
use crate::tape::Tape;

/// What the cards find, recording after recording.
#[derive(Default)]
pub(crate) struct Tapes {
    whole: Finding,
    aggressor: Finding,
    off_book: Finding,
    quotes: Finding,
    figures: Finding,
    ids: Finding,
}

impl Tapes {
    pub(crate) fn compare(&mut self, name: &str, tape: &Tape, truth: &Truth) {
        self.trades(name, tape, truth);
        self.quotes(name, tape, truth);
        self.figures(name, tape, truth);
        self.ids.add("ids", tape.ids);
        let wrong = tape.wrong_id.as_ref().or(tape.rejected.as_ref());
        if let Some(wrong) = wrong {
            self.ids.fail(|| format!("{name}: {wrong}"));
        }
    }

    /// Gaps that the engine found beside those of the independent replay.
    pub(crate) fn compare_gaps(&mut self, name: &str, ours: u64, theirs: u64) {
        self.ids.add("gaps", ours);
        if ours != theirs {
            self.ids.fail(|| format!("{name}: {ours} gaps, the naive replay finds {theirs}"));
        }
    }

    fn trades(&mut self, name: &str, tape: &Tape, truth: &Truth) {
        self.whole.add("trades", truth.trades());
        self.off_book.add("prints", truth.off_book);
        self.aggressor.add("trades", 0);
        if tape.off_book != truth.off_book {
            let (ours, theirs) = (tape.off_book, truth.off_book);
            self.off_book.fail(|| format!("{name}: {ours} prints off the book, expected {theirs}"));
        }
        for (key, theirs) in &truth.tape {
            let ours = tape.prints(key);
            for (at, (our, their)) in ours.iter().zip(theirs).enumerate() {
                if !our.is(their) {
                    let text = || format!("{name}: {key}: trade {at} is {our:?}, not {their:?}");
                    self.whole.fail(text);
                    break;
                }
                self.aggressor.add("trades", u64::from(their.buy.is_some()));
                if our.buy != their.buy {
                    let side = |buy| match buy {
                        Some(true) => "buyer",
                        Some(false) => "seller",
                        None => "nobody",
                    };
                    let (our, id, their) = (side(our.buy), &their.id, side(their.buy));
                    let text =
                        || format!("{name}: {key}: trade {id} was taken by: {their}, not: {our}");
                    self.aggressor.fail(text);
                }
            }
            if ours.len() != theirs.len() {
                let (ours, theirs) = (ours.len(), theirs.len());
                self.whole.fail(|| format!("{name}: {key}: {ours} trades, expected {theirs}"));
            }
        }
        let mut traded = tape.traded();
        if let Some(about) = traded.find(|about| held(&truth.tape, about).is_none()) {
            self.whole.fail(|| format!("{name}: {} did not trade", about.symbol));
        }
    }

    fn quotes(&mut self, name: &str, tape: &Tape, truth: &Truth) {
        self.quotes.add("quotes", truth.quote_count());
        for (key, theirs) in &truth.quotes {
            if let Some(wrong) = differing(tape.quotes(key), theirs) {
                self.quotes.fail(|| format!("{name}: {key}: {wrong}"));
            }
        }
    }

    fn figures(&mut self, name: &str, tape: &Tape, truth: &Truth) {
        self.figures.add("texts", 0);
        for ((key, of), theirs) in &truth.figures {
            let zero = |text: &&String| *text != "0";
            let ours = tape.figures(key, *of);
            self.figures.add("texts", theirs.len() as u64);
            let missing = theirs.iter().filter(zero).find(|text| !ours.contains(*text));
            if let Some(text) = missing {
                self.figures.fail(|| format!("{name}: {key}: {of:?} {text} did not come out"));
            }
            if let Some(text) = ours.iter().filter(zero).find(|text| !theirs.contains(*text)) {
                self.figures.fail(|| format!("{name}: {key}: {of:?} {text} was never printed"));
            }
        }
    }

    pub(crate) fn finish(self, out: &mut Outcomes) {
        out.insert(301, self.whole.outcome("no trade is recorded"));
        out.insert(302, self.aggressor.outcome("no trade is recorded with who took it"));
        out.insert(303, self.off_book.outcome("no print off the book is recorded"));
        out.insert(402, self.quotes.outcome("no best bid and ask is recorded"));
        out.insert(406, self.figures.outcome("no such figure is recorded"));
        out.insert(501, self.ids.outcome("no change with an update id is recorded"));
    }
}

/// What differs between two series of best bids and asks. A side on which nobody is may be written
/// as nothing or as zero.
fn differing(ours: &[Quote], theirs: &[Quote]) -> Option<String> {
    let side = |[price, qty]: &[String; 2]| match qty.as_str() {
        "" | "0" => [String::new(), String::new()],
        _ => [price.clone(), qty.clone()],
    };
    let same = |a: &Quote, b: &Quote| side(&a.bid) == side(&b.bid) && side(&a.ask) == side(&b.ask);
    if let Some((at, (our, their))) =
        ours.iter().zip(theirs).enumerate().find(|(_, (our, their))| !same(our, their))
    {
        return Some(format!("quote {at} is {our:?}, not {their:?}"));
    }
    (ours.len() != theirs.len())
        .then(|| format!("{} quotes, expected {}", ours.len(), theirs.len()))
}
