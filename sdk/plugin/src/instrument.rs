//! Instruments across the boundary: `lend` on one side, `copy` on the other.

use patchbay_abi::{self as abi, Str};
use patchbay_model::{Instrument, Kind, OptionSide};

use crate::command::{owned, size};
use crate::read::items;

pub(crate) fn lend<R>(
    index: u32,
    from: &Instrument,
    give: impl FnOnce(&abi::Instrument) -> R,
) -> R {
    give(&lent(index, from))
}

/// The ABI's view of `from`; good for as long as `from` is neither changed nor dropped.
pub(crate) fn lent(index: u32, from: &Instrument) -> abi::Instrument {
    abi::Instrument {
        struct_size: size::<abi::Instrument>(),
        index,
        symbol: Str::new(&from.symbol),
        base: Str::new(&from.base),
        quote: Str::new(&from.quote),
        settle: Str::new(&from.settle),
        kind: from.kind.to_abi(),
        option: from.option.map_or(abi::OPTION_NONE, OptionSide::to_abi),
        contract_unit: from.contract_unit,
        session: from.session,
        price_exp: from.price_exp,
        qty_exp: from.qty_exp,
        contract_exp: from.contract_exp,
        notional_exp: from.notional_exp,
        checksum: from.checksum,
        provisional: u32::from(from.provisional),
        tick: from.tick,
        lot: from.lot,
        min_qty: from.min_qty,
        max_qty: from.max_qty,
        min_notional: from.min_notional,
        contract_size: from.contract_size,
        strike: from.strike,
        expiry_ns: from.expiry_ns,
        bands: from.bands.as_ptr(),
        bands_len: from.bands.len(),
    }
}

/// # Safety
///
/// `from` follows the contract of [`abi::Instrument`] during the call.
pub(crate) unsafe fn copy(from: &abi::Instrument) -> Option<Instrument> {
    // SAFETY: every pointer is valid for its length by the caller's contract.
    unsafe {
        Some(Instrument {
            symbol: owned(from.symbol)?,
            base: owned(from.base)?,
            quote: owned(from.quote)?,
            settle: owned(from.settle)?,
            kind: Kind::from_abi(from.kind)?,
            provisional: from.provisional != 0,
            price_exp: from.price_exp,
            qty_exp: from.qty_exp,
            tick: from.tick,
            bands: items(from.bands, from.bands_len).to_vec(),
            lot: from.lot,
            min_qty: from.min_qty,
            max_qty: from.max_qty,
            min_notional: from.min_notional,
            notional_exp: from.notional_exp,
            contract_size: from.contract_size,
            contract_exp: from.contract_exp,
            contract_unit: from.contract_unit,
            option: OptionSide::from_abi(from.option),
            strike: from.strike,
            expiry_ns: from.expiry_ns,
            session: from.session,
            checksum: from.checksum,
        })
    }
}
