//! Bithumb's frames and answers as the documentation prints them (`apidocs.bithumb.com`, v2.1.5, the
//! page named with each). Nothing of this interface is recorded: they test how frames are read, and
//! are no market data.
#![allow(dead_code, reason = "each test uses its part")]

/// Where market data comes from (websocket, basic information).
pub(crate) const STREAM: &str = "wss://ws-api.bithumb.com/websocket/v1";

/// websocket, orderbook, cut to two units.
pub(crate) const BOOK: &str = r#"{"type":"orderbook","code":"KRW-BTC","total_ask_size":450.35,"total_bid_size":63.28,"orderbook_units":[{"ask_price":478800,"bid_price":478300,"ask_size":4.3478,"bid_size":5.6370},{"ask_price":482300,"bid_price":477400,"ask_size":0.2,"bid_size":1.4}],"level":1,"timestamp":1725930007672,"stream_type":"REALTIME"}"#;

/// websocket, trade.
pub(crate) const TRADE: &str = r#"{"type":"trade","code":"KRW-BTC","trade_price":489700,"trade_volume":1.4825,"ask_bid":"BID","prev_closing_price":484500,"change":"RISE","change_price":5200,"trade_date":"2024-09-10","trade_time":"09:58:54","trade_timestamp":1725929934373,"sequential_id":17259299343730000,"timestamp":1725929934483,"stream_type":"REALTIME"}"#;

/// websocket, tests and examples.
pub(crate) const TICKER: &str = r#"{"type":"ticker","code":"KRW-BTC","opening_price":484500,"high_price":493100,"low_price":472500,"trade_price":493100,"prev_closing_price":484500,"change":"RISE","change_price":8600,"signed_change_price":8600,"change_rate":0.01775026,"signed_change_rate":0.01775026,"trade_volume":3.2529,"acc_trade_volume":220.0447,"acc_trade_volume_24h":13380.57687512,"acc_trade_price":105917424.208256,"acc_trade_price_24h":8227950466.316009,"trade_date":"20240910","trade_time":"091617","trade_timestamp":1725927377174,"ask_bid":"BID","acc_ask_volume":106.7561,"acc_bid_volume":113.2886,"highest_52_week_price":999999000,"highest_52_week_date":"2024-06-18","lowest_52_week_price":1000,"lowest_52_week_date":"2024-06-18","market_state":"ACTIVE","is_trading_suspended":false,"delisting_date":null,"market_warning":"NONE","timestamp":1725927377287,"stream_type":"SNAPSHOT"}"#;

pub(crate) const FRAMES: [(&str, &str); 3] =
    [("orderbook", BOOK), ("trade", TRADE), ("ticker", TICKER)];

/// websocket, errors.
pub(crate) const REFUSAL: &str = r#"{"error":{"name":"WRONG_FORMAT","message":"-"}}"#;
/// The answer to the text `PING` (websocket, connection management).
pub(crate) const UP: &str = r#"{"status":"UP"}"#;

/// market/all.
pub(crate) const MARKETS: &str = "https://api.bithumb.com/v1/market/all?isDetails=true";

/// An entry of its answer.
pub(crate) fn market(symbol: &str, warning: &str) -> String {
    format!(
        r#"{{"market":"{symbol}","korean_name":"비트코인","english_name":"Bitcoin","market_warning":"{warning}"}}"#
    )
}

/// The answer, of markets without a warning.
pub(crate) fn list(symbols: &[&str]) -> String {
    let entries: Vec<_> = symbols.iter().map(|symbol| market(symbol, "NONE")).collect();
    format!("[{}]", entries.join(","))
}
