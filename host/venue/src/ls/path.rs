//! Paths: the socket, and calls, which are told apart by a header.

use super::{LS, Ls, body};
use crate::protocol::{Call, Endpoint, Post, Posted};

/// What a request without a body asks for.
pub(super) fn endpoint(target: &str) -> Endpoint {
    match target {
        "/websocket" => {
            Endpoint::Stream { product: LS, route: "", combined: false, names: Vec::new() }
        }
        _ => Endpoint::Unknown,
    }
}

/// What a POST asks for: a token (`token`), or a transaction with one.
pub(super) fn posted(ls: &Ls, post: &Post<'_>) -> Option<Posted> {
    let answer = |status, body, login| Some(Posted::Answer { status, body, login });
    let refused = |code| answer(500, body::error(code, "-"), false);
    if post.target == "/oauth2/token" {
        let form = String::from_utf8_lossy(post.body);
        let field = |name| form.split('&').find_map(|pair| pair.strip_prefix(name));
        let is = |name, value| field(name) == Some(value);
        return match (field("appkey="), field("appsecretkey=")) {
            (None | Some(""), _) => refused("IGW00103"),
            (_, None | Some("")) => refused("IGW00105"),
            _ if !is("grant_type=", "client_credentials") || !is("scope=", "oob") => {
                refused("IGW40011")
            }
            _ => answer(200, body::token(&ls.issue()), true),
        };
    }
    let bearer = (post.header)("authorization");
    let token = bearer.strip_prefix("Bearer ").map(str::to_owned);
    if token.is_none() || token != ls.token() {
        return refused("IGW00121");
    }
    let code = (post.header)("tr_cd");
    let call = match (post.target, code.as_str()) {
        ("/stock/etc", "t8436") | ("/stock/market-data", "t9945") => Call::List(code),
        ("/stock/market-data", "t1101" | "t8450") => Call::NotRecorded,
        _ => return refused("IGW00215"),
    };
    Some(Posted::Rest { product: LS, weight: 1, call })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(ls: &Ls, target: &str, token: &str, code: &str, body: &str) -> Option<Posted> {
        let header = |name: &str| match name {
            "authorization" => format!("Bearer {token}"),
            "tr_cd" => code.to_owned(),
            _ => String::new(),
        };
        posted(ls, &Post { target, header: &header, body: body.as_bytes() })
    }

    #[test]
    fn the_last_token_opens_calls_and_no_other() {
        let ls = Ls::default();
        let list = |token: &str| post(&ls, "/stock/etc", token, "t8436", "{}");
        let code = |posted| match posted {
            Some(Posted::Answer { status: 500, body, .. }) => body,
            other => panic!("{other:?}"),
        };
        assert!(code(list("")).contains("IGW00121"));
        let form = "grant_type=client_credentials&scope=oob&appkey=k&appsecretkey=s";
        for _ in 0..2 {
            let given = post(&ls, "/oauth2/token", "", "", form);
            let Some(Posted::Answer { status: 200, body, login: true }) = given else {
                panic!("{given:?}")
            };
            assert!(body.contains(&ls.token().unwrap()));
        }
        assert!(code(list(&format!("{}.1", super::super::TOKEN))).contains("IGW00121"));
        let good = ls.token().unwrap();
        assert!(matches!(list(&good), Some(Posted::Rest { call: Call::List(_), .. })));
        assert!(code(post(&ls, "/stock/etc", &good, "t1101", "{}")).contains("IGW00215"));
        let nameless = form.replace("appkey=k", "appkey=");
        assert!(code(post(&ls, "/oauth2/token", "", "", &nameless)).contains("IGW00103"));
    }
}
