//! The fast reader.

use patchbay_plugin::Error;
use patchbay_scan::Cursor;

use crate::decimal::parse_number;
use crate::fields::{Cell, Fields};

/// The scanner declined; the frame is for the [`Tree`](crate::Tree).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declined;

impl From<Error> for Declined {
    fn from(_: Error) -> Self {
        Self
    }
}

/// Reads in the order of the description.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'f> {
    cursor: Cursor<'f>,
    /// Objects that are not closed.
    open: u32,
    /// The value has quotation marks.
    quoted: bool,
}

impl<'f> Scan<'f> {
    /// Before the first field of `frame`.
    #[inline]
    pub fn new(frame: &'f [u8]) -> Self {
        Self { cursor: Cursor::new(frame), open: 1, quoted: false }
    }

    /// Any value that is not a list or an object.
    fn pass(&mut self) -> Option<()> {
        match self.cursor.peek()? {
            b'"' => {
                self.cursor.literal(b"\"")?;
                self.cursor.plain_text().map(drop)
            }
            b't' | b'f' => self.cursor.boolean().map(drop),
            b'n' => self.cursor.literal(b"null"),
            _ => self.cursor.number_text().map(drop),
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

    fn missing(&self) -> Declined {
        Declined
    }

    #[inline(always)]
    fn number(&mut self) -> Result<u64, Declined> {
        if self.quoted {
            let number = self.cursor.decimal(0).ok_or(Declined)?;
            return u64::try_from(number).map_err(|_| Declined);
        }
        self.cursor.u64().ok_or(Declined)
    }

    #[inline(always)]
    fn flag(&mut self) -> Result<bool, Declined> {
        self.cursor.boolean().ok_or(Declined)
    }

    #[inline(always)]
    fn text(&mut self) -> Result<&'f [u8], Declined> {
        self.cursor.plain_text().ok_or(Declined)
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
        if self.quoted && self.cursor.literal(b"\"").is_some() {
            return Ok(None);
        }
        self.decimal(exp).map(Some)
    }

    #[inline(always)]
    fn levels(
        &mut self,
        exps: (i8, i8),
        mut sink: impl FnMut(i64, i64) -> Result<(), Error>,
    ) -> Result<(), Declined> {
        let sink = |price, qty| sink(price, qty).ok();
        let count = self.cursor.levels(exps.0, exps.1, sink);
        count.map(drop).ok_or(Declined)
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

    #[inline]
    fn end(&mut self) -> Result<(), Declined> {
        for _ in 0..self.open {
            self.cursor.literal(b"}").ok_or(Declined)?;
        }
        self.cursor.end().ok_or(Declined)
    }
}
