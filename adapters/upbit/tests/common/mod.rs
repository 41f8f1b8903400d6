//! Upbit's frames and answers as the documentation prints them (`docs.upbit.com`, the page named with
//! each), under the short names of its tables.
#![allow(dead_code, reason = "each test uses its part")]

/// Where market data comes from (kr/v1.6.4/reference/websocket-guide).
pub(crate) const STREAM: &str = "wss://api.upbit.com/websocket/v1";

/// kr/reference/websocket-orderbook, cut to one unit.
pub(crate) const BOOK: &str = r#"{"ty":"orderbook","cd":"KRW-BTC","tms":1746601573804,"tas":4.79158413,"tbs":2.65609625,"obu":[{"ap":137002000,"bp":137001000,"as":0.10623869,"bs":0.03656812}],"lv":0,"st":"SNAPSHOT"}"#;

/// kr/reference/websocket-trade.
pub(crate) const TRADE: &str = r#"{"ty":"trade","cd":"KRW-BTC","tms":1730336862082,"td":"2024-10-31","ttm":"01:07:42","ttms":1730336862047,"tp":100473000.00000000,"tv":0.00014208,"ab":"BID","pcp":100571000.00000000,"c":"FALL","cp":98000.00000000,"sid":17303368620470000,"bap":100473000,"bas":0.43139478,"bbp":100465000,"bbs":0.01990656,"st":"REALTIME"}"#;
/// The same before the change of 2024-11-27 (kr/changelog/best_bid_ask).
pub(crate) const BARE_TRADE: &str = r#"{"ty":"trade","cd":"KRW-BTC","tms":1730336862082,"td":"2024-10-31","ttm":"01:07:42","ttms":1730336862047,"tp":100473000.00000000,"tv":0.00014208,"ab":"BID","pcp":100571000.00000000,"c":"FALL","cp":98000.00000000,"sid":17303368620470000,"st":"REALTIME"}"#;

/// reference/test-and-request-sample.
pub(crate) const TICKER: &str = r#"{"ty":"ticker","cd":"KRW-BTC","op":8450000.00000000,"hp":8679000.00000000,"lp":8445000.00000000,"tp":8629000.0,"pcp":8450000.00000000,"atp":105514711074.18726000,"c":"RISE","cp":179000.00000000,"scp":179000.00000000,"cr":0.0211834320,"scr":0.0211834320,"ab":"ASK","tv":0.0105675,"atv":12312.36058857,"tdt":"20180418","ttm":"100729","ttms":1524046049000,"aav":5703.42273172,"abv":6608.93785685,"h52wp":28885000.00000000,"h52wdt":"2018-01-06","l52wp":3286000.00000000,"l52wdt":"2017-09-15","ms":"ACTIVE","its":false,"dd":null,"mw":"NONE","tms":1524046049766,"atp24h":55330325803.78210000,"atv24h":6448.96200341,"st":"SNAPSHOT"}"#;

pub(crate) const FRAMES: [(&str, &str); 4] =
    [("orderbook", BOOK), ("trade", TRADE), ("trade, 2021", BARE_TRADE), ("ticker", TICKER)];

/// kr/reference/websocket-guide, errors.
pub(crate) const REFUSAL: &str =
    r#"{"error":{"name":"WRONG_FORMAT","message":"Format이 맞지 않습니다."}}"#;
/// The answer to the text `PING` (kr/reference/websocket-guide).
pub(crate) const UP: &str = r#"{"status":"UP"}"#;

/// kr/reference/list-trading-pairs.
pub(crate) const MARKETS: &str = "https://api.upbit.com/v1/market/all?is_details=true";

/// An entry of its answer, with its flags.
pub(crate) fn market(symbol: &str, warning: bool, fluctuates: bool, small: bool) -> String {
    format!(
        r#"{{"market":"{symbol}","korean_name":"비트코인","english_name":"Bitcoin","market_event":{{"warning":{warning},"caution":{{"PRICE_FLUCTUATIONS":{fluctuates},"TRADING_VOLUME_SOARING":false,"DEPOSIT_AMOUNT_SOARING":false,"GLOBAL_PRICE_DIFFERENCES":false,"CONCENTRATION_OF_SMALL_ACCOUNTS":{small}}}}}}}"#
    )
}

/// The answer, of markets without any flag.
pub(crate) fn list(symbols: &[&str]) -> String {
    let entries: Vec<_> = symbols.iter().map(|s| market(s, false, false, false)).collect();
    format!("[{}]", entries.join(","))
}
