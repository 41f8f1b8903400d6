//! Connections: which streams go over which, and their subscriptions.

use patchbay_plugin::abi::{CHANNEL_OPEN_INTEREST, LOG_WARN, OPCODE_TEXT};
use patchbay_plugin::{AdapterCx, Connect, Error, Open, Send, Wish};

use crate::budget::{self, Limit};
use crate::product::{Product, STREAMS};
use crate::request::{Request, Requests, Topic};
use crate::symbol::Known;

/// Stream names in one frame. Nothing documented limits them; 1024 streams a connection do.
const NAMES_MAX: usize = 200;

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
    /// Names subscribed on `conn`.
    live: Vec<String>,
}

/// Connections as wished and as they are.
#[derive(Default)]
pub(crate) struct Session {
    /// Symbols and channels that the host wants.
    wanted: Vec<(Product, String, u32)>,
    links: Vec<Link>,
    /// Products of open connections, by number.
    conns: Vec<(u32, Product)>,
    tags: u32,
    frames: u64,
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
    pub(crate) fn polls(&self, instrument: u32, known: &Known) -> bool {
        let Ok(listing) = known.directory.get(instrument) else {
            return false;
        };
        let is = |(product, symbol, channels): &(Product, String, u32)| {
            let wanted = channels & CHANNEL_OPEN_INTEREST != 0 && *product != Product::Spot;
            wanted && (*product, symbol) == (listing.product, &listing.symbol)
        };
        self.wanted.iter().any(is)
    }

    pub(crate) fn plan(
        &mut self,
        wishes: &[Wish<'_>],
        known: &Known,
        requests: &mut Requests,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let products = &known.settings.products;
        if requests.is_new() {
            budget::declare(&known.settings, cx)?;
            for (place, &product) in products.iter().enumerate() {
                if place == 0 {
                    requests.ask(Request::new(Topic::Time, product, 0), known, cx)?;
                }
                requests.ask(Request::new(Topic::Instruments, product, 0), known, cx)?;
            }
        }
        self.wanted.clear();
        for wish in wishes {
            match products.iter().find(|p| p.kind() == wish.kind) {
                Some(&product) => {
                    let want = (product, wish.symbol.to_owned(), wish.channels);
                    self.wanted.push(want);
                }
                None => {
                    let what = format!("{} ({})", wish.symbol, wish.kind);
                    cx.log(LOG_WARN, &format!("{what}: no product in `products` has it"));
                }
            }
        }
        self.arrange(known, requests, cx)
    }

    /// Makes connections and subscriptions what is wanted, as far as instruments are known: an
    /// unknown name would be acknowledged and stay silent (SPOT web-socket-streams.md).
    pub(crate) fn arrange(
        &mut self,
        known: &Known,
        requests: &mut Requests,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        // Channels by instrument.
        let mut desired: Vec<(u32, u32)> = Vec::new();
        for (product, symbol, channels) in &self.wanted {
            let Some(index) = listed(*product, symbol, known, cx) else {
                continue;
            };
            if self.polls(index, known) {
                requests.ask(Request::new(Topic::OpenInterest, *product, index), known, cx)?;
            }
            match desired.iter_mut().find(|d| d.0 == index) {
                Some(d) => d.1 |= channels,
                None => desired.push((index, *channels)),
            }
        }
        for link in &mut self.links {
            link.members.retain_mut(|member| {
                let wish = desired.iter().find(|d| d.0 == member.0);
                member.1 = wish.map_or(0, |d| link.product.streams(link.route, d.1));
                member.1 != 0
            });
        }
        for (index, channels) in desired {
            let product = known.directory.listings[index as usize].product;
            for route in 0..product.routes().len() {
                let streams = product.streams(route, channels);
                if streams != 0 {
                    let most = known.settings.symbols_per_connection;
                    self.place((index, streams), (product, route), most);
                }
            }
        }
        for link in &mut self.links {
            match (link.conn, link.members.is_empty()) {
                (Some(conn), true) => cx.close(conn, "its last stream was given up")?,
                // If it is still opening, `open` closes it.
                (None, true) => {}
                (Some(_), false) => link.subscribe(known, &mut self.frames, cx)?,
                (None, false) => link.connect(known, cx)?,
            }
        }
        self.links.retain(|link| !link.members.is_empty());
        Ok(())
    }

    /// Finds a link for a member that has none: one with room, or another.
    fn place(&mut self, member: (u32, u32), over: (Product, usize), most: usize) {
        let mut room = None;
        for link in &mut self.links {
            if (link.product, link.route) == over {
                if link.members.iter().any(|m| m.0 == member.0) {
                    return;
                }
                if room.is_none() && link.members.len() < most {
                    room = Some(&mut link.members);
                }
            }
        }
        if let Some(members) = room {
            members.push(member);
            return;
        }
        self.tags += 1;
        self.links.push(Link {
            tag: self.tags,
            product: over.0,
            route: over.1,
            conn: None,
            asked: false,
            members: vec![member],
            live: Vec::new(),
        });
    }

    /// A connection opened: its streams are subscribed, unless nobody wants it any more.
    pub(crate) fn open(
        &mut self,
        open: Open<'_>,
        known: &Known,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Open { conn, tag, url } = open;
        let mut links = self.links.iter_mut();
        if let Some(link) = links.find(|l| l.tag == tag) {
            (link.conn, link.asked) = (Some(conn), false);
            link.live.clear();
            link.subscribe(known, &mut self.frames, cx)?;
            let product = link.product;
            self.learn(conn, product);
            return Ok(());
        }
        if let Some(product) = known.settings.product_of(url) {
            self.learn(conn, product);
        }
        match tag {
            // A replay: no tags, and nothing to close.
            0 => Ok(()),
            _ => cx.close(conn, "its last stream was given up"),
        }
    }

    pub(crate) fn close(&mut self, conn: u32) {
        self.conns.retain(|c| c.0 != conn);
        if let Some(link) = self.links.iter_mut().find(|l| l.conn == Some(conn)) {
            // The host connects again by itself.
            (link.conn, link.asked) = (None, true);
        }
    }

    /// The venue announced the end of a connection (SPOT web-socket-streams.md, serverShutdown):
    /// a connect with its tag replaces it, make-before-break.
    pub(crate) fn replace(
        &mut self,
        conn: u32,
        known: &Known,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        cx.ignore();
        let link = self.links.iter_mut().find(|l| l.conn == Some(conn));
        link.map_or(Ok(()), |link| link.connect(known, cx))
    }
}

/// The instrument, if exchangeInfo has it; if it has others, the operator learns what to do.
fn listed(product: Product, symbol: &str, known: &Known, cx: &AdapterCx<'_>) -> Option<u32> {
    let listed = |symbol: &str| {
        let found = known.directory.find(product, symbol);
        found.filter(|(_, listing)| listing.listed)
    };
    if let Some((index, _)) = listed(symbol) {
        return Some(index);
    }
    if known.directory.knows(product) {
        let (name, upper) = (product.name(), symbol.to_uppercase());
        let remedy = match listed(&upper) {
            Some(_) => format!("write {upper}"),
            None => {
                format!("see {}{}exchangeInfo", known.settings.venue(product).rest, product.api())
            }
        };
        cx.log(LOG_WARN, &format!("{name} has no symbol {symbol}; {remedy}"));
    }
    None
}

impl Link {
    fn connect(&mut self, known: &Known, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
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

    /// Sends what makes the connection's streams those of its members (SPOT
    /// web-socket-streams.md, Live Subscribing/Unsubscribing to streams).
    fn subscribe(
        &mut self,
        known: &Known,
        frames: &mut u64,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let mut names = Vec::new();
        for &(instrument, streams) in &self.members {
            let symbol = &known.directory.listings[instrument as usize].symbol;
            let bits = (0..STREAMS.len()).filter(|place| streams >> place & 1 != 0);
            names.extend(bits.map(|b| known.settings.stream_name(self.product, b, symbol)));
        }
        let beyond = |a: &[String], b: &[String]| -> Vec<String> {
            a.iter().filter(|name| !b.contains(name)).cloned().collect()
        };
        let (off, on) = (beyond(&self.live, &names), beyond(&names, &self.live));
        for (method, names) in [("UNSUBSCRIBE", off), ("SUBSCRIBE", on)] {
            for names in names.chunks(NAMES_MAX) {
                *frames += 1;
                let (params, id) = (names.join("\",\""), *frames);
                let text = format!(r#"{{"method":"{method}","params":["{params}"],"id":{id}}}"#);
                cx.send(&Send {
                    conn: self.conn.unwrap_or(0),
                    opcode: OPCODE_TEXT,
                    payload: text.into_bytes(),
                    costs: Limit::Messages.cost(self.product, 1),
                    ..Send::default()
                })?;
            }
        }
        self.live = names;
        Ok(())
    }
}
