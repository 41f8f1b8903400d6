//! Single frames, transcribed from OKX's public documentation, `okx.com/docs-v5/en` (2026-02), in
//! the order of the wire where that is known. No recordings.

/// Channel, frame.
pub(crate) const FRAMES: [(&str, &str); 13] = [
    // Order Book Trading, Market Data, "WS / Order book channel": snapshot, levels left out. The
    // checksum there is not that of its levels.
    (
        "books, snapshot",
        r#"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"snapshot","data":[{"asks":[["8476.98","415","0","13"],["8477","7","0","2"]],"bids":[["8476.97","256","0","12"]],"ts":"1597026383085","checksum":-855196043,"prevSeqId":-1,"seqId":123456}]}"#,
    ),
    // The same, update.
    (
        "books, update",
        r#"{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["8476.98","415","0","13"]],"bids":[["8476.97","256","0","12"],["8475.55","101","0","1"]],"ts":"1597026383085","checksum":0,"prevSeqId":123456,"seqId":123457}]}"#,
    ),
    // The same of a channel with login, without ids, as before 2022.
    (
        "books-l2-tbt",
        r#"{"arg":{"channel":"books-l2-tbt","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["8476.98","415","0","13"]],"bids":[],"ts":"1597026383085","checksum":-855196043}]}"#,
    ),
    // The same section, bbo-tbt.
    (
        "bbo-tbt",
        r#"{"arg":{"channel":"bbo-tbt","instId":"BCH-USDT-SWAP"},"data":[{"asks":[["111.06","55154","0","2"]],"bids":[["111.05","57745","0","2"]],"ts":"1670324386802","seqId":363996337}]}"#,
    ),
    // "WS / Tickers channel".
    (
        "tickers",
        r#"{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT","instId":"BTC-USDT","last":"9999.99","lastSz":"0.1","askPx":"9999.99","askSz":"11","bidPx":"8888.88","bidSz":"5","open24h":"9000","high24h":"10000","low24h":"8888.88","sodUtc0":"2222","sodUtc8":"2222","volCcy24h":"2222","vol24h":"2222","ts":"1597026383085"}]}"#,
    ),
    // "WS / Trades channel".
    (
        "trades",
        r#"{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130639474","px":"42219.9","sz":"0.12060306","side":"buy","ts":"1630048897897","count":"3","source":"0","seqId":1234}]}"#,
    ),
    // "WS / All trades channel".
    (
        "trades-all",
        r#"{"arg":{"channel":"trades-all","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130639474","px":"42219.9","sz":"0.12060306","side":"buy","ts":"1630048897897","source":"0"}]}"#,
    ),
    // Public Data, "Mark price channel".
    (
        "mark-price",
        r#"{"arg":{"channel":"mark-price","instId":"LTC-USD-190628"},"data":[{"instType":"FUTURES","instId":"LTC-USD-190628","markPx":"0.1","ts":"1597026383085"}]}"#,
    ),
    // "Funding rate channel".
    (
        "funding-rate",
        r#"{"arg":{"channel":"funding-rate","instId":"BTC-USD-SWAP"},"data":[{"formulaType":"noRate","fundingRate":"0.0001875391284828","fundingTime":"1700726400000","impactValue":"","instId":"BTC-USD-SWAP","instType":"SWAP","interestRate":"","method":"current_period","maxFundingRate":"0.00375","minFundingRate":"-0.00375","nextFundingRate":"","nextFundingTime":"1700755200000","premium":"0.0001233824646391","settFundingRate":"0.0001699799259033","settState":"settled","ts":"1700724675402"}]}"#,
    ),
    // "Open interest channel".
    (
        "open-interest",
        r#"{"arg":{"channel":"open-interest","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","instType":"SWAP","oi":"2216113.01000000309","oiCcy":"22161.1301000000309","oiUsd":"1939251795.54769270396321","ts":"1743041250440"}]}"#,
    ),
    // "Index tickers channel".
    (
        "index-tickers",
        r#"{"arg":{"channel":"index-tickers","instId":"LTC-USD"},"data":[{"instId":"LTC-USD","idxPx":"0.1","high24h":"0.5","low24h":"0.1","open24h":"0.1","sodUtc0":"0.1","sodUtc8":"0.1","ts":"1597026383085"}]}"#,
    ),
    // "Liquidation orders channel".
    (
        "liquidation-orders",
        r#"{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"details":[{"bkLoss":"0","bkPx":"0.007831","ccy":"","posSide":"short","side":"buy","sz":"13","ts":"1692266434010"}],"instFamily":"IOST-USDT","instId":"IOST-USDT-SWAP","instType":"SWAP","uly":"IOST-USDT"}]}"#,
    ),
    // Status, "WS / Status channel", with the fields of 2026.
    (
        "status",
        r#"{"arg":{"channel":"status"},"data":[{"begin":"1672823400000","end":"1672823520000","env":"1","href":"","maintType":"2","preOpenBegin":"","scheDesc":"","serviceType":"1","state":"ongoing","system":"unified","title":"Trading service","ts":"1672826038470"}]}"#,
    ),
];

/// Whether the scanner reads a channel: that one is rare, and its symbol comes last.
pub(crate) fn is_scanned(channel: &str) -> bool {
    !matches!(channel, "liquidation-orders")
}

/// Public Data, "Get instruments", of each type, with the fields that matter.
pub(crate) const SPOT: &str = r#"{"code":"0","msg":"","data":[{"baseCcy":"BTC","ctMult":"","ctType":"","ctVal":"","ctValCcy":"","expTime":"","instId":"BTC-USDT","instIdCode":1000000000,"instType":"SPOT","lotSz":"0.00000001","maxLmtSz":"9999999999","minSz":"0.00001","openType":"call_auction","optType":"","quoteCcy":"USDT","settleCcy":"","state":"live","stk":"","tickSz":"0.1","uly":""}]}"#;
pub(crate) const SWAP: &str = r#"{"code":"0","msg":"","data":[{"baseCcy":"","ctMult":"1","ctType":"inverse","ctVal":"100","ctValCcy":"USD","expTime":"","instId":"BTC-USD-SWAP","instType":"SWAP","lotSz":"1","maxLmtSz":"100000000","minSz":"1","optType":"","quoteCcy":"","settleCcy":"BTC","state":"live","stk":"","tickSz":"0.1","uly":"BTC-USD"},{"baseCcy":"","ctMult":"1","ctType":"linear","ctVal":"0.01","ctValCcy":"BTC","expTime":"","instId":"BTC-USDT-SWAP","instType":"SWAP","lotSz":"0.01","maxLmtSz":"100000000","minSz":"0.01","optType":"","quoteCcy":"","settleCcy":"USDT","state":"suspend","stk":"","tickSz":"0.1","uly":"BTC-USDT"}]}"#;
pub(crate) const FUTURES: &str = r#"{"code":"0","msg":"","data":[{"baseCcy":"","ctMult":"1","ctType":"inverse","ctVal":"100","ctValCcy":"USD","expTime":"1734681600000","instId":"BTC-USD-241220","instType":"FUTURES","lotSz":"1","maxLmtSz":"1000000","minSz":"1","optType":"","quoteCcy":"","settleCcy":"BTC","state":"preopen","stk":"","tickSz":"0.1","uly":"BTC-USD"}]}"#;
pub(crate) const OPTION: &str = r#"{"code":"0","msg":"","data":[{"baseCcy":"","ctMult":"0.01","ctType":"","ctVal":"1","ctValCcy":"BTC","expTime":"1734422400000","instId":"BTC-USD-241217-92000-C","instType":"OPTION","lotSz":"1","maxLmtSz":"1000000","minSz":"1","optType":"C","quoteCcy":"","settleCcy":"BTC","state":"live","stk":"92000","tickSz":"0.0001","uly":"BTC-USD"}]}"#;
