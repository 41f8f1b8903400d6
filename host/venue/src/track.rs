//! One book's way through the recording: where it is known, and the book at any place.

use crate::book::Book;
use crate::protocol::{Join, LevelSpan, Listing, Product, Protocol};
use crate::recording::{Frame, Recording};

/// A recorded snapshot.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) id: u64,
    pub(crate) start: usize,
    pub(crate) len: usize,
}

/// An unbroken run of depth frames after a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Place in [`Track::snapshots`].
    pub(crate) snapshot: usize,
    /// Place in [`Track::frames`] of the frame that bridges it, or comes after it.
    pub(crate) from: usize,
    /// Place after the last that follows.
    pub(crate) to: usize,
}

/// The depth frames of one stream.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) stream: u32,
    /// Places in [`Recording::frames`].
    pub(crate) frames: Vec<usize>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) segments: Vec<Segment>,
}

/// The book of a track at a place.
pub(crate) enum At<'b> {
    /// Before the first change: the snapshot as it was recorded.
    Recorded(&'b Snapshot),
    /// After a change: the frame, its last id, the book.
    After(usize, u64, &'b Book),
    /// The recording does not tell.
    Untold,
}

impl Track {
    pub(crate) const fn new(stream: u32) -> Self {
        Self { stream, frames: Vec::new(), snapshots: Vec::new(), segments: Vec::new() }
    }

    /// How many of its frames lie before the place where its first snapshot joins; that snapshot
    /// itself, if it is a frame, is played.
    pub(crate) fn held(&self, frames: &[Frame]) -> usize {
        let Some(first) = self.segments.first() else { return 0 };
        let before = first.from.checked_sub(1).filter(|&place| frames[self.frames[place]].whole);
        before.unwrap_or(first.from)
    }

    /// Finds the runs for which a true book can be told.
    pub(crate) fn find_segments(
        &mut self,
        product: Product,
        frames: &[Frame],
        protocol: &dyn Protocol,
    ) {
        let mut open: Option<Segment> = None;
        let mut before = None;
        let mut wholes = 0;
        for (place, &index) in self.frames.iter().enumerate() {
            let Some(depth) = frames[index].depth else { continue };
            if frames[index].whole {
                // The book after it is the snapshot; those by REST there are none of then.
                self.segments.extend(open.take());
                let next = place + 1;
                open = Some(Segment { snapshot: wholes, from: next, to: next });
                (before, wholes) = (Some(depth), wholes + 1);
                continue;
            }
            let broken = before.is_some_and(|before| !protocol.follows(product, before, depth));
            before = Some(depth);
            if broken {
                self.segments.extend(open.take());
            }
            match &mut open {
                Some(segment) => segment.to = place + 1,
                None => {
                    let bridges =
                        |s: &Snapshot| protocol.join(product, s.id, depth) == Join::Bridges;
                    let snapshot = self.snapshots.iter().position(bridges);
                    open =
                        snapshot.map(|snapshot| Segment { snapshot, from: place, to: place + 1 });
                }
            }
        }
        self.segments.extend(open);
    }

    /// How many of its frames have been played at `position` of the recording.
    pub(crate) fn played(&self, position: usize) -> usize {
        self.frames.partition_point(|&index| index < position)
    }
}

/// A track's book, brought up when it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Cursor {
    /// Segment, and the place in the track after the last change applied.
    at: Option<(usize, usize)>,
    book: Book,
}

impl Cursor {
    /// The book as of the last depth frame before `position`.
    pub(crate) fn at<'b>(
        &'b mut self,
        track: &'b Track,
        position: usize,
        recording: &Recording,
        protocol: &dyn Protocol,
    ) -> At<'b> {
        let played = track.played(position);
        let first = track.segments.first().map_or(0, |s| s.from);
        let played = played.max(first); // Held frames are as good as played.
        let Some(place) = track.segments.iter().position(|s| s.from <= played && played <= s.to)
        else {
            return At::Untold;
        };
        let segment = &track.segments[place];
        // Where one segment ends, the next may begin: a book that is known is preferred.
        if played == segment.from {
            return At::Recorded(&track.snapshots[segment.snapshot]);
        }
        let from = match self.at {
            Some((at, applied)) if at == place && applied <= played => applied,
            _ => {
                self.book = Book::default();
                self.apply(recording.snapshot(&track.snapshots[segment.snapshot]), protocol);
                segment.from
            }
        };
        for &index in &track.frames[from..played] {
            self.apply(recording.payload(index), protocol);
        }
        self.at = Some((place, played));
        let index = track.frames[played - 1];
        let last = recording.frames[index].depth.map_or(0, |depth| depth.last);
        At::After(index, last, &self.book)
    }

    fn apply(&mut self, bytes: &[u8], protocol: &dyn Protocol) {
        for level in protocol.levels(bytes) {
            let text = |span: &std::ops::Range<usize>| str::from_utf8(&bytes[span.clone()]);
            if let (Ok(price), Ok(qty)) = (text(&level.price), text(&level.qty)) {
                self.book.set(level.side, price, qty);
            }
        }
    }
}

/// Decimal places seen.
#[derive(Default)]
pub(crate) struct Places {
    price: (usize, usize),
    qty: (usize, usize),
}

impl Places {
    pub(crate) fn widen(&mut self, bytes: &[u8], levels: &[LevelSpan]) {
        for level in levels {
            self.price = wider(self.price, &bytes[level.price.clone()]);
            self.qty = wider(self.qty, &bytes[level.qty.clone()]);
        }
    }

    pub(crate) fn listing(&self, symbol: &str) -> Listing {
        Listing { symbol: symbol.to_owned(), price_places: self.price, qty_places: self.qty }
    }
}

/// The larger of places known and those of a decimal: printed, and without zeros at the end.
fn wider((printed, needed): (usize, usize), text: &[u8]) -> (usize, usize) {
    let Some(point) = text.iter().position(|&b| b == b'.') else { return (printed, needed) };
    let fraction = &text[point + 1..];
    let zeros = fraction.iter().rev().take_while(|&&b| b == b'0').count();
    (printed.max(fraction.len()), needed.max(fraction.len() - zeros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_as_printed_and_as_needed() {
        assert_eq!(wider((0, 0), b"61737.63000000"), (8, 2));
        assert_eq!(wider((2, 2), b"5"), (2, 2));
        assert_eq!(wider((0, 0), b"0.000"), (3, 0));
    }
}
