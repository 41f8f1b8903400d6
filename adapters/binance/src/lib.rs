//! Binance: spot, USD-M and COIN-M futures, market data.
//!
//! | module | concern |
//! |---|---|
//! | `product` | what differs between the three products, and the configuration |
//! | `symbol` | venue symbols and the host's indices |
//! | `session` | plan, connections, subscriptions |
//! | `request`, `reply` | REST: what is asked when, and what becomes of the answer |
//! | `market` | a frame's kind; the scanner, then the general parser |
//! | `fields` | one description of a frame for both of them |
//! | `depth`, `trade`, `quote`, `derivative` | the frame kinds |
//! | `instrument`, `snapshot` | exchangeInfo and REST books |
//! | `budget`, `fault` | rate limits; what refusals mean |
//!
//! Sources: SPOT is `binance/binance-spot-api-docs` on GitHub (2026-07), DERIV
//! `developers.binance.com/docs/derivatives` (2026-10), WSURL the announcement "USDⓈ-M Futures
//! WebSocket URL upgrade" (2026-03-06).
#![deny(unsafe_code)]

mod budget;
mod depth;
mod derivative;
mod fault;
mod fields;
mod instrument;
mod market;
mod product;
mod quote;
mod reply;
mod request;
mod session;
mod snapshot;
mod symbol;
mod trade;

use patchbay_plugin::model::Nanos;
use patchbay_plugin::{
    Adapter, AdapterCx, Config, Error, Frame, Open, Reply, Scope, Wish, export_adapter,
};

use market::Parser;
use product::Settings;
use request::{Request, Requests, Topic};
use session::Session;
use symbol::{Directory, Known};

/// The adapter.
pub struct Binance {
    known: Known,
    session: Session,
    requests: Requests,
    parser: Parser,
}

impl Adapter for Binance {
    const NAME: &'static str = "binance";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self {
            known: Known { settings: Settings::read(config)?, directory: Directory::default() },
            session: Session::default(),
            requests: Requests::default(),
            parser: Parser::default(),
        })
    }

    fn plan(&mut self, wishes: &[Wish<'_>], cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        self.session.plan(wishes, &self.known, &mut self.requests, cx)
    }

    fn handle_frame(&mut self, frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        self.read_frame(frame, cx)
    }

    fn handle_open(&mut self, open: Open<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        self.session.open(open, &self.known, cx)
    }

    fn handle_close(
        &mut self,
        conn: u32,
        _code: u32,
        _reason: &str,
        _cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        self.session.close(conn);
        Ok(())
    }

    fn handle_reply(&mut self, reply: Reply<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        self.read_reply(reply, cx)
    }

    fn handle_timeout(&mut self, now: Nanos, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        while let Some(request) = self.requests.take(now) {
            let optional = request.topic == Topic::OpenInterest;
            if !optional || self.session.polls(request.instrument, &self.known) {
                self.requests.send(request, &self.known, cx)?;
            }
        }
        self.requests.wake(cx);
        Ok(())
    }

    fn resync(&mut self, scope: Scope, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let Scope::Instrument(index) = scope else {
            return Err(Error::new("Binance's update ids belong to instruments"));
        };
        let product = self.known.directory.get(index)?.product;
        let request = Request::new(Topic::Snapshot, product, index);
        self.requests.ask(request, &self.known, cx)
    }
}

export_adapter!(Binance);
