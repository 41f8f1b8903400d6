//! The fast reader.

use patchbay_plugin::Error;
use patchbay_scan::Cursor;

use crate::decimal::{parse_digits, parse_figure, parse_number};
use crate::fields::{Cell, Fields};

/// The scanner declined; the frame is for the [`Tree`](crate::Tree).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declined;

impl From<Error> for Declined {
    fn from(_: Error) -> Self {
        Self
    }
}

/// Lists and objects within each other that are passed over.
const DEPTH: u32 = 6;

/// Reads in the order of the description.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'f> {
    cursor: Cursor<'f>,
    /// Objects that are not closed.
    open: u32,
    /// The value has quotation marks.
    quoted: bool,
}

impl<'f> From<Cursor<'f>> for Scan<'f> {
    #[inline(always)]
    fn from(cursor: Cursor<'f>) -> Self {
        Self { cursor, open: 1, quoted: false }
    }
}

impl<'f> Scan<'f> {
    /// Before the first field of `frame`.
    #[inline]
    pub fn new(frame: &'f [u8]) -> Self {
        Self::from(Cursor::new(frame))
    }

    /// Any value, of lists and objects to a bounded depth.
    fn pass_any(&mut self, depth: u32) -> Option<()> {
        let (open, close) = match self.cursor.peek()? {
            b'{' => (b"{", b"}"),
            b'[' => (b"[", b"]"),
            _ => return self.pass(),
        };
        self.cursor.literal(open)?;
        if depth == 0 || self.cursor.literal(close).is_some() {
            return (depth > 0).then_some(());
        }
        loop {
            if open == b"{" {
                self.cursor.literal(b"\"")?;
                self.cursor.plain_text()?;
                self.cursor.literal(b":")?;
            }
            self.pass_any(depth - 1)?;
            if self.cursor.literal(close).is_some() {
                return Some(());
            }
            self.cursor.literal(b",")?;
        }
    }

    /// Any value that is not a list or an object.
    #[inline(always)]
    fn pass(&mut self) -> Option<()> {
        match self.cursor.peek()? {
            b'"' => {
                self.cursor.literal(b"\"")?;
                self.cursor.plain_text().map(drop)
            }
            b't' | b'f' => self.cursor.boolean().map(drop),
            b'n' => self.cursor.literal(b"null"),
            _ => {
                // Most are integers, and those are quick to read.
                let mut ahead = self.cursor;
                if ahead.u64().is_some() {
                    self.cursor = ahead;
                    return Some(());
                }
                self.cursor.number_text().map(drop)
            }
        }
    }

    fn cell(&mut self, cell: Cell) -> Option<i64> {
        match (cell, self.cursor.peek()?) {
            (Cell::Skip, _) => self.pass().map(|()| 0),
            (Cell::Decimal(exp), b'"') => {
                self.cursor.literal(b"\"")?;
                self.cursor.decimal(exp)
            }
            (Cell::Decimal(exp), _) => parse_number(self.cursor.number_text()?, exp).ok(),
            (Cell::Is(text), _) => {
                self.cursor.literal(b"\"")?;
                Some(i64::from(self.cursor.plain_text()? == text.as_bytes()))
            }
            (Cell::Either(yes, no), _) => {
                self.cursor.literal(b"\"")?;
                let text = self.cursor.plain_text()?;
                let found = [no, yes].iter().position(|one| one.as_bytes() == text)?;
                Some(found as i64)
            }
        }
    }

    fn row<const N: usize>(&mut self, form: [Cell; N]) -> Option<[i64; N]> {
        let mut row = [0; N];
        self.cursor.literal(b"[")?;
        for (place, (to, cell)) in row.iter_mut().zip(form).enumerate() {
            if place > 0 {
                self.cursor.literal(b",")?;
            }
            *to = self.cell(cell)?;
        }
        self.cursor.literal(b"]")?;
        Some(row)
    }

    /// The fields of an object up to its end, after what comes before the first.
    #[inline]
    fn named<const N: usize>(
        &mut self,
        keys: [&'static str; N],
        needed: usize,
        mut read: impl FnMut(&mut Self, usize) -> Result<(), Declined>,
    ) -> Result<(), Declined> {
        // The order seldom changes: the next key is looked for behind the last one first.
        let (mut seen, mut next) = (0_u64, 0);
        while self.cursor.literal(b"\"").is_some() {
            let key = self.cursor.plain_text().ok_or(Declined)?;
            self.cursor.literal(b":").ok_or(Declined)?;
            let place = (next..N).chain(0..next).find(|&place| keys[place].as_bytes() == key);
            match place {
                Some(place) if seen >> place & 1 == 0 => {
                    (seen, next) = (seen | 1 << place, place + 1);
                    self.quoted = self.cursor.literal(b"\"").is_some();
                    read(self, place)?;
                }
                // Which of two counts is the parser's to say.
                Some(_) => return Err(Declined),
                None => self.pass_any(DEPTH).ok_or(Declined)?,
            }
            if self.cursor.literal(b",").is_none() {
                break;
            }
            if self.cursor.peek() != Some(b'"') {
                return Err(Declined);
            }
        }
        let all = (1 << needed) - 1;
        (seen & all == all).then_some(()).ok_or(Declined)
    }

    /// A list, of which `item` reads one.
    #[inline(always)]
    fn list(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), Declined>,
    ) -> Result<(), Declined> {
        self.cursor.literal(b"[").ok_or(Declined)?;
        if self.cursor.literal(b"]").is_some() {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.cursor.literal(b"]").is_some() {
                return Ok(());
            }
            self.cursor.literal(b",").ok_or(Declined)?;
        }
    }
}

impl<'f> Fields<'f> for Scan<'f> {
    type Stop = Declined;

    #[inline(always)]
    fn at<const N: usize>(&mut self, text: &'static [u8; N]) -> bool {
        self.quoted = text[N - 1] == b'"';
        self.cursor.literal(text).is_some()
    }

    #[inline(always)]
    fn missing(&self) -> Declined {
        Declined
    }

    #[inline(always)]
    fn number(&mut self) -> Result<u64, Declined> {
        if self.quoted {
            return self.cursor.plain_text().and_then(parse_digits).ok_or(Declined);
        }
        self.cursor.u64().ok_or(Declined)
    }

    #[inline(always)]
    fn flag(&mut self) -> Result<bool, Declined> {
        self.cursor.boolean().ok_or(Declined)
    }

    #[inline(always)]
    fn text(&mut self) -> Result<&'f [u8], Declined> {
        self.quoted.then(|| self.cursor.plain_text()).flatten().ok_or(Declined)
    }

    #[inline(always)]
    fn decimal(&mut self, exp: i8) -> Result<i64, Declined> {
        if self.quoted {
            return self.cursor.decimal(exp).ok_or(Declined);
        }
        let text = self.cursor.number_text().ok_or(Declined)?;
        parse_number(text, exp).map_err(|_| Declined)
    }

    #[inline(always)]
    fn maybe(&mut self, exp: i8) -> Result<Option<i64>, Declined> {
        let none = match self.quoted {
            true => self.cursor.literal(b"\""),
            false => self.cursor.literal(b"null"),
        };
        if none.is_some() {
            return Ok(None);
        }
        self.decimal(exp).map(Some)
    }

    fn figure(&mut self) -> Result<(i64, i8), Declined> {
        let text = match self.quoted {
            true => self.cursor.plain_text(),
            false => self.cursor.number_text(),
        };
        Ok(parse_figure(text.ok_or(Declined)?)?)
    }

    #[inline(always)]
    fn levels(
        &mut self,
        exps: (i8, i8),
        mut sink: impl FnMut(&[[i64; 2]]) -> Result<(), Error>,
    ) -> Result<(), Declined> {
        let sink = |levels: &[[i64; 2]]| sink(levels).ok();
        let count = self.cursor.levels(exps.0, exps.1, sink);
        count.map(drop).ok_or(Declined)
    }

    #[inline]
    fn unordered<const N: usize>(
        &mut self,
        keys: [&'static str; N],
        needed: usize,
        read: impl FnMut(&mut Self, usize) -> Result<(), Declined>,
    ) -> Result<(), Declined> {
        self.cursor.literal(b"{").ok_or(Declined)?;
        self.named(keys, needed, read)
    }

    #[inline]
    fn rest<const N: usize>(
        &mut self,
        keys: [&'static str; N],
        needed: usize,
        read: impl FnMut(&mut Self, usize) -> Result<(), Declined>,
    ) -> Result<(), Declined> {
        self.cursor.literal(b",").ok_or(Declined)?;
        if self.cursor.peek() != Some(b'"') {
            return Err(Declined);
        }
        self.named(keys, needed, read)
    }

    #[inline]
    fn rows<const N: usize>(
        &mut self,
        form: [Cell; N],
        mut sink: impl FnMut([i64; N]) -> Result<(), Error>,
    ) -> Result<(), Declined> {
        self.list(|this| Ok(sink(this.row(form).ok_or(Declined)?)?))
    }

    #[inline]
    fn each(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<(), Declined>,
    ) -> Result<(), Declined> {
        self.list(|this| {
            this.enter()?;
            read(this)?;
            this.leave()
        })
    }

    #[inline(always)]
    fn enter(&mut self) -> Result<(), Declined> {
        self.open += 1;
        Ok(())
    }

    #[inline(always)]
    fn leave(&mut self) -> Result<(), Declined> {
        self.open -= 1;
        self.cursor.literal(b"}").ok_or(Declined)
    }

    #[inline(always)]
    fn skip<const N: usize>(&mut self, text: &'static [u8; N]) -> Result<(), Declined> {
        if !self.at(text) {
            return Ok(());
        }
        let passed = match self.quoted {
            true => self.cursor.plain_text().map(drop),
            false => self.pass(),
        };
        passed.ok_or(Declined)
    }

    #[inline(always)]
    fn end(&mut self) -> Result<(), Declined> {
        for _ in 0..self.open {
            self.cursor.literal(b"}").ok_or(Declined)?;
        }
        self.cursor.end().ok_or(Declined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Parser, Read, Tree};

    /// Number, text, row and what is passed over, in no order; the number is needed.
    fn read<'f, F: Fields<'f>>(f: &mut F, found: &mut Vec<String>) -> Read<'f, F> {
        f.unordered(["n", "t", "rows", "none"], 1, |f, key| {
            match key {
                0 => found.push(f.number()?.to_string()),
                1 => found.push(f.sold()?.to_string()),
                2 => {
                    let form = [Cell::Is("delete"), Cell::Decimal(-1), Cell::Skip];
                    f.rows(form, |row| {
                        found.push(format!("{row:?}"));
                        Ok(())
                    })?;
                }
                _ => found.push(format!("{:?}", f.maybe(-2)?)),
            }
            Ok(())
        })?;
        f.end()
    }

    /// What scanner and parser find, sorted; `None` if they decline or reject.
    fn both(text: &str) -> [Option<Vec<String>>; 2] {
        let sorted = |mut found: Vec<String>| {
            found.sort();
            found
        };
        let (mut fast, mut slow) = (Vec::new(), Vec::new());
        let scanned = read(&mut Scan::new(text.as_bytes()), &mut fast);
        let parsed = Parser::default()
            .parse_exact(text.as_bytes(), |root| read(&mut Tree::new(root), &mut slow));
        [scanned.ok().map(|()| sorted(fast)), parsed.ok().map(|()| sorted(slow))]
    }

    #[test]
    fn fields_without_an_order_are_read_alike() {
        for text in [
            r#"{"n":7,"t":"sell","rows":[["delete",1.5e0,true],["new",-0.1,null]],"none":null}"#,
            r#"{"none":0.25,"x":{"a":[1,{"b":"c"}],"d":{}},"rows":[],"t":"Buy","y":[],"n":0}"#,
            r#"{"n":18446744073709551615}"#,
        ] {
            let [fast, slow] = both(text);
            assert!(fast.is_some(), "{text}");
            assert_eq!(fast, slow, "{text}");
        }
    }

    #[test]
    fn what_the_scanner_cannot_be_sure_of_is_the_parsers() {
        for (text, taken) in [
            // Twice; white space; an escape in a key; no field that is needed; no JSON.
            (r#"{"n":7,"n":8}"#, true),
            (r#"{"n": 7}"#, true),
            (r#"{"\u006e":7}"#, true),
            (r#"{"t":"sell"}"#, false),
            (r#"{"n":7,}"#, false),
            (r#"{"n":7,"x":[1,]}"#, false),
            (r#"{"n":7,"x":{"a"}}"#, false),
            (r#"{"n":7,"t":sell"}"#, false),
        ] {
            let [fast, slow] = both(text);
            assert_eq!((fast.is_some(), slow.is_some()), (false, taken), "{text}");
        }
    }
}
