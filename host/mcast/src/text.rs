//! Monitoring lines: one a datagram, fields between bars.

use std::fmt::Write as _;
use std::str::Split;

use patchbay_model as model;

use crate::error::{DecodeError, Fault};

/// A monitoring line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// What came of one asset type of a venue since the publisher started.
    Exchange {
        /// Name of the venue.
        venue: &'a str,
        /// `spot`, `linear`, `inverse`, `option`, `equity`.
        asset_type: &'a str,
        /// Trades.
        trades: u64,
        /// Book updates.
        book_updates: u64,
        /// When it was sent, seconds since the Unix epoch.
        unix_seconds: i64,
    },
    /// Connections of a venue.
    Conn {
        /// Name of the venue.
        venue: &'a str,
        /// Connections that are open.
        connected: u16,
        /// Connections that are wanted and not open.
        disconnected: u16,
        /// Both.
        total: u16,
    },
}

impl<'a> Text<'a> {
    /// Appends the line. A byte of a name that no field may hold becomes `_`.
    pub(crate) fn put(&self, line: &mut String) {
        let written = match *self {
            Self::Exchange { venue, asset_type, trades, book_updates, unix_seconds } => {
                line.push_str("EXCHANGE|");
                put_field(line, venue);
                write!(line, "|{asset_type}|{trades}|{book_updates}|{unix_seconds}")
            }
            Self::Conn { venue, connected, disconnected, total } => {
                line.push_str("CONN|");
                put_field(line, venue);
                write!(line, "|{connected}|{disconnected}|{total}")
            }
        };
        written.expect("writing to a String cannot fail");
    }

    /// Reads a datagram that does not begin with `PB`.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Text`].
    pub fn decode(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let line = std::str::from_utf8(bytes).ok();
        let line = line.filter(|line| line.bytes().all(|b| b.is_ascii_graphic() || b == b' '));
        let line = line.ok_or(wrong("line", Fault::Utf8))?;
        let mut fields = Fields { rest: line.split('|') };
        let text = match fields.text("type")? {
            "EXCHANGE" => Self::Exchange {
                venue: fields.text("venue")?,
                asset_type: fields.asset_type()?,
                trades: fields.number("trades")?,
                book_updates: fields.number("book updates")?,
                unix_seconds: fields.number("unix seconds")?,
            },
            "CONN" => Self::conn(&mut fields)?,
            _ => return Err(wrong("type", Fault::Utf8)),
        };
        match fields.rest.next() {
            None => Ok(text),
            Some(_) => Err(wrong("line", Fault::Excess)),
        }
    }

    fn conn(fields: &mut Fields<'a>) -> Result<Self, DecodeError> {
        let venue = fields.text("venue")?;
        let connected: u16 = fields.number("connected")?;
        let disconnected: u16 = fields.number("disconnected")?;
        let total: u16 = fields.number("total")?;
        if u32::from(total) != u32::from(connected) + u32::from(disconnected) {
            return Err(wrong("total", Fault::Value(total.into())));
        }
        Ok(Self::Conn { venue, connected, disconnected, total })
    }
}

struct Fields<'a> {
    rest: Split<'a, char>,
}

impl<'a> Fields<'a> {
    fn text(&mut self, field: &'static str) -> Result<&'a str, DecodeError> {
        self.rest.next().ok_or_else(|| wrong(field, Fault::Missing))
    }

    /// Digits only: `+1`, which Rust would read, is no number here.
    fn number<T: std::str::FromStr>(&mut self, field: &'static str) -> Result<T, DecodeError> {
        let text = self.text(field)?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| wrong(field, Fault::Number))
    }

    fn asset_type(&mut self) -> Result<&'a str, DecodeError> {
        let name = self.text("asset type")?;
        let known = (0..=u8::MAX).filter_map(model::Kind::from_abi).any(|kind| kind.name() == name);
        if known { Ok(name) } else { Err(wrong("asset type", Fault::Utf8)) }
    }
}

fn put_field(line: &mut String, text: &str) {
    let allowed = |c: char| (c.is_ascii_graphic() || c == ' ') && c != '|';
    line.extend(text.chars().map(|c| if allowed(c) { c } else { '_' }));
}

const fn wrong(field: &'static str, fault: Fault) -> DecodeError {
    DecodeError::Text { field, fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &Text<'_>) -> String {
        let mut line = String::new();
        text.put(&mut line);
        line
    }

    #[test]
    fn lines_are_these() {
        let exchange = Text::Exchange {
            venue: "binance",
            asset_type: "linear",
            trades: 21_313,
            book_updates: 6_551,
            unix_seconds: 1_723_161_599,
        };
        assert_eq!(line(&exchange), "EXCHANGE|binance|linear|21313|6551|1723161599");
        assert_eq!(Text::decode(line(&exchange).as_bytes()), Ok(exchange));
        let conn = Text::Conn { venue: "okx", connected: 7, disconnected: 1, total: 8 };
        assert_eq!(line(&conn), "CONN|okx|7|1|8");
        assert_eq!(Text::decode(line(&conn).as_bytes()), Ok(conn));
        let odd = Text::Conn { venue: "a|b\n\u{e9}", connected: 0, disconnected: 0, total: 0 };
        assert_eq!(line(&odd), "CONN|a_b__|0|0|0");
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "",
            "CONN",
            "CONN|a|1|1|3",
            "CONN|a|1|1|2|",
            "CONN|a|+1|1|2",
            "CONN|a|1|1|2\n",
            "EXCHANGE|a|stock|1|2|3",
            "EXCHANGE|a|spot|1|2",
            "HELLO|a",
            "CONN|a|99999|1|2",
        ] {
            Text::decode(bad.as_bytes()).unwrap_err();
        }
    }
}
