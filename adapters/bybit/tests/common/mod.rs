//! Frames and answers as the documentation prints them (`bybit-exchange/docs`, docs/v5, 2026-07, the
//! page named with each), cut to what is read.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) const SPOT: &str = "wss://stream.bybit.com/v5/public/spot";
pub(crate) const LINEAR: &str = "wss://stream.bybit.com/v5/public/linear";
pub(crate) const INVERSE: &str = "wss://stream.bybit.com/v5/public/inverse";
pub(crate) const OPTION: &str = "wss://stream.bybit.com/v5/public/option";

/// websocket/public/orderbook, with levels of one exponent.
pub(crate) const SNAPSHOT: &str = r#"{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1672304484978,"data":{"s":"BTCUSDT","b":[["16493.50","0.006"],["16493.00","0.100"]],"a":[["16611.00","0.029"],["16612.00","0.213"]],"u":18521288,"seq":7961638724},"cts":1672304484976}"#;
pub(crate) const DELTA: &str = r#"{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":1687940967466,"data":{"s":"BTCUSDT","b":[["30247.20","30.028"],["30245.40","0"]],"a":[["30248.70","0"],["30249.30","0.892"]],"u":177400507,"seq":66544703342},"cts":1687940967464}"#;
/// Spot's order of fields, as on the wire in 2026.
pub(crate) const SPOT_DELTA: &str = r#"{"topic":"orderbook.50.BTCUSDT","ts":1687940967466,"type":"delta","data":{"s":"BTCUSDT","b":[["30247.20","30.028"]],"a":[],"u":177400508,"seq":66544703343},"cts":1687940967464}"#;
pub(crate) const BEST: &str = r#"{"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":1672304484978,"data":{"s":"BTCUSDT","b":[["16493.50","0.006"]],"a":[["16611.00","0.029"]],"u":18521288,"seq":7961638724},"cts":1672304484976}"#;

/// websocket/public/trade.
pub(crate) const TRADE: &str = r#"{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[{"T":1672304486865,"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false,"RPI":false,"seq":1783284617}]}"#;
pub(crate) const SPOT_TRADE: &str = r#"{"topic":"publicTrade.BTCUSDT","ts":1672304486868,"type":"snapshot","data":[{"i":"2280000001739247417","T":1672304486865,"p":"16578.50","v":"0.001","S":"Sell","seq":1783284617,"s":"BTCUSDT","BT":false,"RPI":false}]}"#;

/// websocket/public/ticker.
pub(crate) const TICKER: &str = r#"{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT","tickDirection":"PlusTick","price24hPcnt":"0.017103","lastPrice":"17216.00","prevPrice24h":"16926.50","highPrice24h":"17281.50","lowPrice24h":"16915.00","prevPrice1h":"17238.00","markPrice":"17217.33","indexPrice":"17227.36","openInterest":"68744.761","openInterestValue":"1183601235.91","turnover24h":"1570383121.943499","volume24h":"91705.276","nextFundingTime":"1673280000000","fundingRate":"-0.000212","bid1Price":"17215.50","bid1Size":"84.489","ask1Price":"17216.00","ask1Size":"83.020"},"cs":24987956059,"ts":1673272861686}"#;
pub(crate) const TICKER_DELTA: &str = r#"{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","markPrice":"17218.00"},"cs":24987956060,"ts":1673272861786}"#;
pub(crate) const OPTION_TICKER: &str = r#"{"id":"tickers.BTC-6JAN23-17500-C-2480334983-1672917511074","topic":"tickers.BTC-6JAN23-17500-C","ts":1672917511074,"data":{"symbol":"BTC-6JAN23-17500-C","bidPrice":"0","bidSize":"0","bidIv":"0","askPrice":"10","askSize":"5.1","askIv":"0.514","lastPrice":"10","markPrice":"7.86976724","indexPrice":"16823.73","markPriceIv":"0.4896","underlyingPrice":"16815.1","openInterest":"49.85","turnover24h":"446802.8473","volume24h":"26.55"},"type":"snapshot"}"#;

/// websocket/public/all-liquidation.
pub(crate) const LIQUIDATION: &str = r#"{"topic":"allLiquidation.ROSEUSDT","type":"snapshot","ts":1739502303204,"data":[{"T":1739502302929,"s":"ROSEUSDT","S":"Sell","v":"20000","p":"0.04499"}]}"#;

/// The frames of a connection of this product, by the end of its URL.
pub(crate) const FRAMES: [(&str, &str); 9] = [
    (LINEAR, SNAPSHOT),
    (LINEAR, DELTA),
    (LINEAR, BEST),
    (LINEAR, TRADE),
    (LINEAR, TICKER),
    (LINEAR, TICKER_DELTA),
    (LINEAR, LIQUIDATION),
    (SPOT, SPOT_DELTA),
    (SPOT, SPOT_TRADE),
];

/// An answer of market/instrument: entries in the envelope.
pub(crate) fn list(category: &str, entries: &[String], cursor: &str) -> String {
    let list = entries.join(",");
    format!(
        r#"{{"retCode":0,"retMsg":"OK","result":{{"category":"{category}","list":[{list}],"nextPageCursor":"{cursor}"}},"retExtInfo":{{}},"time":1672712495660}}"#
    )
}

/// market/instrument, Response Example, linear.
pub(crate) fn linear(symbol: &str) -> String {
    format!(
        r#"{{"symbol":"{symbol}","contractType":"LinearPerpetual","status":"Trading","baseCoin":"BTC","quoteCoin":"USDT","launchTime":"1585526400000","deliveryTime":"0","deliveryFeeRate":"","priceScale":"2","priceFilter":{{"minPrice":"0.10","maxPrice":"1999999.80","tickSize":"0.10"}},"lotSizeFilter":{{"maxOrderQty":"1190.000","minOrderQty":"0.001","qtyStep":"0.001","postOnlyMaxOrderQty":"1190.000","maxMktOrderQty":"500.000","minNotionalValue":"5"}},"fundingInterval":480,"settleCoin":"USDT"}}"#
    )
}

/// market/instrument, Response Example, spot.
pub(crate) fn spot(symbol: &str) -> String {
    format!(
        r#"{{"symbol":"{symbol}","baseCoin":"BTC","quoteCoin":"USDT","innovation":"0","status":"Trading","lotSizeFilter":{{"basePrecision":"0.000001","quotePrecision":"0.00000001","minOrderQty":"0.000048","maxOrderQty":"71.73956243","minOrderAmt":"1","maxOrderAmt":"4000000"}},"priceFilter":{{"tickSize":"0.01"}}}}"#
    )
}
