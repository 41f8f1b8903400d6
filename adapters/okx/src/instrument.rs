//! Instruments and sessions (DOC Public Data, Get instruments, Instruments channel; Status).

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::kind;

impl Instruments for Market {
    const ENTRY: &'static str = "instId";

    fn instrument(
        _product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>> {
        let word = |key: &str| entry.get_str(key).unwrap_or_default();
        let size = |key: &str| entry.get_str(key).filter(|text| !text.is_empty());
        let kind = Kind::from_name(word("ctType")).unwrap_or_else(|| kind(word("instId")));
        let sizes = Sizes {
            // Levels placed before a change of the tick may be finer than it.
            price_places: 8,
            qty_places: 8,
            tick: size("tickSz"),
            lot: size("lotSz"),
            min_qty: size("minSz"),
            max_qty: size("maxLmtSz"),
            contract: size("ctVal"),
            multiplier: size("ctMult"),
            strike: size("stk"),
            ..Sizes::default()
        };
        let pair = word("uly").split_once('-');
        let (base, quote) = pair.unwrap_or_else(|| (word("baseCcy"), word("quoteCcy")));
        Ok(Some(Instrument {
            base: base.to_owned(),
            quote: quote.to_owned(),
            settle: word("settleCcy").to_owned(),
            expiry_ns: word("expTime").parse().unwrap_or(0_i64).saturating_mul(1_000_000),
            session: session(word("state"), word("openType")),
            contract_unit: if word("ctValCcy") == quote { CONTRACT_QUOTE } else { CONTRACT_BASE },
            option: (kind == Kind::Option).then(|| match word("optType") {
                "C" => OptionSide::Call,
                _ => OptionSide::Put,
            }),
            checksum: CHECKSUM_CRC32_25,
            ..define(word("instId"), kind, &sizes, known)?
        }))
    }
}

/// A best ask below the best bid is legal in an auction only.
fn session(state: &str, open: &str) -> u8 {
    match (state, open) {
        ("live", _) => SESSION_CONTINUOUS,
        ("preopen", "call_auction") => SESSION_AUCTION,
        ("preopen", _) => SESSION_PRE_OPEN,
        ("post_only", _) => SESSION_POST_ONLY,
        ("suspend" | "rebase" | "test", _) => SESSION_HALT,
        ("settling", _) => SESSION_SETTLING,
        ("expired", _) => SESSION_CLOSED,
        _ => SESSION_UNKNOWN,
    }
}

/// A row of `status`: maintenance of sockets (0) or of trading as a whole (1); other services do not
/// stop the market, and what is only scheduled does not yet.
pub(crate) fn maintenance<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F> {
    let (mut service, mut state, mut time) = (0, None, 0);
    unordered!(f, 3, {
        "serviceType" => service = f.number()?,
        "state" => state = match f.text()? {
            b"ongoing" => Some(SESSION_HALT),
            b"pre_open" => Some(SESSION_PRE_OPEN),
            b"completed" | b"canceled" => Some(SESSION_CONTINUOUS),
            _ => None,
        },
        "ts" => time = f.time()?,
    });
    let told = state.filter(|_| service <= 1).map(|s| at.status(None, (time, 0, 0), s, 0));
    Ok(told.transpose().map(drop)?)
}
