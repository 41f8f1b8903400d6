//! LS Securities: stocks of KRX and NXT; what needs a token, which is everything.
//!
//! Rules as of the public guide (`openapi.ls-sec.co.kr/apiservice`, 2025), by the code of a transaction.
//! There is one token at a time: who asks for another ends the one before, over REST and for further
//! requests over websockets. Recorded are trades only, so books are acknowledged and silent, and asked
//! for by REST they are refused. The market of a stock is not recorded either: lists say KOSPI.

mod body;
mod command;
mod frame;
mod path;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::protocol::{
    Client, Command, Depth, Endpoint, Limits, Listing, Post, Posted, Product, Protocol, Refusal,
    Reply, Told,
};

/// All of it: no symbol is used twice.
pub const LS: Product = Product(0);

/// What every token begins with (`token`), the base64 of its kind.
const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9";

/// LS Securities' protocol.
#[derive(Debug, Default)]
pub struct Ls {
    /// Tokens given out; the last one is good.
    tokens: AtomicU64,
}

impl Ls {
    /// The token that is good; none before the first.
    fn token(&self) -> Option<String> {
        let count = self.tokens.load(Ordering::Relaxed);
        (count > 0).then(|| format!("{TOKEN}.{count}"))
    }

    /// Another one.
    fn issue(&self) -> String {
        self.tokens.fetch_add(1, Ordering::Relaxed);
        self.token().unwrap_or_default()
    }
}

impl Protocol for Ls {
    fn name(&self) -> &'static str {
        "ls"
    }

    fn products(&self) -> &'static [&'static str] {
        &["equity"]
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["openapi.ls-sec.co.kr"]
    }

    /// 10 requests a second (`t1101`). Of connections and messages nothing is documented; clients keep
    /// to 100 streams over each.
    fn limits(&self, _product: Product) -> Limits {
        let (second, year) = (Duration::from_secs(1), Duration::from_secs(365 * 86_400));
        Limits {
            messages_per_second: u32::MAX,
            streams_per_connection: 100,
            connects: 20,
            connect_window: 60 * second,
            weight_per_minute: 10 * 60,
            strikes: 3,
            ban: 60 * second,
            ping_every: year,
            pong_within: year,
            life: year,
            notice: Duration::ZERO,
            idle: year,
        }
    }

    fn product_of_url(&self, url: &str) -> Option<Product> {
        url.contains("openapi.ls-sec.co.kr").then_some(LS)
    }

    fn product_of_frame(&self, _frame: &[u8]) -> Option<Product> {
        Some(LS)
    }

    fn told(&self, bytes: &[u8]) -> Option<Told> {
        frame::told(bytes)
    }

    fn reply(&self, _url: &str, _body: &[u8]) -> Option<Reply> {
        None
    }

    /// Nothing tells that something is missing, and nothing is needed to go on.
    fn follows(&self, _product: Product, _before: Depth, _next: Depth) -> bool {
        true
    }

    fn endpoint(&self, _host: &str, target: &str, _recorded: &[Product]) -> Endpoint {
        path::endpoint(target)
    }

    /// The firewall of the gateway drops, without a word, who does not say both.
    fn admits(&self, header: &dyn Fn(&str) -> String) -> bool {
        !header("user-agent").is_empty() && !header("accept-language").is_empty()
    }

    fn post(&self, post: &Post<'_>) -> Option<Posted> {
        path::posted(self, post)
    }

    fn tokens(&self) -> &'static [&'static str] {
        &[TOKEN]
    }

    fn command(&self, _client: &Client<'_>, text: &[u8]) -> Command {
        command::read(self.token().as_deref(), text)
    }

    fn renumber(&self, payload: &[u8], _from: Depth, _to: Depth) -> Vec<u8> {
        payload.to_owned()
    }

    /// There is no call for it here.
    fn time(&self, _wall_ms: u64) -> String {
        String::new()
    }

    /// `t9945` lists what NXT has, `t8436` all else.
    fn listed(&self, list: &str, symbol: &str) -> bool {
        (list == "t9945") == symbol.starts_with('N')
    }

    fn instruments(&self, _product: Product, listings: &[Listing], _wall_ms: u64) -> String {
        body::instruments(listings)
    }

    fn refusal(&self, why: Refusal) -> (u16, String) {
        body::refusal(why)
    }

    fn weight_header(&self) -> &'static str {
        "X-Patchbay-Requests"
    }
}
