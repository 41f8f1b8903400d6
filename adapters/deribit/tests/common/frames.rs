//! Single frames, transcribed from docs.deribit.com: the page stands before each. Where that shows
//! no example, its fields with invented values. No recordings.

/// The socket that notifications come on.
pub(crate) const URL: &str = "wss://www.deribit.com/ws/api/v2";

/// A notification of `channel` with `data`.
pub(crate) fn notice(channel: &str, data: &str) -> String {
    let head = r#"{"jsonrpc":"2.0","method":"subscription","params":{"channel":""#;
    format!(r#"{head}{channel}","data":{data}}}}}"#)
}

/// Kind, channel, data.
pub(crate) const FRAMES: [(&str, &str, &str); 9] = [
    // book.(instrument_name).(interval), the first notification.
    (
        "snapshot",
        "book.BTC-PERPETUAL.100ms",
        r#"{"type":"snapshot","timestamp":1554373962454,"instrument_name":"BTC-PERPETUAL","change_id":297217,"bids":[["new",5042.34,30.0],["new",5041.94,20.0]],"asks":[["new",5042.64,40.0],["new",5043.3,40.0]]}"#,
    ),
    // The same, a later notification.
    (
        "change",
        "book.BTC-PERPETUAL.100ms",
        r#"{"type":"change","timestamp":1554373911330,"prev_change_id":297217,"instrument_name":"BTC-PERPETUAL","change_id":297218,"bids":[["delete",5041.94,0.0],["delete",5042.34,0.0]],"asks":[]}"#,
    ),
    // The same with the order of fields and the form of numbers that the venue used in 2026.
    (
        "change, 2026",
        "book.BTC-PERPETUAL.100ms",
        r#"{"timestamp":1554373911330,"type":"change","change_id":297219,"instrument_name":"BTC-PERPETUAL","bids":[["new",5041.94,1.0002e6]],"asks":[["change",5042.64,4.0e1]],"prev_change_id":297218}"#,
    ),
    // quote.(instrument_name).
    (
        "quote",
        "quote.BTC-PERPETUAL",
        r#"{"timestamp":1550658624149,"instrument_name":"BTC-PERPETUAL","best_bid_price":3914.97,"best_bid_amount":40.0,"best_ask_price":3996.61,"best_ask_amount":50.0}"#,
    ),
    // The same without bids.
    (
        "quote, one-sided",
        "quote.BTC-25MAR27-60000-C",
        r#"{"timestamp":1550658624150,"instrument_name":"BTC-25MAR27-60000-C","best_bid_price":null,"best_bid_amount":0.0,"best_ask_price":0.0005,"best_ask_amount":1.5}"#,
    ),
    // trades.(instrument_name).(interval).
    (
        "trades",
        "trades.BTC-PERPETUAL.raw",
        r#"[{"trade_seq":30289442,"trade_id":"48079269","timestamp":1590484512188,"tick_direction":2,"price":8950.0,"mark_price":8948.9,"instrument_name":"BTC-PERPETUAL","index_price":8955.88,"direction":"sell","amount":10.0}]"#,
    ),
    // The same with its optional fields.
    (
        "trades, liquidations",
        "trades.ETH-PERPETUAL.100ms",
        r#"[{"trade_seq":5,"trade_id":"ETH-284830839","timestamp":1590484512188,"tick_direction":2,"price":203.6,"mark_price":203.5,"liquidation":"T","instrument_name":"ETH-PERPETUAL","index_price":203.5,"direction":"sell","contracts":10.0,"amount":10.0},{"trade_seq":6,"trade_id":"ETH-284830840","timestamp":1590484512189,"tick_direction":3,"price":203.7,"mark_price":203.5,"liquidation":"MT","instrument_name":"ETH-PERPETUAL","index_price":203.5,"direction":"buy","contracts":2.0,"amount":2.0,"block_trade_id":"154"}]"#,
    ),
    // ticker.(instrument_name).(interval), a perpetual.
    (
        "ticker",
        "ticker.BTC-PERPETUAL.100ms",
        r#"{"timestamp":1623059681955,"stats":{"volume_usd":284061480,"volume":7871.02139035,"price_change":0.7229,"low":35213.5,"high":36824.5},"state":"open","settlement_price":36169.49,"open_interest":502097590,"min_price":35898.37,"max_price":36991.72,"mark_price":36446.51,"last_price":36457.5,"instrument_name":"BTC-PERPETUAL","index_price":36441.64,"funding_8h":0.0000211,"estimated_delivery_price":36441.64,"current_funding":0,"best_bid_price":36442.5,"best_bid_amount":5000,"best_ask_price":36443,"best_ask_amount":100}"#,
    ),
    // The same, an option without bids.
    (
        "ticker, option",
        "ticker.BTC-30JUL21-40000-P.agg2",
        r#"{"underlying_price":36447.2,"underlying_index":"BTC-30JUL21","timestamp":1623059681956,"stats":{"volume":null,"price_change":null,"low":null,"high":null},"state":"halted","settlement_price":0.16,"open_interest":1.3,"min_price":0.1,"max_price":0.3,"mark_price":0.161123,"mark_iv":90.1,"last_price":null,"interest_rate":0.0,"instrument_name":"BTC-30JUL21-40000-P","index_price":36441.64,"greeks":{"vega":43.86,"theta":-67.1,"rho":-29.6,"gamma":0.00002,"delta":-0.59},"estimated_delivery_price":36441.64,"bid_iv":0.0,"best_bid_price":0.0,"best_bid_amount":0.0,"best_ask_price":0.165,"best_ask_amount":8.0,"ask_iv":95.2}"#,
    ),
];

/// A frame by its kind.
pub(crate) fn frame(kind: &str) -> String {
    let (_, channel, data) = FRAMES.into_iter().find(|f| f.0 == kind).expect("a kind of FRAMES");
    notice(channel, data)
}

/// public/get_instruments: its example of a perpetual; an option, a linear perpetual, a spot pair
/// and a combination with the fields that are described.
pub(crate) const INSTRUMENTS: &str = r#"{"jsonrpc":"2.0","id":1,"result":[{"tick_size":0.5,"tick_size_steps":[],"taker_commission":0.0005,"settlement_period":"perpetual","settlement_currency":"BTC","quote_currency":"USD","price_index":"btc_usd","min_trade_amount":10,"max_liquidation_commission":0.0075,"max_leverage":50,"maker_commission":0,"kind":"future","is_active":true,"instrument_name":"BTC-PERPETUAL","instrument_id":124972,"instrument_type":"reversed","expiration_timestamp":32503708800000,"creation_timestamp":1534167754000,"counter_currency":"USD","contract_size":10,"block_trade_tick_size":0.01,"block_trade_min_trade_amount":200000,"block_trade_commission":0.00025,"base_currency":"BTC","state":"open"},{"kind":"option","instrument_type":"reversed","instrument_name":"BTC-25MAR27-60000-C","tick_size":1.0e-4,"tick_size_steps":[{"tick_size":5.0e-4,"above_price":0.005}],"strike":60000.0,"option_type":"call","settlement_currency":"BTC","settlement_period":"month","quote_currency":"BTC","counter_currency":"USD","base_currency":"BTC","price_index":"btc_usd","min_trade_amount":0.1,"contract_size":1.0,"expiration_timestamp":1806048000000,"creation_timestamp":1711612800000,"is_active":true,"state":"locked"},{"kind":"future","instrument_type":"linear","instrument_name":"SOL_USDC-PERPETUAL","tick_size":0.001,"tick_size_steps":[],"settlement_currency":"USDC","settlement_period":"perpetual","quote_currency":"USDC","counter_currency":"USDC","base_currency":"SOL","price_index":"sol_usdc","min_trade_amount":0.1,"contract_size":0.1,"expiration_timestamp":32503708800000,"is_active":true,"state":"open"},{"kind":"spot","instrument_type":"linear","instrument_name":"SOL_USDC","tick_size":0.01,"tick_size_steps":[],"quote_currency":"USDC","counter_currency":"USDC","base_currency":"SOL","price_index":"sol_usdc","min_trade_amount":0.01,"contract_size":0.01,"expiration_timestamp":32503708800000,"is_active":false},{"kind":"option_combo","instrument_type":"reversed","instrument_name":"BTC-CS-25MAR27-60000_70000","tick_size":0.0001,"quote_currency":"BTC","base_currency":"BTC","min_trade_amount":0.1,"contract_size":1.0,"expiration_timestamp":1806048000000,"is_active":true}],"usIn":1,"usOut":2,"usDiff":1,"testnet":false}"#;
