//! Recorded things through the adapter and the host's engine, one by one, so that a card can leave
//! one out, give it twice, or look at the books in between.

use patchbay_book::{Book, State};
use patchbay_engine::{Action, Tally};
use patchbay_journal::{Input, List};
use patchbay_naive::{Key, Recorded, Truth, What};
use patchbay_plugin::abi::{Level, OPCODE_TEXT, PURPOSE_SNAPSHOT, REPLY_OK};
use patchbay_plugin::bind::Command;
use patchbay_plugin::model::{Instrument, Side, trimmed};
use patchbay_runtime::Core;

use crate::subject::{Subject, connection, key};

/// Levels of a side that are compared between the first and the last.
const TOP: usize = 20;

/// An instance and an engine, fed by hand.
pub(crate) struct Feed {
    core: Core,
    /// Snapshots asked for: the request's id, and the connection that showed the need.
    asked: Vec<(u64, u32)>,
    /// Recorded answers without a URL that nobody asked for yet, by connection.
    unasked: Vec<(u32, Vec<u8>)>,
    /// Connection of the resync in progress.
    need: u32,
    at: i64,
}

impl Feed {
    pub(crate) fn new(subject: &Subject) -> Result<Self, String> {
        let core = subject.core()?;
        let (asked, unasked) = (Vec::new(), Vec::new());
        let mut feed = Self { core, asked, unasked, need: 0, at: 0 };
        feed.take(&Input::Plan { wishes: List::Lent(&[]) })?;
        Ok(feed)
    }

    pub(crate) fn give(&mut self, record: &Recorded) -> Result<(), String> {
        self.at = self.at.max(i64::try_from(record.at_ns).unwrap_or(i64::MAX));
        let conn = connection(record);
        match &record.what {
            What::Open(url) => self.take(&Input::Open { conn, tag: 0, url }),
            What::Frame(text) => {
                let data = text.as_bytes();
                self.take(&Input::Frame { conn, opcode: OPCODE_TEXT, data })
            }
            What::Reply { url, body } if url.is_empty() => {
                match self.asked.iter().position(|asked| asked.1 == conn) {
                    Some(place) => {
                        let (id, _) = self.asked.remove(place);
                        self.take(&reply(id, "", body.as_bytes()))
                    }
                    None => {
                        self.unasked.push((conn, body.clone().into_bytes()));
                        Ok(())
                    }
                }
            }
            What::Reply { url, body } => self.take(&reply(0, url, body.as_bytes())),
        }
    }

    fn take(&mut self, input: &Input<'_>) -> Result<(), String> {
        self.core.take(0, self.at, input).map_err(|error| error.to_string())?;
        if self.core.actions().is_empty() && self.core.requests().is_empty() {
            return Ok(());
        }
        let (actions, commands) = (self.core.actions().to_vec(), self.core.requests().to_vec());
        for command in commands {
            let Command::Http(http) = command else { continue };
            if http.purpose != PURPOSE_SNAPSHOT || self.need == 0 {
                continue;
            }
            match self.unasked.iter().position(|(conn, _)| *conn == self.need) {
                Some(place) => {
                    let (_, body) = self.unasked.remove(place);
                    self.take(&reply(http.id, "", &body))?;
                }
                None => self.asked.push((http.id, self.need)),
            }
        }
        for action in actions {
            // Without an interval nothing is audited.
            let Action::Resync { scope_kind, scope, conn, .. } = action else { continue };
            let before = std::mem::replace(&mut self.need, conn);
            let outcome = self.take(&Input::Resync { scope_kind, scope });
            self.need = before;
            outcome?;
        }
        Ok(())
    }

    pub(crate) fn tally(&self) -> Tally {
        self.core.engine().tally()
    }

    /// Why the adapter is called no more, if it panicked.
    pub(crate) fn fault(&self) -> Option<String> {
        let fault = self.core.seats().iter().find_map(|seat| seat.fault.as_ref())?;
        Some(format!("it panicked at: {}", fault.bytes.escape_ascii()))
    }

    /// The book of an instrument of the independent replay.
    pub(crate) fn book(&self, of: &Key) -> Option<(&Book, &Instrument)> {
        let mut listings = self.core.engine().listings().map(|(_, listing)| listing);
        let listing = listings.find(|l| of.is(&l.about.symbol, l.about.kind.name()))?;
        Some((&listing.book, &listing.about))
    }

    /// Whether the book of an instrument is live.
    pub(crate) fn is_live(&self, of: &Key) -> bool {
        self.book(of).is_some_and(|(book, _)| book.state() == State::Live)
    }

    /// Instruments whose books are live, by the keys of the independent replay.
    pub(crate) fn live(&self, truth: &Truth) -> Vec<Key> {
        let listings = self.core.engine().listings().map(|(_, listing)| listing);
        let live = listings.filter(|listing| listing.book.state() == State::Live);
        live.filter_map(|listing| key(&truth.books, &listing.about)).collect()
    }

    /// Compares the live books with the independent replay's: how many, or what differs. `whole`
    /// compares every level.
    pub(crate) fn compare(&self, truth: &Truth, whole: bool) -> Result<u64, String> {
        let mut compared = 0;
        for (key, theirs) in &truth.books {
            let ours = self.book(key).filter(|(book, _)| book.state() == State::Live);
            if theirs.received + theirs.snapshots == 0 {
                continue;
            }
            let Some((ours, about)) = ours else {
                match theirs.is_live() {
                    true => return Err(format!("{key}: not live where the naive replay is")),
                    false => continue,
                }
            };
            if !theirs.is_live() {
                return Err(format!("{key}: live where the naive replay waits for a snapshot"));
            }
            for (side, name) in ["bid", "ask"].into_iter().enumerate() {
                let count = if whole { theirs.depth(side) + 1 } else { TOP };
                let (ours, theirs) = (levels(ours, about, side, count), theirs.best(side, count));
                let differs =
                    (0..ours.len().max(theirs.len())).find(|&i| ours.get(i) != theirs.get(i));
                if let Some(i) = differs {
                    let (ours, theirs) = (shown(ours.get(i)), shown(theirs.get(i)));
                    return Err(format!(
                        "{key}: {name} {i} is {ours}, the naive replay's {theirs}"
                    ));
                }
            }
            compared += 1;
        }
        Ok(compared)
    }
}

fn shown(level: Option<&[String; 2]>) -> String {
    level.map_or_else(|| "none".to_owned(), |[price, qty]| format!("{price} x {qty}"))
}

/// Best levels of a side (0 bids), as text.
fn levels(book: &Book, about: &Instrument, side: usize, count: usize) -> Vec<[String; 2]> {
    let mut levels = vec![Level { price: 0, qty: 0 }; count];
    let side = if side == 0 { Side::Buy } else { Side::Sell };
    let found = book.top(side, &mut levels);
    let text = |l: &Level| [trimmed(l.price, about.price_exp), trimmed(l.qty, about.qty_exp)];
    levels[..found].iter().map(text).collect()
}

const fn reply<'a>(id: u64, url: &'a str, body: &'a [u8]) -> Input<'a> {
    let headers = List::Lent(&[]);
    Input::Reply { id, status: 200, error: REPLY_OK, url, headers, body }
}
