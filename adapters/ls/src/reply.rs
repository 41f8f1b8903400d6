//! REST: tokens, what is asked, and what is in the answers.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::session::TOKEN;

/// Paths by groups of transactions: another one refuses them.
const ETC: &str = "/stock/etc";
const MARKET_DATA: &str = "/stock/market-data";

impl Calls for Market {
    /// DOC `token`, `t8436` and `t9945` as the configuration lists them, `t1101`.
    const CALLS: &'static [Call] = &[
        Call::of(Topic::Token, "/oauth2/token", When::Once, ""),
        Call::of(Topic::Instruments, ETC, When::Each, "instruments_s"),
        Call::of(Topic::Snapshot, MARKET_DATA, When::Never, ""),
    ];

    fn target(&self, call: &Call, _request: Request, _host: &Host, symbol: &str) -> String {
        match call.topic {
            Topic::Snapshot => format!("{}?t1101={symbol}", call.path),
            _ => call.path.to_owned(),
        }
    }

    /// The form of `token`, whose life the guide's table calls `expire_in`, and its example and the venue
    /// `expires_in`. Elsewhere what stands behind `?` is a transaction and what it is asked about: texts, since a number in
    /// their place is refused. Of NXT, books are asked of `t8450`, which wants the exchange, too.
    fn call(&self, request: Request, http: Http) -> Http {
        if request.topic == Topic::Token {
            let form = "grant_type=client_credentials&scope=oob&appkey=&appsecretkey=";
            return credentials(http, form, ["&appkey=", "&appsecretkey="], TOKEN);
        }
        let (_, query) = http.path.split_once('?').unwrap_or_default();
        let (code, about) = query.split_once('=').unwrap_or((query, ""));
        let (code, path, fields) = match (code, about.strip_prefix('N')) {
            ("t8436", _) => (code, ETC, format!(r#""gubun":"{about}""#)),
            ("t9945", _) => (code, MARKET_DATA, format!(r#""gubun":"{about}""#)),
            (_, None) => (code, MARKET_DATA, format!(r#""shcode":"{about}""#)),
            (_, Some(about)) => {
                ("t8450", MARKET_DATA, format!(r#""shcode":"{about}","exchgubun":"N""#))
            }
        };
        let body = format!(r#"{{"{code}InBlock":{{{fields}}}}}"#);
        let rest = [("tr_cd", code), ("tr_cont", "N"), ("tr_cont_key", ""), ("mac_address", "")];
        bearer(Http { path: path.to_owned(), ..http }, TOKEN, body, &rest)
    }

    /// `{"rsp_cd":"00000","t8436OutBlock":[..]}`.
    fn content<'t, 'f>(_topic: Topic, root: Value<'t, 'f>) -> Result<Value<'t, 'f>> {
        let blocks = ["t8436OutBlock", "t9945OutBlock", "t1101OutBlock", "t8450OutBlock"];
        let block = blocks.iter().find_map(|block| root.get(*block));
        Ok(block.unwrap_or(root))
    }
}
