//! One description of a frame, two readers.
//!
//! A description walks down the fields in the venue's order and names each by the text before its
//! value: `,"p":"`, with the quotation mark where the value has one. [`Scan`](crate::Scan) consumes
//! exactly that text and declines at the first deviation; [`Tree`](crate::Tree) takes the key out
//! of it and looks the field up, so that neither order nor unknown fields matter, and words what is
//! wrong.

use patchbay_model::parse_iso8601;
use patchbay_plugin::{DepthWriter, Error};

use crate::Target;

/// Units of a book that [`Fields::units`] takes; venues send 30.
const UNITS: usize = 100;

/// One place of a row: see [`Fields::rows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A decimal, as text or as a bare number, at this exponent.
    Decimal(i8),
    /// Of no interest: text, number, boolean or null. Read as 0.
    Skip,
    /// Text: read as 1 if it is this one, otherwise as 0.
    Is(&'static str),
    /// Text: read as 1 if it is the first, as 0 if it is the second; nothing else will do.
    Either(&'static str, &'static str),
}

/// Passes over fields that are not consumed, each if it is here: `skip!(f, br#","X":""#)`.
#[macro_export]
macro_rules! skip {
    ($f:expr, $($text:literal),+ $(,)?) => {
        $($crate::Fields::skip($f, $text)?;)+
    };
}

/// The same as [`Fields::unordered`] with what is done about each key behind it, as in a `match`:
/// `unordered!(f, 2, { "px" => price = f.decimal(exp)?, "sz" => qty = f.decimal(exp)? })`; of
/// [`Fields::rest`] with `rest, ` before it.
#[macro_export]
macro_rules! unordered {
    ($f:ident, $needed:expr, $fields:tt) => {
        $crate::unordered!(unordered, $f, $needed, $fields)
    };
    ($of:ident, $f:ident, $needed:expr, { $($key:literal => $read:expr),+ $(,)? }) => {
        $crate::Fields::$of($f, [$($key),+], $needed, |$f, place| {
            let mut places = 0..;
            $(
                if places.next() == Some(place) {
                    $read;
                    return Ok(());
                }
            )+
            Ok(())
        })?
    };
}

/// A [figure](Fields::figure) in milliseconds, as ns.
///
/// # Errors
///
/// If it is no whole number of them, or beyond the year 2262.
pub fn millis((ms, exp): (i64, i8)) -> Result<i64, Error> {
    let ns = (exp == 0).then(|| ms.checked_mul(1_000_000)).flatten();
    ns.ok_or_else(|| Error::new("a time that is no number of milliseconds"))
}

/// What a description of a frame answers.
pub type Read<'f, F, T = ()> = Result<T, <F as Fields<'f>>::Stop>;

/// Takes a level: whether it is an ask, price and quantity. See [`Fields::mixed`].
pub type Sink<'s> = dyn FnMut(bool, i64, i64) -> Result<(), Error> + 's;

/// Values by name. Readers of a value read the one that [`at`](Self::at) went to.
#[expect(clippy::missing_errors_doc, reason = "every reader stops at what is not as described")]
pub trait Fields<'f>: Sized + Clone {
    /// What ends the reading.
    type Stop: From<Error>;

    /// Goes to the field whose value follows `text`; whether it is there.
    fn at<const N: usize>(&mut self, text: &'static [u8; N]) -> bool;

    /// What a missing field stops with; the field is the one gone to last.
    fn missing(&self) -> Self::Stop;

    /// An integer without sign.
    fn number(&mut self) -> Result<u64, Self::Stop>;

    /// A boolean.
    fn flag(&mut self) -> Result<bool, Self::Stop>;

    /// Text without escapes.
    fn text(&mut self) -> Result<&'f [u8], Self::Stop>;

    /// A mantissa at `exp`; never a rounding.
    fn decimal(&mut self, exp: i8) -> Result<i64, Self::Stop>;

    /// The same where the venue sends empty text or `null` for none.
    fn maybe(&mut self, exp: i8) -> Result<Option<i64>, Self::Stop>;

    /// A figure that is no money, as mantissa and exponent as printed; of the digits of a double
    /// (`2216113.01000000309`) those beyond the 18th are cut off.
    fn figure(&mut self) -> Result<(i64, i8), Self::Stop>;

    /// A list of `["price","quantity"]`, the form of most venues, some at a time; the fast way to
    /// read it.
    fn levels(
        &mut self,
        exps: (i8, i8),
        sink: impl FnMut(&[[i64; 2]]) -> Result<(), Error>,
    ) -> Result<(), Self::Stop>;

    /// An object whose fields come in no order that the venue keeps (Deribit): gives `read` the
    /// place in `keys` of each that is there; the first `needed` must be, and all others are passed
    /// over. [`Tree`](crate::Tree) goes by the order of `keys`, [`Scan`](crate::Scan) by the
    /// frame's: what depends on a field that has not come yet should stop with
    /// [`missing`](Self::missing).
    fn unordered<const N: usize>(
        &mut self,
        keys: [&'static str; N],
        needed: usize,
        read: impl FnMut(&mut Self, usize) -> Result<(), Self::Stop>,
    ) -> Result<(), Self::Stop>;

    /// The same for what is left of an object whose first fields come in order.
    fn rest<const N: usize>(
        &mut self,
        keys: [&'static str; N],
        needed: usize,
        read: impl FnMut(&mut Self, usize) -> Result<(), Self::Stop>,
    ) -> Result<(), Self::Stop> {
        self.unordered(keys, needed, read)
    }

    /// A list of lists, each of which begins with `form`.
    fn rows<const N: usize>(
        &mut self,
        form: [Cell; N],
        sink: impl FnMut([i64; N]) -> Result<(), Error>,
    ) -> Result<(), Self::Stop>;

    /// A list of objects; `read` is in each in turn, its first field begins with `{`.
    fn each(
        &mut self,
        read: impl FnMut(&mut Self) -> Result<(), Self::Stop>,
    ) -> Result<(), Self::Stop>;

    /// Goes into the object; the next field is its first and begins with `{`.
    fn enter(&mut self) -> Result<(), Self::Stop>;

    /// Goes out of the object that was entered last.
    fn leave(&mut self) -> Result<(), Self::Stop>;

    /// Passes over a field that is not consumed, if it is here.
    fn skip<const N: usize>(&mut self, text: &'static [u8; N]) -> Result<(), Self::Stop>;

    /// Leaves all objects; nothing follows.
    fn end(&mut self) -> Result<(), Self::Stop>;

    /// Goes to a field that must be there.
    #[inline(always)]
    fn key<const N: usize>(&mut self, text: &'static [u8; N]) -> Result<&mut Self, Self::Stop> {
        if self.at(text) {
            return Ok(self);
        }
        Err(self.missing())
    }

    /// Both sides of a book, each a list of `["price","quantity"]`.
    #[inline(always)]
    fn sides<const N: usize, const M: usize>(
        &mut self,
        (bids, asks): (&'static [u8; N], &'static [u8; M]),
        target: Target,
        depth: &mut DepthWriter<'_, '_>,
    ) -> Result<(), Self::Stop> {
        self.key(bids)?.levels(target.exps, |levels| depth.levels(levels))?;
        depth.asks();
        self.key(asks)?.levels(target.exps, |levels| depth.levels(levels))
    }

    /// Levels of both sides that stand in one list in no order: `list` reads it and gives each away,
    /// whether it is an ask, price and quantity. It reads twice if there are asks.
    #[inline(always)]
    fn mixed(
        &mut self,
        depth: &mut DepthWriter<'_, '_>,
        mut list: impl FnMut(&mut Self, &mut Sink<'_>) -> Result<(), Self::Stop>,
    ) -> Result<(), Self::Stop> {
        let (mut again, mut asks) = (self.clone(), false);
        list(self, &mut |ask, price, qty| {
            asks |= ask;
            if ask { Ok(()) } else { depth.level(price, qty) }
        })?;
        depth.asks();
        if asks {
            let mut only = |ask, price, qty| if ask { depth.level(price, qty) } else { Ok(()) };
            list(&mut again, &mut only)?;
        }
        Ok(())
    }

    /// A side of changes to a book, each `[action,price,quantity]`; what `gone` says of has no
    /// quantity left, whatever stands there.
    #[inline(always)]
    fn actions(
        &mut self,
        gone: &'static str,
        target: Target,
        depth: &mut DepthWriter<'_, '_>,
    ) -> Result<(), Self::Stop> {
        let form = [Cell::Is(gone), Cell::Decimal(target.exps.0), Cell::Decimal(target.exps.1)];
        self.rows(form, |[gone, price, qty]| depth.level(price, (1 - gone) * qty))
    }

    /// Whether text is `yes` rather than `no`; nothing else will do.
    #[inline(always)]
    fn either(&mut self, yes: &[u8], no: &[u8]) -> Result<bool, Self::Stop> {
        match self.text()? {
            text if text == yes => Ok(true),
            text if text == no => Ok(false),
            _ => Err(Error::new("a text is neither of two that it can be"))?,
        }
    }

    /// `buy` or `sell`, or `BID` or `ASK` of who took, in upper or lower case: whether it is the
    /// latter.
    #[inline]
    fn sold(&mut self) -> Result<bool, Self::Stop> {
        let text = self.text()?;
        let is = |word: &str| text.eq_ignore_ascii_case(word.as_bytes());
        match () {
            () if is("buy") || is("bid") => Ok(false),
            () if is("sell") || is("ask") => Ok(true),
            () => Err(Error::new("a side is neither buy nor sell"))?,
        }
    }

    /// Takes over a decimal where it is named, empty text as 0; whether it is. For venues that send
    /// only what changed.
    #[inline(always)]
    fn update<const N: usize>(
        &mut self,
        text: &'static [u8; N],
        exp: i8,
        to: &mut i64,
    ) -> Result<bool, Self::Stop> {
        let new = self.at(text).then(|| self.maybe(exp)).transpose()?;
        *to = new.map_or(*to, Option::unwrap_or_default);
        Ok(new.is_some())
    }

    /// Best bid and ask, price and quantity each, of sides that hold no more; 0 where one is empty.
    #[inline(always)]
    fn tops<const N: usize, const M: usize>(
        &mut self,
        (bids, asks): (&'static [u8; N], &'static [u8; M]),
        target: Target,
    ) -> Result<[i64; 4], Self::Stop> {
        let [mut bid, mut ask] = [[0; 2]; 2];
        let keep = |best: &mut [i64; 2], levels: &[[i64; 2]]| -> Result<(), Error> {
            *best = levels.last().copied().unwrap_or(*best);
            Ok(())
        };
        self.key(bids)?.levels(target.exps, |levels| keep(&mut bid, levels))?;
        self.key(asks)?.levels(target.exps, |levels| keep(&mut ask, levels))?;
        Ok([bid[0], bid[1], ask[0], ask[1]])
    }

    /// Both sides of a book as a list of units, each the prices and then the quantities of an ask and
    /// of the bid at the same place of the other side. Where a side has ended they are 0.
    #[inline(always)]
    fn units<const A: usize, const B: usize, const C: usize, const D: usize>(
        &mut self,
        keys: (&'static [u8; A], &'static [u8; B], &'static [u8; C], &'static [u8; D]),
        target: Target,
        depth: &mut DepthWriter<'_, '_>,
    ) -> Result<(), Self::Stop> {
        let (price, qty) = target.exps;
        let (mut asks, mut count) = ([[0; 2]; UNITS], 0);
        self.each(|f| {
            let prices = [f.key(keys.0)?.decimal(price)?, f.key(keys.1)?.decimal(price)?];
            let sizes = [f.key(keys.2)?.decimal(qty)?, f.key(keys.3)?.decimal(qty)?];
            if prices[1] != 0 && sizes[1] != 0 {
                depth.level(prices[1], sizes[1])?;
            }
            if prices[0] != 0 && sizes[0] != 0 {
                let place = asks.get_mut(count);
                let place = place.ok_or_else(|| Error::new(format!("more than {UNITS} units")))?;
                (*place, count) = ([prices[0], sizes[0]], count + 1);
            }
            Ok(())
        })?;
        depth.asks();
        Ok(depth.levels(&asks[..count])?)
    }

    /// Figures of an object whose fields come in any order, all of which must be there; milliseconds
    /// among them are for [`millis`](crate::millis).
    fn figures<const N: usize>(
        &mut self,
        keys: [&'static str; N],
    ) -> Result<[(i64, i8); N], Self::Stop> {
        let mut found = [(0, 0); N];
        self.unordered(keys, N, |f, key| {
            found[key] = f.figure()?;
            Ok(())
        })?;
        Ok(found)
    }

    /// ISO 8601 in UTC, as ns.
    #[inline(always)]
    fn iso(&mut self) -> Result<i64, Self::Stop> {
        let time = parse_iso8601(self.text()?);
        Ok(time.ok_or_else(|| Error::new("a time that is no ISO 8601 in UTC"))?)
    }

    /// Milliseconds, as ns.
    #[inline(always)]
    fn time(&mut self) -> Result<i64, Self::Stop> {
        let ns = i64::try_from(self.number()?).ok().and_then(|ms| ms.checked_mul(1_000_000));
        Ok(ns.ok_or_else(|| Error::new("a time beyond the year 2262"))?)
    }
}
