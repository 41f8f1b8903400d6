//! Single frames, transcribed from Binance's public documentation or, where that shows none in the
//! wire's order, from the field lists of the venue's sheet with invented values. No recordings.

/// Product whose host is opened, kind, frame.
pub(crate) const FRAMES: [(&str, &str, &str); 16] = [
    // binance-spot-api-docs, web-socket-streams.md, "Trade Streams".
    (
        "stream",
        "trade",
        r#"{"stream":"bnbbtc@trade","data":{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782136,"m":true,"M":true}}"#,
    ),
    // "Aggregate Trade Streams".
    (
        "stream",
        "aggTrade",
        r#"{"stream":"bnbbtc@aggTrade","data":{"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.001","q":"100","f":100,"l":105,"T":1672515782136,"m":true,"M":true}}"#,
    ),
    // "Individual Symbol Book Ticker Streams".
    (
        "stream",
        "bookTicker",
        r#"{"stream":"bnbusdt@bookTicker","data":{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}}"#,
    ),
    // "Diff. Depth Stream".
    (
        "stream",
        "depth",
        r#"{"stream":"bnbbtc@depth@100ms","data":{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,"b":[["0.0024","10"]],"a":[["0.0026","100"]]}}"#,
    ),
    // developers.binance.com, USDS-Margined Futures, "Diff. Book Depth Streams".
    (
        "fstream",
        "depth",
        r#"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":123456789,"T":123456788,"s":"BTCUSDT","U":157,"u":160,"pu":149,"b":[["0.0024","10"]],"a":[["0.0026","100"]]}}"#,
    ),
    // The same with the fields of 2026.
    (
        "fstream",
        "depth, 2026",
        r#"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":123456789,"T":123456788,"s":"BTCUSDT","ps":"BTCUSDT","st":1,"U":157,"u":160,"pu":149,"b":[["0.0024","10"]],"a":[["0.0026","100"]]}}"#,
    ),
    // "Individual Symbol Book Ticker Streams".
    (
        "fstream",
        "bookTicker",
        r#"{"stream":"bnbusdt@bookTicker","data":{"e":"bookTicker","u":400900217,"E":1568014460893,"T":1568014460891,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000","st":1,"ps":"BNBUSDT"}}"#,
    ),
    // The same in the order of the wire.
    (
        "fstream",
        "bookTicker, wire",
        r#"{"stream":"bnbusdt@bookTicker","data":{"e":"bookTicker","u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000","T":1568014460891,"E":1568014460893}}"#,
    ),
    // "Aggregate Trade Streams", with the fields of 2026.
    (
        "fstream",
        "aggTrade",
        r#"{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":123456789,"a":5933014,"s":"BTCUSDT","p":"0.001","q":"100","nq":"100","f":100,"l":105,"T":123456785,"m":true,"st":1}}"#,
    ),
    // Undocumented; fields of the sheet.
    (
        "fstream",
        "trade",
        r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":123456789,"T":123456785,"s":"BTCUSDT","t":5933014,"p":"0.001","q":"100","X":"MARKET","m":true}}"#,
    ),
    // "Mark Price Stream", in the order of the wire.
    (
        "fstream",
        "markPrice",
        r#"{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15000000","P":"11784.25641265","i":"11784.62659091","r":"0.00038167","T":1562306400000}}"#,
    ),
    // "Liquidation Order Streams".
    (
        "fstream",
        "forceOrder",
        r#"{"stream":"btcusdt@forceOrder","data":{"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.014","p":"9910","ap":"9910","X":"FILLED","l":"0.014","z":"0.014","T":1568014460893}}}"#,
    ),
    // COIN-Margined Futures, "Diff. Book Depth Streams".
    (
        "dstream",
        "depth",
        r#"{"stream":"btcusd_200626@depth@100ms","data":{"e":"depthUpdate","E":1591270260907,"T":1591270260891,"s":"BTCUSD_200626","ps":"BTCUSD","U":17285681,"u":17285702,"pu":17285675,"b":[["9517.6","10"]],"a":[["9518.5","45"]]}}"#,
    ),
    // "Individual Symbol Book Ticker Streams".
    (
        "dstream",
        "bookTicker",
        r#"{"stream":"btcusd_200626@bookTicker","data":{"u":17242169,"e":"bookTicker","s":"BTCUSD_200626","ps":"BTCUSD","b":"9548.1","B":"52","a":"9548.5","A":"11","T":1591268628155,"E":1591268628166}}"#,
    ),
    // "Aggregate Trade Streams".
    (
        "dstream",
        "aggTrade",
        r#"{"stream":"btcusd_200626@aggTrade","data":{"e":"aggTrade","E":1591261134288,"a":424951,"s":"BTCUSD_200626","p":"9643.5","q":"2","f":606073,"l":606073,"T":1591261134199,"m":false}}"#,
    ),
    // "Liquidation Order Streams".
    (
        "dstream",
        "forceOrder",
        r#"{"stream":"btcusd_200925@forceOrder","data":{"e":"forceOrder","E":1591154240950,"o":{"s":"BTCUSD_200925","ps":"BTCUSD","S":"SELL","o":"LIMIT","f":"IOC","q":"1","p":"9425.5","ap":"9496.5","X":"FILLED","l":"1","z":"1","T":1591154240949}}}"#,
    ),
];
