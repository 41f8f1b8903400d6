//! Single frames, transcribed from Coinbase's public documentation on `docs.cdp.coinbase.com` (2026).
//! No recordings.

/// Frames of Advanced Trade: channel, frame. AT is "Advanced Trade WebSocket Channels".
pub(crate) const ADVANCED: [(&str, &str); 4] = [
    // AT Level2 Channel.
    (
        "l2_data",
        r#"{"channel":"l2_data","client_id":"","timestamp":"2023-02-09T20:32:50.714964855Z","sequence_num":0,"events":[{"type":"snapshot","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"1970-01-01T00:00:00Z","price_level":"21921.73","new_quantity":"0.06317902"},{"side":"bid","event_time":"1970-01-01T00:00:00Z","price_level":"21921.3","new_quantity":"0.02"}]}]}"#,
    ),
    // AT Market Trades Channel, of an update as its text describes one.
    (
        "market_trades",
        r#"{"channel":"market_trades","client_id":"","timestamp":"2023-02-09T20:19:35.39625135Z","sequence_num":0,"events":[{"type":"update","trades":[{"trade_id":"000000000","product_id":"ETH-USD","price":"1260.01","size":"0.3","side":"BUY","time":"2019-08-14T20:42:27.265Z"}]}]}"#,
    ),
    // AT Ticker Channel.
    (
        "ticker",
        r#"{"channel":"ticker","client_id":"","timestamp":"2023-02-09T20:30:37.167359596Z","sequence_num":0,"events":[{"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"21932.98","volume_24_h":"16038.28770938","low_24_h":"21835.29","high_24_h":"23011.18","low_52_w":"15460","high_52_w":"48240","price_percent_chg_24_h":"-4.15775596190603","best_bid":"21931.98","best_bid_quantity":"8000.21","best_ask":"21933.98","best_ask_quantity":"8038.07770938"}]}]}"#,
    ),
    // AT Heartbeats Channel.
    (
        "heartbeats",
        r#"{"channel":"heartbeats","client_id":"","timestamp":"2023-06-23T20:31:26.122969572Z","sequence_num":0,"events":[{"current_time":"2023-06-23 20:31:56.121961769 +0000 UTC m=+91717.525857105","heartbeat_counter":"3049"}]}"#,
    ),
];

/// AT Status Channel.
pub(crate) const STATUS: &str = r#"{"channel":"status","client_id":"","timestamp":"2023-02-09T20:29:49.753424311Z","sequence_num":0,"events":[{"type":"snapshot","products":[{"product_type":"SPOT","id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","base_increment":"0.00000001","quote_increment":"0.01","display_name":"BTC/USD","status":"online","status_message":"","min_market_funds":"1"}]}]}"#;

/// Frames of the Exchange: type, frame. EX is "Exchange WebSocket Channels".
pub(crate) const EXCHANGE: [(&str, &str); 4] = [
    // EX Level2 Channel.
    (
        "snapshot",
        r#"{"type":"snapshot","product_id":"BTC-USD","bids":[["10101.10","0.45054140"]],"asks":[["10102.55","0.57753524"]]}"#,
    ),
    // The same.
    (
        "l2update",
        r#"{"type":"l2update","product_id":"BTC-USD","changes":[["buy","22356.270000","0.00000000"],["buy","22356.300000","1.00000000"]],"time":"2022-08-04T15:25:05.010758Z"}"#,
    ),
    // EX Matches Channel.
    (
        "match",
        r#"{"type":"match","trade_id":10,"sequence":50,"maker_order_id":"ac928c66-ca53-498f-9c13-a110027a60e8","taker_order_id":"132fb6ae-456b-4654-b4e0-d681ac05cea1","time":"2014-11-07T08:19:27.028459Z","product_id":"BTC-USD","size":"5.23512","price":"400.23","side":"sell"}"#,
    ),
    // EX Ticker Channel.
    (
        "ticker",
        r#"{"type":"ticker","sequence":37475248783,"product_id":"ETH-USD","price":"1285.22","open_24h":"1310.79","volume_24h":"245532.79269678","low_24h":"1280.52","high_24h":"1313.8","volume_30d":"9788783.60117027","best_bid":"1285.04","best_bid_size":"0.46688654","best_ask":"1285.27","best_ask_size":"1.56637040","side":"buy","time":"2022-10-19T23:28:22.061769Z","trade_id":370843401,"last_size":"11.4396987"}"#,
    ),
];

/// EX Heartbeat Channel, Overview: the answer to a subscription.
pub(crate) const HEARTBEAT: &str = r#"{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD","time":"2014-11-07T08:19:28.464459Z"}"#;
pub(crate) const SUBSCRIPTIONS: &str = r#"{"type":"subscriptions","channels":[{"name":"level2_50","product_ids":["BTC-USD","ETH-USD"]},{"name":"heartbeat","product_ids":["BTC-USD","ETH-USD"]}]}"#;

/// Advanced Trade REST, "List Public Products", with the fields that matter: a pair, its alias, one
/// that is halted, a dated future and a perpetual.
pub(crate) const PRODUCTS: &str = r#"{"products":[{"product_id":"BTC-USD","base_increment":"0.00000001","quote_increment":"0.01","quote_min_size":"1","base_min_size":"0.00000001","base_max_size":"3400","is_disabled":false,"status":"online","cancel_only":false,"limit_only":false,"post_only":false,"trading_disabled":false,"auction_mode":false,"product_type":"SPOT","quote_currency_id":"USD","base_currency_id":"BTC","alias":"","alias_to":["BTC-USDC"],"price_increment":"0.01"},{"product_id":"BTC-USDC","base_increment":"0.00000001","quote_increment":"0.01","quote_min_size":"1","base_min_size":"0.00000001","base_max_size":"3400","status":"online","product_type":"SPOT","quote_currency_id":"USDC","base_currency_id":"BTC","alias":"BTC-USD","alias_to":[],"price_increment":"0.01"},{"product_id":"ETH-USD","base_increment":"0.00000001","quote_increment":"0.01","base_min_size":"0.00000001","base_max_size":"4500","status":"online","trading_disabled":true,"product_type":"SPOT","quote_currency_id":"USD","base_currency_id":"ETH","alias":"","price_increment":"0.01"},{"product_id":"BIT-28AUG26-CDE","base_increment":"1","quote_increment":"0.01","quote_min_size":"0","base_min_size":"1","base_max_size":"5000","status":"","product_type":"FUTURE","quote_currency_id":"USD","base_currency_id":"","fcm_trading_session_details":{"is_session_open":false},"alias":"","price_increment":"5","future_product_details":{"venue":"cde","contract_code":"BIT","contract_expiry":"2026-08-28T15:00:00Z","contract_size":"0.01","contract_root_unit":"BTC","contract_expiry_type":"EXPIRING"}},{"product_id":"BTC-PERP-INTX","base_increment":"0.0001","quote_increment":"0.1","base_min_size":"0.0001","base_max_size":"1000","status":"online","product_type":"FUTURE","quote_currency_id":"USDC","base_currency_id":"","alias":"","price_increment":"0.1","future_product_details":{"venue":"intx","contract_expiry":null,"contract_size":"1","contract_root_unit":"BTC","contract_expiry_type":"PERPETUAL"}}],"num_products":5,"pagination":{"prev_cursor":"","next_cursor":"","has_next":false,"has_prev":false}}"#;

/// Exchange REST, "Get all known trading pairs".
pub(crate) const PAIRS: &str = r#"[{"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","quote_increment":"0.01000000","base_increment":"0.00000001","display_name":"BTC-USD","min_market_funds":"1","margin_enabled":false,"post_only":false,"limit_only":false,"cancel_only":false,"status":"online","status_message":"","trading_disabled":false,"fx_stablecoin":false,"max_slippage_percentage":"0.02000000","auction_mode":true}]"#;
