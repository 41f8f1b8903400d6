//! Instruments, and when they are traded how.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::{Board, symbol, time};

impl Instruments for Market {
    const ENTRY: &'static str = "shcode";
    /// Of stocks; of funds and notes.
    const QUOTES: &'static [&'static str] = &["KRW", "FUND"];

    /// `etfgubun`, `etfchk` (DOC): 1 and 2 are exchange-traded funds and notes. Classes of public funds,
    /// listed since 2025, are of no group of securities, and their recorded limits have steps of funds.
    fn table(entry: Value<'_, '_>) -> Option<&'static str> {
        let kind = entry.get_str("etfgubun").or_else(|| entry.get_str("etfchk"));
        let fund = matches!(kind, Some("1" | "2")) || entry.get_str("bu12gubun") == Some("");
        fund.then_some("FUND")
    }

    fn learn(&mut self, entry: Value<'_, '_>) {
        if entry.get_str("gubun") == Some("2") {
            self.kosdaq.insert(Self::symbol(entry).as_bytes().to_vec());
        }
    }

    /// `t8436` (DOC) lists KRX, with today's highest price; `t9945` says what NXT trades of that, one
    /// share at least.
    fn instrument(
        _product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>> {
        let (base, listed) = (Self::symbol(entry), entry.get_str("nxt_chk"));
        let name = match (entry.contains_key("memedan"), listed) {
            (true, _) => base.to_owned(),
            (false, Some("1")) => format!("N{base}"),
            (false, _) => return Ok(None),
        };
        let lot = Some(entry.get_str("memedan").unwrap_or("1").trim_start_matches('0'));
        let max_price = entry.get_str("uplmtprice");
        let sizes = Sizes { lot, min_qty: lot, max_price, ..Sizes::default() };
        let instrument = define(&name, Kind::Equity, &sizes, known)?;
        Ok(Some(Instrument { base: name, quote: "KRW".to_owned(), ..instrument }))
    }
}

/// `VI_`, `NVI` (DOC): 1 static, 2 dynamic, 3 both, 0 over. An interruption is an auction of two
/// minutes. Its kind is the code that is told.
pub(crate) fn interruption<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let (mut kind, mut of, mut place, mut at_ns) = (&b""[..], &b""[..], None, 0);
    unordered!(f, 3, {
        "vi_gubun" => kind = f.text()?,
        "ref_shcode" => of = f.text()?,
        "time" => at_ns = time(f.text()?, at.cx.now()),
        "ex_shcode" => place = Some(f.text()?),
    });
    f.end()?;
    let target = at.target(symbol(place.unwrap_or(of)))?;
    let (state, code) = match kind {
        b"0" => (SESSION_CONTINUOUS, 0),
        [kind @ b'1'..=b'3'] => (SESSION_AUCTION, u32::from(kind - b'0')),
        _ => (SESSION_UNKNOWN, 0),
    };
    at.state(target, at_ns, state)?;
    Ok(at.notice(target, at_ns, code)?)
}

/// `JIF` (DOC): where, and what begins there. It has no time. Of the whole, the code is told: its three
/// characters, the first in the third byte.
pub(crate) fn operation<'f, F: Fields<'f>>(
    f: &mut F,
    market: &Market,
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let (mut place, mut status) = (&b""[..], &b""[..]);
    unordered!(f, 2, { "jangubun" => place = f.text()?, "jstatus" => status = f.text()? });
    f.end()?;
    let board = match place {
        b"1" => Board::Kospi,
        b"2" => Board::Kosdaq,
        b"6" => Board::Nxt,
        _ => return Ok(()),
    };
    let code = place.iter().chain(status).fold(0, |code, byte| code << 8 | u32::from(*byte));
    at.status(None, (0, 0, 0), SESSION_UNKNOWN, code)?;
    Ok(at.state_here(|l| market.board(l.symbol.as_bytes()) == board, 0, session(status))?)
}

/// What a status begins; none of a countdown within a session, and of orders by programs being held back.
const fn session(status: &[u8]) -> u8 {
    match status {
        // Before the markets before and after the day.
        [b'A' | b'B', _] => SESSION_PRE_OPEN,
        // Openings of the day, of the markets before and after it and of that at the closing price, and
        // after a breaker's auction.
        b"21" | b"51" | b"55" | b"56" | b"63" | b"71" => SESSION_CONTINUOUS,
        // Before opening and closing, single prices after hours, a breaker's end.
        b"11" | b"31" | b"52" | b"62" | b"70" => SESSION_AUCTION,
        // The first two stages of a circuit breaker; the third is the end of the day.
        b"61" | b"68" => SESSION_HALT,
        b"41" | b"54" | b"57" | b"58" | b"69" => SESSION_CLOSED,
        _ => SESSION_UNKNOWN,
    }
}
