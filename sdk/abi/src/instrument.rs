//! Instruments, as an adapter defines them to the host.

use crate::Str;

/// Definition of one instrument. The host maps `index` to its own id; a definition with other
/// exponents becomes a new id.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Instrument {
    /// Bytes of this struct as the adapter knows it.
    pub struct_size: u32,
    /// The adapter's own dense index, 0, 1, 2, ...; defining it again replaces the definition.
    pub index: u32,
    /// The venue's symbol in its own spelling, unique within venue and kind.
    pub symbol: Str,
    /// What is bought and sold.
    pub base: Str,
    /// What prices are quoted in.
    pub quote: Str,
    /// What profit and margin are paid in; empty for spot.
    pub settle: Str,
    /// `INSTRUMENT_*`.
    pub kind: u8,
    /// `OPTION_*`.
    pub option: u8,
    /// `CONTRACT_*`: what `contract_size` is measured in.
    pub contract_unit: u8,
    /// `SESSION_*` at the time of definition.
    pub session: u8,
    /// Decimal exponent of prices.
    pub price_exp: i8,
    /// Decimal exponent of quantities.
    pub qty_exp: i8,
    /// Decimal exponent of `contract_size`.
    pub contract_exp: i8,
    /// Decimal exponent of `min_notional`.
    pub notional_exp: i8,
    /// `CHECKSUM_*`.
    pub checksum: u32,
    /// 1 if only a name and exponents are known and the rest waits for the venue's list.
    pub provisional: u32,
    /// Price step below the first band, mantissa at `price_exp`; 0 if unknown.
    pub tick: i64,
    /// Quantity step, mantissa at `qty_exp`; 0 if unknown.
    pub lot: i64,
    /// Smallest order, mantissa at `qty_exp`; 0 if none.
    pub min_qty: i64,
    /// Largest order, mantissa at `qty_exp`; 0 if none.
    pub max_qty: i64,
    /// Smallest notional, mantissa at `notional_exp`, in quote currency; 0 if none.
    pub min_notional: i64,
    /// What one contract stands for, mantissa at `contract_exp`; 1 for spot.
    pub contract_size: i64,
    /// Strike, mantissa at `price_exp`; 0 if none.
    pub strike: i64,
    /// Expiry or delivery, 0 if none.
    pub expiry_ns: i64,
    /// Price-dependent ticks, by rising price; null if `tick` holds everywhere.
    pub bands: *const TickBand,
    /// Entries in `bands`.
    pub bands_len: usize,
}

/// From `from` upwards, prices move in steps of `tick`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TickBand {
    /// First price of the band, mantissa.
    pub from: i64,
    /// Step, mantissa.
    pub tick: i64,
}

/// Bought and sold outright.
pub const INSTRUMENT_SPOT: u8 = 1;
/// Future or perpetual margined and settled in quote currency.
pub const INSTRUMENT_LINEAR: u8 = 2;
/// Future or perpetual margined and settled in base currency.
pub const INSTRUMENT_INVERSE: u8 = 3;
/// Option.
pub const INSTRUMENT_OPTION: u8 = 4;
/// Stock.
pub const INSTRUMENT_EQUITY: u8 = 5;
/// Made by the host of several venues' instruments.
pub const INSTRUMENT_CONSOLIDATED: u8 = 6;

/// Not an option.
pub const OPTION_NONE: u8 = 0;
/// Call.
pub const OPTION_CALL: u8 = 1;
/// Put.
pub const OPTION_PUT: u8 = 2;

/// Quantity is in base currency (or shares); `contract_size` multiplies it.
pub const CONTRACT_BASE: u8 = 1;
/// One contract is worth `contract_size` of quote currency.
pub const CONTRACT_QUOTE: u8 = 2;

/// No checksum.
pub const CHECKSUM_NONE: u32 = 0;
/// OKX: CRC-32 (IEEE) over the best 25 bids and asks in turns,
/// `bid price:bid qty:ask price:ask qty:...`; an exhausted side is skipped; numbers in decimal
/// without zeros at the end of a fraction.
pub const CHECKSUM_CRC32_25: u32 = 1;
