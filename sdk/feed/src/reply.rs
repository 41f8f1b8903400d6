//! Answers: what they are about, what is in them, and what follows from a failure.

use patchbay_plugin::abi::{FAIL_BANNED, LOG_DEBUG, LOG_WARN};
use patchbay_plugin::{AdapterCx, Error, Reply};
use simd_json::prelude::*;
use simd_json::tape::Value;

use crate::desk::{Desk, TOKEN_PAUSE};
use crate::fault::retry_after;
use crate::request::{encoded, parameter};
use crate::{
    Declined, Directory, Feed, Fields, Place, Read, Remedy, Request, Scan, Topic, Tree, Venue,
};

/// Why a reply is no use: the venue's code, 0 if it is ours.
struct Trouble {
    code: i64,
    error: Error,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self { code: 0, error }
    }
}

/// What a reply is about.
struct About<'a> {
    topic: Topic,
    product: Option<u8>,
    symbol: Option<String>,
    /// `None` for a reply that nobody asked for, as captures have.
    request: Option<Request>,
    id: u64,
    url: &'a str,
}

impl<V: Venue> Feed<V> {
    /// Reads a reply; what failed is asked again in time.
    pub(crate) fn take_reply(
        &mut self,
        reply: &mut Reply<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Some(request) = Request::from_id(reply.id) else {
            return self.accept(None, reply, cx).map_err(|trouble| trouble.error);
        };
        let Err(Trouble { code, error }) = self.accept(Some(request), reply, cx) else {
            return Ok(());
        };
        let text = format!("{}: {error}", reply.url);
        let alarm = V::alarm(reply.status, code);
        if let Some(code) = alarm {
            cx.fail(code, &text);
        }
        if V::stale(code) {
            self.desk.renew(cx);
        }
        let remedy = V::remedy(reply.status, code);
        // The host audits again by itself.
        let remedy = if request.topic == Topic::Audit { Remedy::Drop } else { remedy };
        let Some(pause) = remedy.pause(request.attempt, retry_after(reply)) else {
            cx.log(LOG_WARN, &format!("{text}; not asked again"));
            return Ok(());
        };
        let pause = if request.topic == Topic::Token { pause.max(TOKEN_PAUSE) } else { pause };
        // Where there was no answer, the host says so.
        let level = if reply.status == 0 { LOG_DEBUG } else { LOG_WARN };
        cx.log(level, &format!("{text}; asked again in {} ms", pause / 1_000_000));
        if alarm == Some(FAIL_BANNED) {
            self.desk.requests.hold(cx.now() + pause);
        }
        let attempt = request.attempt.saturating_add(1);
        self.desk.requests.later(Request { attempt, ..request }, cx.now() + pause);
        Ok(())
    }

    fn accept(
        &mut self,
        request: Option<Request>,
        reply: &mut Reply<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Trouble> {
        let (url, id, status) = (reply.url, reply.id, reply.status);
        if request.is_some() && V::remedy(status, 0) != Remedy::Use {
            let read = self.parser.parse_for::<V, _>(reply.body, |root| Ok(V::refusal(root)));
            let (code, why) = read.ok().flatten().unwrap_or_default();
            return Err(Trouble { code, error: refused(status, code, &why) });
        }
        let Self { venue, desk, parser } = self;
        // One that nobody asked for is recognised by its URL.
        let Some(topic) = request.map_or_else(|| topic_of::<V>(url), |r| Some(r.topic)) else {
            cx.ignore();
            return Ok(());
        };
        let by_url = || desk.settings.product_of::<V>(url);
        let product = request.map_or_else(by_url, |r| Some(r.product));
        let symbol = symbol_of::<V>(request, url, &desk.directory);
        let about = About { topic, product, symbol, request, id, url };
        let start = cx.records();
        if scan::<V>(desk, &about, reply.body, cx).is_ok() {
            return Ok(desk.directory.admit(cx)?);
        }
        cx.take_back(start);
        desk.directory.forget();
        let mut code = 0;
        let result = parser.parse_for::<V, _>(reply.body, |root| match V::refusal(root) {
            Some((refusal, why)) => {
                code = refusal;
                Err(refused(status, code, &why))
            }
            None => read(venue, desk, about, root, cx),
        });
        match result {
            Ok(()) => Ok(desk.directory.admit(cx)?),
            Err(error) => {
                cx.take_back(start);
                desk.directory.forget();
                Err(Trouble { code, error })
            }
        }
    }
}

fn refused(status: u32, code: i64, why: &str) -> Error {
    Error::new(format!("HTTP {status}, code {code} {why}"))
}

/// A book is worth the fast way.
fn scan<V: Venue>(
    desk: &mut Desk,
    about: &About<'_>,
    body: &[u8],
    cx: &mut AdapterCx<'_>,
) -> Result<(), Declined> {
    match (about.topic, about.product, &about.symbol) {
        (topic @ (Topic::Snapshot | Topic::Audit), Some(product), Some(symbol)) => {
            let what = (product, &**symbol, topic);
            read_book::<V, _>(&mut Scan::new(body), desk, what, about.url, cx)
        }
        _ => Err(Declined),
    }
}

fn read_book<'f, V: Venue, F: Fields<'f>>(
    f: &mut F,
    desk: &mut Desk,
    (product, symbol, topic): (u8, &str, Topic),
    url: &str,
    cx: &mut AdapterCx<'_>,
) -> Read<'f, F> {
    let levels = parameter(url, V::LEVELS).and_then(|levels| levels.parse().ok());
    let levels = levels.unwrap_or_else(|| desk.settings.host(product).levels as usize);
    let audit = topic == Topic::Audit;
    let mut at = Place { levels, audit, ..desk.place(product, 0, cx) };
    V::snapshot(f, at.target(symbol.as_bytes())?, &mut at)
}

/// Reads an answer that is no refusal.
fn read<V: Venue>(
    venue: &mut V,
    desk: &mut Desk,
    about: About<'_>,
    root: Value<'_, '_>,
    cx: &mut AdapterCx<'_>,
) -> Result<(), Error> {
    let About { topic, product, symbol, request, id, url } = about;
    let content = V::content(topic, root)?;
    let product = product.or_else(|| V::guess(root));
    let product = product.ok_or_else(|| Error::new(format!("{url}: no known host")))?;
    match topic {
        Topic::Time => {
            let time = V::time(root)?;
            if id != 0 {
                cx.server_time(id, time);
            }
            Ok(())
        }
        Topic::Token => desk.admit(V::good_for(root)?, venue, cx),
        Topic::Instruments => {
            define_all(product, content, venue, desk, cx)?;
            if let Some(request) = request {
                match V::page(root) {
                    Some(page) => desk.ask(request, &page, venue, cx)?,
                    None => desk.directory.end_list(product, request.subject),
                }
            }
            desk.arrange(venue, cx)
        }
        Topic::Snapshot | Topic::Audit => {
            let symbol = symbol.or_else(|| content.get_str(V::ENTRY).map(str::to_owned));
            let symbol = symbol.or_else(|| desk.directory.only(product));
            let symbol = symbol.ok_or_else(|| Error::new("a snapshot of an unknown symbol"))?;
            let tree = &mut Tree::new(content);
            let result = read_book::<V, _>(tree, desk, (product, &symbol, topic), url, cx);
            result.map_err(|e| Error::new(format!("snapshot of {symbol}: {e}")))
        }
        _ => {
            let at = &mut desk.place(product, 0, cx);
            let list = content.as_array();
            let list = list.iter().flat_map(|list| list.iter());
            list.chain(content.as_object().map(|_| content))
                .try_for_each(|entry| venue.figure(topic, &mut Tree::new(entry), at))
        }
    }
}

/// Defines the instruments of a list; one that cannot be read is logged and left out.
fn define_all<V: Venue>(
    product: u8,
    list: Value<'_, '_>,
    venue: &mut V,
    desk: &mut Desk,
    cx: &mut AdapterCx<'_>,
) -> Result<(), Error> {
    let Desk { settings, directory, .. } = desk;
    let list = list.as_array().ok_or_else(|| Error::new("expected a list of instruments"))?;
    for entry in &list {
        let symbol = V::symbol(entry);
        let known = directory.find(product, symbol);
        let read = V::instrument(product, entry, known.map(|(_, listing)| listing.exps));
        let completed = read.and_then(|mut read| {
            read.iter_mut()
                .try_for_each(|instrument| settings.complete(V::table(entry), instrument))?;
            Ok(read)
        });
        match completed {
            Ok(Some(instrument)) => {
                venue.learn(entry);
                directory.define(product, &instrument, cx)?;
            }
            Ok(None) => {}
            Err(error) => {
                cx.log(LOG_WARN, &format!("{}: {error}", directory.product(product).name));
            }
        }
    }
    Ok(())
}

/// The topic behind a URL, by the end of its path.
fn topic_of<V: Venue>(url: &str) -> Option<Topic> {
    if url.is_empty() {
        return V::BARE;
    }
    let path = url.split('?').next().unwrap_or_default();
    let call = V::CALLS.iter().find(|call| {
        let before = path.strip_suffix(call.path);
        before.is_some_and(|before| before.ends_with('/') || call.path.starts_with('/'))
    });
    call.map(|call| call.topic)
}

/// The symbol that was asked about, or that a URL names.
fn symbol_of<V: Venue>(
    request: Option<Request>,
    url: &str,
    directory: &Directory,
) -> Option<String> {
    if let Some(request) = request {
        return directory.get(request.subject).ok().map(|listing| listing.symbol.clone());
    }
    let name = parameter(url, V::SYMBOL)?;
    let listing = directory.listings().iter().find(|l| encoded(&l.symbol) == name);
    Some(listing.map_or(name, |l| &l.symbol).to_owned())
}
