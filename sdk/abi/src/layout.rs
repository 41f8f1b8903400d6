//! Size, alignment and offsets of every type that crosses, as data: the golden layout test, the C
//! assertions and the handshake's hash are made of it.

use core::mem::offset_of;

/// Layout of one type.
pub struct TypeLayout {
    /// Name in Rust; in C it is the same with the prefix `Pb`.
    pub name: &'static str,
    /// Bytes.
    pub size: usize,
    /// Alignment.
    pub align: usize,
    /// Fields in order, with their offsets.
    pub fields: &'static [(&'static str, usize)],
}

macro_rules! layouts {
    ($($ty:ident { $($field:ident),* $(,)? })*) => {
        /// Every type, in the order of the specification.
        pub const TYPES: &[TypeLayout] = &[$(
            TypeLayout {
                name: stringify!($ty),
                size: size_of::<crate::$ty>(),
                align: align_of::<crate::$ty>(),
                fields: &[$((stringify!($field), offset_of!(crate::$ty, $field))),*],
            },
        )*];

        // A field that is missing above would escape the golden test.
        $(const _: fn(&crate::$ty) = |value| {
            let crate::$ty { $($field: _),* } = value;
        };)*
    };
}

layouts! {
    Str { ptr, len }
    Bytes { ptr, len }
    Header { name, value }
    PluginDecl {
        magic, struct_size, abi_major, abi_minor, abi_minor_min, kind, flags, slot_size,
        layout_hash, name, version, build, vtable, defaults, schema, query,
    }
    Log { struct_size, abi_minor, ctx, write }
    ConfigEntry { key, text, integer, real, kind, reserved }
    Create { struct_size, instance, seed, log, config, config_len }
    Head { kind, flags, instrument, sequence, exchange_ns, receive_ns }
    Depth { head, first, previous, checksum, chain, bids, asks, slots, scope, flags }
    Level { price, qty }
    Trade { head, price, qty, trade_id, fills, aggressor, id_hashed, flags }
    Quote { head, bid_price, bid_qty, ask_price, ask_qty }
    Order { head, order_id, price, qty, trade_id }
    Nbbo { head, bid_price, bid_qty, ask_price, ask_qty }
    Feature { head, value, feature, reserved }
    Signal { head, model, horizon_ms, value, confidence, reserved }
    Mark { head, mark, index, settle, exp, reserved }
    Funding { head, rate, next_ns, interval_ns, rate_exp, reserved }
    OpenInterest { head, qty, value, qty_exp, value_exp, reserved }
    Liquidation { head, price, qty, average_price, exp, side, reserved }
    SessionStatus { head, since_ns, until_ns, code, state, reserved }
    Quality { head, value, expected, detector, severity, reserved }
    ClientId { high, low }
    OrderUpdate { head, client, filled_qty, code, state, reason, slots, external }
    OrderDetail {
        price, qty, average_price, trigger_price, order_id, average_exp, side, order_type,
        time_in_force, leg, id_hashed, reserved,
    }
    Fill { head, client, price, qty }
    FillDetail {
        trade_id, order_id, fee, fee_asset, fee_exp, liquidity, id_hashed, order_id_hashed,
        reserved,
    }
    Balance { head, asset, free, locked }
    Position { head, qty, entry_price, profit, entry_exp, profit_exp, reserved }
    BookState { head, expected, found, live_until_ns, state, evidence, cause, reserved }
    ListEnd { head, list, complete, from_ns, reserved }
    TextSlot { len, bytes }
    TickBand { from, tick }
    Instrument {
        struct_size, index, symbol, base, quote, settle, kind, option, contract_unit, session,
        price_exp, qty_exp, contract_exp, notional_exp, checksum, provisional, tick, lot, min_qty,
        max_qty, min_notional, contract_size, strike, expiry_ns, bands, bands_len,
    }
    SecretSlot {
        struct_size, kind, target, encoding, offset, from, to, key, header, over, reserved,
        over_index,
    }
    Token { field, name }
    BucketCost { bucket, cost }
    Bucket { struct_size, id, capacity, refill, period_ns, scope, name }
    Connect {
        struct_size, tag, url, headers, headers_len, secrets, secrets_len, costs, costs_len,
        life_ns, ping_ns, ping_text, silence_ns, ping_wait_ns, symbols, flags, scratch, scratch_len,
    }
    Send {
        struct_size, conn, opcode, flags, payload, secrets, secrets_len, costs, costs_len, scratch,
        scratch_len, tokens, tokens_len,
    }
    Http {
        struct_size, purpose, id, scope_kind, scope, method, base, path, headers, headers_len,
        body, secrets, secrets_len, costs, costs_len, timeout_ns, token_field, token, scratch,
        scratch_len,
    }
    Reply { struct_size, status, id, error, headers, headers_len, body, body_len, url }
    StreamWish { struct_size, channels, symbol, kind, depth, interval_ms, reserved, venue }
    AdapterCx {
        struct_size, outcome, now_ns, wall_offset_ns, slots, len, cap, host, ctx,
    }
    AdapterHost {
        struct_size, abi_minor, reserve, connect, send, close, http, wake, define_instrument,
        define_bucket, fail, query, server_time,
    }
    AdapterVtable {
        struct_size, create, destroy, plan, on_open, on_frame, on_close, on_reply, on_timer,
        resync, audit,
    }
    OrderIntent {
        struct_size, instrument, client, side, order_type, time_in_force, flags, price, qty,
        trigger_price, expire_ns, self_trade, reserved,
    }
    OrderRef { struct_size, instrument, client, venue_id }
    OrderAmend { struct_size, reserved, order, price, qty }
    FillsSince { struct_size, instrument, from_ns, from_trade_id }
    ExecutionVtable {
        struct_size, place, amend, cancel, cancel_all, dead_man, query_order, query_open_orders,
        query_fills, query_balances, query_positions, open_account,
    }
    BookView {
        struct_size, state, evidence, levels, instrument, price_exp, qty_exp, reserved, sequence,
        exchange_ns, receive_ns, bids, asks,
    }
    StrategyCx { struct_size, outcome, now_ns, host, ctx }
    StrategyHost {
        struct_size, abi_minor, book, levels, place, amend, cancel, cancel_all, wake, subscribe,
        query, find, instrument,
    }
    StrategyVtable {
        struct_size, state_schema, state_hint, create, destroy, start, on_turn, on_timer,
        on_control, save, restore, digest,
    }
}

const _: () = assert!(size_of::<crate::Slot>() == 64 && align_of::<crate::Slot>() == 64);

/// The types of 0.1 that may never change within a major version: those without a `struct_size`. A
/// type that a later minor adds does not enter, so that it refuses no older plugin.
pub const FROZEN: &[&str] = &[
    "Str",
    "Bytes",
    "Header",
    "ConfigEntry",
    "Head",
    "Depth",
    "Level",
    "Trade",
    "Quote",
    "Order",
    "Nbbo",
    "Feature",
    "Signal",
    "Mark",
    "Funding",
    "OpenInterest",
    "Liquidation",
    "SessionStatus",
    "Quality",
    "ClientId",
    "OrderUpdate",
    "OrderDetail",
    "Fill",
    "FillDetail",
    "Balance",
    "Position",
    "BookState",
    "ListEnd",
    "TextSlot",
    "TickBand",
    "BucketCost",
];

/// FNV-1a over size and alignment of [`crate::Slot`], and over names, sizes, alignments, fields and
/// offsets of the types in [`FROZEN`].
pub const HASH: u32 = {
    let mut hash = number(0x811c_9dc5, size_of::<crate::Slot>());
    hash = number(hash, align_of::<crate::Slot>());
    let mut i = 0;
    while i < FROZEN.len() {
        let ty = named(FROZEN[i]);
        hash = number(text(hash, ty.name), ty.size);
        hash = number(hash, ty.align);
        let mut j = 0;
        while j < ty.fields.len() {
            hash = number(text(hash, ty.fields[j].0), ty.fields[j].1);
            j += 1;
        }
        i += 1;
    }
    hash
};

const fn named(name: &str) -> &'static TypeLayout {
    let mut i = 0;
    while i < TYPES.len() {
        if same(TYPES[i].name, name) {
            return &TYPES[i];
        }
        i += 1;
    }
    panic!("a name in FROZEN is not in TYPES")
}

const fn same(a: &str, b: &str) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a.as_bytes()[i] != b.as_bytes()[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ byte as u32).wrapping_mul(0x0100_0193)
}

const fn text(mut hash: u32, text: &str) -> u32 {
    let mut i = 0;
    while i < text.len() {
        hash = step(hash, text.as_bytes()[i]);
        i += 1;
    }
    step(hash, 0)
}

const fn number(hash: u32, value: usize) -> u32 {
    let bytes = (value as u32).to_le_bytes();
    step(step(step(step(hash, bytes[0]), bytes[1]), bytes[2]), bytes[3])
}
