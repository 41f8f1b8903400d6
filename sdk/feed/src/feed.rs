//! The adapter that a venue makes.

use patchbay_model::Nanos;
use patchbay_plugin::{Adapter, AdapterCx, Config, Error, Frame, Open, Reply, Scope, Wish};

use patchbay_scan::{Cursor, Reader};
use simd_json::prelude::*;
use simd_json::tape::Value;

use crate::desk::{Desk, Known};
use crate::{Conn, Declined, Heal, Parser, Place, Request, Scan, Settings, Topic, Venue, When};

/// An adapter of market data: a [`Venue`], and what all of them have in common.
pub struct Feed<V> {
    pub(crate) venue: V,
    pub(crate) desk: Desk,
    pub(crate) parser: Parser,
}

impl<V: Venue> Adapter for Feed<V> {
    const NAME: &'static str = V::NAME;
    const VERSION: &'static str = V::VERSION;
    const DEFAULTS: &'static str = V::DEFAULTS;
    const SCHEMA: &'static str = V::SCHEMA;

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        let (venue, settings) = (V::create(config)?, Settings::read::<V>(config)?);
        Ok(Self { venue, desk: Desk::new::<V>(settings), parser: Parser::default() })
    }

    fn plan(&mut self, wishes: &[Wish<'_>], cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let Self { venue, desk, .. } = self;
        if desk.requests.is_new() {
            desk.begin(venue, cx)?;
        }
        let Desk { settings, directory, session, .. } = desk;
        session.want(wishes, Known { venue, settings, directory }, cx);
        desk.arrange(venue, cx)?;
        desk.set_alarm(cx);
        Ok(())
    }

    fn handle_frame(&mut self, frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let Self { venue, desk, parser } = self;
        let Frame { conn, bytes, .. } = frame;
        let product = desk.session.product(conn);
        if let Some(product) = product {
            let start = cx.records();
            let at = &mut desk.place(product, conn, cx);
            if Cursor::with(bytes, Scanning { venue, at }).is_ok() {
                desk.session.awaited.read(conn, cx.pushed());
                return desk.directory.admit(cx);
            }
            cx.take_back(start);
        }
        if V::heartbeat(bytes) {
            cx.ignore();
            return Ok(());
        }
        if product.is_some() {
            cx.fell_back();
        }
        desk.directory.forget();
        let mut label = String::new();
        let read = |root: Value<'_, '_>| {
            let read = venue.read(root, &mut Conn { number: conn, product, desk, cx });
            read.inspect_err(|_| label = label_of::<V>(root))
        };
        let result = parser.parse_for::<V, _>(bytes, read);
        desk.set_alarm(cx);
        match result {
            Ok(()) => {
                desk.session.awaited.read(conn, cx.pushed());
                desk.directory.admit(cx)
            }
            Err(error) => {
                desk.directory.forget();
                Err(Error::new(format!("connection {conn}, {label}: {error}")))
            }
        }
    }

    fn handle_open(&mut self, open: Open<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let Self { venue, desk, .. } = self;
        let Desk { settings, directory, ids, session, .. } = desk;
        session.open(open, Known { venue, settings, directory }, ids, cx)?;
        desk.set_alarm(cx);
        Ok(())
    }

    fn handle_close(
        &mut self,
        conn: u32,
        code: u32,
        reason: &str,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        self.desk.session.close(conn);
        self.desk.directory.close(conn);
        self.venue.forget(conn);
        if let Some((fail, text)) = V::ended(code, reason) {
            cx.fail(fail, &text);
        }
        Ok(())
    }

    fn handle_reply(&mut self, mut reply: Reply<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let result = self.take_reply(&mut reply, cx);
        self.desk.set_alarm(cx);
        result
    }

    fn handle_timeout(&mut self, now: Nanos, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let Self { venue, desk, .. } = self;
        desk.take_alarm();
        let Desk { settings, directory, requests, ids, session, .. } = desk;
        let known = Known { venue, settings, directory };
        while let Some(request) = requests.take(now) {
            let Request { topic, subject, .. } = request;
            let call = V::CALLS.iter().find(|call| call.topic == topic);
            let polled = call.is_some_and(|call| matches!(call.when, When::While(..)));
            if !polled || session.polls(topic, subject, known) {
                requests.send(request, "", known, cx)?;
            }
        }
        session.replace_where(|link| link.until != 0 && link.until <= now, known, cx)?;
        session.subscribe_again(now, known, ids, cx)?;
        desk.set_alarm(cx);
        Ok(())
    }

    fn resync(&mut self, scope: Scope, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let Self { venue, desk, .. } = self;
        let Desk { settings, directory, ids, session, requests, .. } = desk;
        let known = Known { venue, settings, directory };
        match (scope, V::HEAL) {
            (Scope::Instrument(index), Heal::Ask(topic)) => {
                let request = Request::new(topic, directory.get(index)?.product, index);
                requests.ask(request, known, cx)?;
            }
            (Scope::Instrument(index), how) => {
                directory.get(index)?;
                session.heal(index, how, known, ids, cx)?;
            }
            (shared, _) => {
                let conn = venue.conn_of(shared);
                let none = || Error::new(format!("{}: no chain has the scope {scope:?}", V::NAME));
                session.heal_all(conn.ok_or_else(none)?, known, ids, cx)?;
            }
        }
        desk.set_alarm(cx);
        Ok(())
    }

    const AUDITS: bool = V::AUDITS;

    fn audit(&mut self, scope: Scope, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let Self { venue, desk, .. } = self;
        let Desk { settings, directory, requests, .. } = desk;
        let Scope::Instrument(index) = scope else {
            return Err(Error::new(format!("{}: no snapshot has the scope {scope:?}", V::NAME)));
        };
        let request = Request::new(Topic::Audit, directory.get(index)?.product, index);
        requests.ask(request, Known { venue, settings, directory }, cx)?;
        desk.set_alarm(cx);
        Ok(())
    }
}

/// A venue's scanner, for [`Cursor::with`].
struct Scanning<'a, 'p, 'cx, V> {
    venue: &'a mut V,
    at: &'a mut Place<'p, 'cx>,
}

impl<'f, V: Venue> Reader<'f> for Scanning<'_, '_, '_, V> {
    type Output = Result<(), Declined>;

    #[inline(always)]
    fn read(self, cursor: Cursor<'f>) -> Self::Output {
        self.venue.scan(&mut Scan::from(cursor), self.at)
    }
}

/// Stream and symbol of a frame, for messages: texts of the frame or of an object in it.
fn label_of<V: Venue>(root: Value<'_, '_>) -> String {
    let text = |of: Value<'_, '_>, key: &str| of.get_str(key).map(str::to_owned);
    let inner = |key: &str| {
        let fields = root.as_object()?;
        fields.iter().find_map(|(_, value)| text(value, key))
    };
    let texts = V::LABELS.iter().filter_map(|key| text(root, key).or_else(|| inner(key)));
    texts.collect::<Vec<_>>().join(", ")
}
