//! Books.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::time;

/// Times have whole seconds: so far may a book go back and be the newer one.
const SECOND: Nanos = 1_000_000_000;

/// What comes behind the levels: time, phase.
const KRX: Keys = rungs!("offerho", "offerrem", "bidho", "bidrem"; "hotime", "ho_status");
const NXT: Keys =
    rungs!("offerho", "nxt_offerrem", "bidho", "nxt_bidrem"; "hotime", "nxt_ho_status");
const STREAM: Keys = rungs!("offerho", "offerrem", "bidho", "bidrem"; "hotime", "donsigubun");

type Keys = [&'static str; Rungs::FIELDS + 2];

impl Books for Market {
    /// `t1101`, `t8450` (DOC): as of a frame, but that numbers are no text and times have hundredths,
    /// which would make the frames of that second older.
    fn snapshot<'f, F: Fields<'f>>(
        f: &mut F,
        target: Target,
        at: &mut Place<'_, '_>,
    ) -> Read<'f, F> {
        let listing = at.directory.get(target.index);
        let keys = if listing.is_ok_and(|l| l.symbol.starts_with('N')) { NXT } else { KRX };
        let told = Told::read(f, keys, target, at.cx.now())?;
        Ok(told.tell(target, at)?)
    }
}

/// `H1_`, `HA_`, `NH1` (DOC): always the whole of it, 3 levels a side in auctions. There is no id: the
/// newest wins.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    symbol: &[u8],
    newest: &mut Memory<Nanos>,
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let target = at.target(symbol)?;
    let mut told = Told::read(f, STREAM, target, at.cx.now())?;
    let last = newest.of(target, at.conn).unwrap_or(0);
    if (0..=SECOND).contains(&(last - told.time)) {
        told.time = last;
    }
    newest.keep(target, at.conn, last.max(told.time));
    Ok(told.tell(target, at)?)
}

/// A book as it was told.
#[derive(Default)]
struct Told {
    levels: Rungs,
    time: Nanos,
    session: u8,
}

impl Told {
    fn read<'f, F: Fields<'f>>(
        f: &mut F,
        keys: Keys,
        Target { exps, .. }: Target,
        now: Nanos,
    ) -> Read<'f, F, Self> {
        let mut told = Self::default();
        f.unordered(keys, keys.len(), |f, key| {
            match key.checked_sub(Rungs::FIELDS) {
                None => told.levels.read(f, key, exps)?,
                Some(0) => told.time = time(f.text()?, now),
                Some(_) => told.session = session(f.text()?),
            }
            Ok(())
        })?;
        f.end()?;
        Ok(told)
    }

    /// That an auction begins is told before its book, which may be crossed.
    fn tell(self, target: Target, at: &mut Place<'_, '_>) -> Result {
        at.state(target, self.time, self.session)?;
        let flags = DEPTH_SNAPSHOT | DEPTH_NEWEST | DEPTH_PARTIAL;
        let mut depth = at.depth(target, (0, self.time), flags)?;
        depth.start().scope = SCOPE_NONE;
        self.levels.write(&mut depth)?;
        depth.finish()
    }
}

/// Phase (DOC `H1_`: 동시호가구분): 1 in session, 3 call auction; 2 is after hours, which may be either.
const fn session(phase: &[u8]) -> u8 {
    match phase {
        b"1" => SESSION_CONTINUOUS,
        b"3" => SESSION_AUCTION,
        _ => SESSION_UNKNOWN,
    }
}
