//! Connections: which streams go over which, and their subscriptions.

use patchbay_plugin::abi::{CHANNEL_OPEN_INTEREST, LOG_WARN, OPCODE_TEXT};
use patchbay_plugin::{AdapterCx, Connect, Error, Open, Send, Wish};

use crate::budget::{self, Limit};
use crate::product::{Product, STREAMS, Settings};
use crate::request::{Request, Requests, Topic};
use crate::symbol::Directory;

/// Stream names in one frame. Nothing documented limits them; 1024 streams a connection do.
const NAMES_MAX: usize = 200;

/// What the host wants of one symbol.
struct Wanted {
    product: Product,
    symbol: String,
    channels: u32,
}

/// One connection that should be there, and what goes over it.
struct Link {
    /// `Connect::tag`, never used again.
    tag: u32,
    product: Product,
    /// Place in [`Product::routes`].
    route: usize,
    /// Its number while it is open.
    conn: Option<u32>,
    /// A connection that will take its place was asked for.
    asked: bool,
    /// Instruments, and the streams of each as bits of places in [`STREAMS`].
    members: Vec<(u32, u32)>,
    /// Stream names to subscribe and to give up.
    on: Vec<String>,
    off: Vec<String>,
}

/// Connections as wished and as they are.
#[derive(Default)]
pub(crate) struct Session {
    started: bool,
    wanted: Vec<Wanted>,
    links: Vec<Link>,
    /// Products of open connections, by number.
    conns: Vec<(u32, Product)>,
    /// Instruments whose open interest is polled.
    polled: Vec<u32>,
    tags: u32,
    frames: u64,
}

/// What does not change while connections are arranged.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) directory: &'a Directory,
}

impl Session {
    #[inline]
    pub(crate) fn product(&self, conn: u32) -> Option<Product> {
        let place = self.conns.binary_search_by_key(&conn, |c| c.0).ok()?;
        Some(self.conns[place].1)
    }

    /// Remembers the product of a connection.
    pub(crate) fn learn(&mut self, conn: u32, product: Product) {
        match self.conns.binary_search_by_key(&conn, |c| c.0) {
            Ok(place) => self.conns[place].1 = product,
            Err(place) => self.conns.insert(place, (conn, product)),
        }
    }

    /// Whether the open interest of an instrument is wanted.
    pub(crate) fn polls(&self, instrument: u32) -> bool {
        self.polled.contains(&instrument)
    }

    pub(crate) fn plan(
        &mut self,
        wishes: &[Wish<'_>],
        known: Known<'_>,
        requests: &mut Requests,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let products = &known.settings.products;
        if !self.started {
            self.started = true;
            budget::declare(known.settings, cx)?;
            let time = products.first().map(|p| Request::new(Topic::Time, *p, 0));
            let lists = products.iter();
            let lists = lists.map(|p| Request::new(Topic::Instruments, *p, 0));
            for request in time.into_iter().chain(lists) {
                requests.send(request, known, cx)?;
            }
        }
        self.wanted.clear();
        for wish in wishes {
            let trades = |p: &&Product| p.kind() == wish.kind;
            let Some(&product) = products.iter().find(trades) else {
                let what = format!("{} ({})", wish.symbol, wish.kind);
                cx.log(LOG_WARN, &format!("{what}: no product in `products` has it"));
                continue;
            };
            self.wanted.push(Wanted {
                product,
                symbol: wish.symbol.to_owned(),
                channels: wish.channels,
            });
        }
        self.arrange(known, requests, cx)
    }

    /// Makes connections and subscriptions what is wanted, as far as instruments are known: an
    /// unknown name would be acknowledged and stay silent (Live Subscribing, see [`Link::flush`]).
    pub(crate) fn arrange(
        &mut self,
        known: Known<'_>,
        requests: &mut Requests,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let mut desired: Vec<(Product, u32, u32)> = Vec::new();
        for want in &self.wanted {
            let Some(index) = want.listed(known, cx) else {
                continue;
            };
            match desired.iter_mut().find(|d| d.1 == index) {
                Some(d) => d.2 |= want.channels,
                None => desired.push((want.product, index, want.channels)),
            }
        }
        self.poll(&desired, known, requests, cx)?;
        for link in &mut self.links {
            let (product, route) = (link.product, link.route);
            for (instrument, had) in std::mem::take(&mut link.members) {
                let wish = desired.iter().find(|d| d.1 == instrument);
                let now = wish.map_or(0, |d| product.streams(route, d.2));
                link.change((instrument, had, now), known)?;
            }
        }
        for (product, instrument, channels) in desired {
            for route in 0..product.routes().len() {
                let now = product.streams(route, channels);
                let over = |l: &&mut Link| (l.product, l.route) == (product, route);
                let mut links = self.links.iter_mut().filter(over);
                if now == 0 || links.any(|l| l.members.iter().any(|m| m.0 == instrument)) {
                    continue;
                }
                let most = known.settings.symbols_per_connection;
                let mut links = self.links.iter_mut().filter(over);
                match links.find(|l| l.members.len() < most) {
                    Some(link) => link.change((instrument, 0, now), known)?,
                    None => {
                        self.tags += 1;
                        let mut link = Link::new(self.tags, product, route);
                        link.change((instrument, 0, now), known)?;
                        self.links.push(link);
                    }
                }
            }
        }
        for link in &mut self.links {
            match (link.conn, link.members.is_empty()) {
                (Some(conn), true) => cx.close(conn, "its last stream was given up")?,
                // If it is still opening, `open` closes it.
                (None, true) => {}
                (Some(_), false) => link.flush(&mut self.frames, cx)?,
                (None, false) => link.connect(known, cx)?,
            }
        }
        self.links.retain(|link| !link.members.is_empty());
        Ok(())
    }

    /// Asks for the open interest of instruments that are new among the wishes.
    fn poll(
        &mut self,
        desired: &[(Product, u32, u32)],
        known: Known<'_>,
        requests: &mut Requests,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let before = std::mem::take(&mut self.polled);
        for &(product, instrument, channels) in desired {
            if product == Product::Spot || channels & CHANNEL_OPEN_INTEREST == 0 {
                continue;
            }
            self.polled.push(instrument);
            let request = Request::new(Topic::OpenInterest, product, instrument);
            if !before.contains(&instrument) && !requests.is_due(request) {
                requests.send(request, known, cx)?;
            }
        }
        Ok(())
    }

    /// A connection opened: its streams are subscribed, unless nobody wants it any more.
    pub(crate) fn open(
        &mut self,
        open: Open<'_>,
        known: Known<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Open { conn, tag, url } = open;
        let Some(at) = self.links.iter().position(|l| l.tag == tag) else {
            if let Some(product) = known.settings.product_of(url) {
                self.learn(conn, product);
            }
            // A replay has no tags, and nothing to close.
            return match tag {
                0 => Ok(()),
                _ => cx.close(conn, "its last stream was given up"),
            };
        };
        self.learn(conn, self.links[at].product);
        let link = &mut self.links[at];
        (link.conn, link.asked) = (Some(conn), false);
        (link.on, link.off) = (Vec::new(), Vec::new());
        for (instrument, streams) in std::mem::take(&mut link.members) {
            link.change((instrument, 0, streams), known)?;
        }
        link.flush(&mut self.frames, cx)
    }

    pub(crate) fn close(&mut self, conn: u32) {
        self.conns.retain(|c| c.0 != conn);
        for link in self.links.iter_mut().filter(|l| l.conn == Some(conn)) {
            link.conn = None;
            // The host connects again by itself.
            link.asked = true;
        }
    }

    /// The venue announced the end of a connection ([SPOT] web-socket-streams.md, serverShutdown):
    /// a connect with its tag replaces it, make-before-break.
    pub(crate) fn replace(
        &mut self,
        conn: u32,
        known: Known<'_>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        cx.ignore();
        let link = self.links.iter_mut().find(|l| l.conn == Some(conn));
        link.map_or(Ok(()), |link| link.connect(known, cx))
    }
}

impl Wanted {
    /// The instrument, if exchangeInfo has it; otherwise says what to do, if that is known.
    fn listed(&self, known: Known<'_>, cx: &AdapterCx<'_>) -> Option<u32> {
        let Known { settings, directory } = known;
        let find = |symbol: &str| {
            let found = directory.find(self.product, symbol);
            found.filter(|(_, listing)| listing.listed)
        };
        if let Some((index, _)) = find(&self.symbol) {
            return Some(index);
        }
        if directory.knows(self.product) {
            let (symbol, upper) = (&self.symbol, self.symbol.to_uppercase());
            let remedy = match find(&upper) {
                Some(_) => format!("write {upper}"),
                None => {
                    let rest = &settings.venue(self.product).rest;
                    format!("see {rest}{}exchangeInfo", self.product.api())
                }
            };
            let name = self.product.name();
            cx.log(LOG_WARN, &format!("{name} has no symbol {symbol}; {remedy}"));
        }
        None
    }
}

impl Link {
    const fn new(tag: u32, product: Product, route: usize) -> Self {
        Self {
            tag,
            product,
            route,
            conn: None,
            asked: false,
            members: Vec::new(),
            on: Vec::new(),
            off: Vec::new(),
        }
    }

    /// Takes in an instrument that had streams and now has others; none if it goes.
    fn change(
        &mut self,
        (instrument, had, now): (u32, u32, u32),
        known: Known<'_>,
    ) -> Result<(), Error> {
        let symbol = &known.directory.get(instrument)?.symbol;
        for (place, stream) in STREAMS.iter().enumerate() {
            let names = match (had >> place & 1, now >> place & 1) {
                (0, 1) => &mut self.on,
                (1, 0) => &mut self.off,
                _ => continue,
            };
            names.push(known.settings.stream_name(self.product, stream, symbol));
        }
        if now != 0 {
            self.members.push((instrument, now));
        }
        Ok(())
    }

    fn connect(&mut self, known: Known<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        if std::mem::replace(&mut self.asked, true) {
            return Ok(());
        }
        let (product, venue) = (self.product, known.settings.venue(self.product));
        cx.connect(&Connect {
            tag: self.tag,
            url: format!("{}{}/stream", venue.stream, product.routes()[self.route]),
            costs: Limit::Connects.cost(product, 1),
            life_ns: known.settings.life,
            silence_ns: venue.silence,
            symbols: self.members.len() as u32,
            ..Connect::default()
        })
    }

    /// Sends what changed ([SPOT] web-socket-streams.md, Live Subscribing/Unsubscribing to
    /// streams).
    fn flush(&mut self, frames: &mut u64, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let (on, off) = (std::mem::take(&mut self.on), std::mem::take(&mut self.off));
        let Some(conn) = self.conn else {
            return Ok(());
        };
        for (method, names) in [("UNSUBSCRIBE", off), ("SUBSCRIBE", on)] {
            for names in names.chunks(NAMES_MAX) {
                *frames += 1;
                let (params, id) = (names.join("\",\""), *frames);
                let text = format!(r#"{{"method":"{method}","params":["{params}"],"id":{id}}}"#);
                cx.send(&Send {
                    conn,
                    opcode: OPCODE_TEXT,
                    payload: text.into_bytes(),
                    costs: Limit::Messages.cost(self.product, 1),
                    ..Send::default()
                })?;
            }
        }
        Ok(())
    }
}
