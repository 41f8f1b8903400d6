//! Connections as wished and as they are.

use patchbay_model::Nanos;
use patchbay_plugin::abi::LOG_WARN;
use patchbay_plugin::{AdapterCx, Error, Open, Wish};

use crate::awaited::Awaited;
use crate::desk::Known;
use crate::link::Link;
use crate::request::Requests;
use crate::want::{Want, bits, listed, polled};
use crate::{Heal, Ids, Line, Request, Stream, Topic, Venue, Verb};

/// A request for streams that waits for its answer.
#[derive(Debug)]
struct Pending {
    id: u64,
    conn: u32,
    verb: Verb,
    streams: Vec<Stream>,
}

/// Which streams go over which connection.
#[derive(Debug, Default)]
pub(crate) struct Session {
    wanted: Vec<Want>,
    links: Vec<Link>,
    /// Products of open connections, by number.
    conns: Vec<(u32, u8)>,
    pending: Vec<Pending>,
    pub(crate) awaited: Awaited,
    tags: u32,
}

impl Session {
    #[inline]
    pub(crate) fn product(&self, conn: u32) -> Option<u8> {
        let place = self.conns.binary_search_by_key(&conn, |c| c.0).ok()?;
        Some(self.conns[place].1)
    }

    /// Remembers the product of a connection.
    pub(crate) fn learn(&mut self, conn: u32, product: u8) {
        match self.conns.binary_search_by_key(&conn, |c| c.0) {
            Ok(place) => self.conns[place].1 = product,
            Err(place) => self.conns.insert(place, (conn, product)),
        }
    }

    /// Whether a connection is to carry an instrument; one that nobody asked for carries all.
    pub(crate) fn carries(&self, conn: u32, index: Option<u32>) -> bool {
        let link = self.links.iter().find(|link| link.conn == Some(conn));
        link.is_none_or(|link| link.members.iter().any(|member| Some(member.0) == index))
    }

    /// Whether something that a topic tells of an instrument is wanted.
    pub(crate) fn polls<V: Venue>(
        &self,
        topic: Topic,
        instrument: u32,
        known: Known<'_, V>,
    ) -> bool {
        let Ok(listing) = known.directory.get(instrument) else {
            return false;
        };
        let of = polled::<V>(listing.product).filter(|(_, of)| *of == topic);
        let channels = of.fold(0, |all, (channels, _)| all | channels);
        let is = |want: &Want| {
            let same = (want.product, &want.symbol) == (listing.product, &listing.symbol);
            same && want.channels & channels != 0
        };
        self.wanted.iter().any(is)
    }

    /// Takes over what the host wants.
    pub(crate) fn want<V: Venue>(
        &mut self,
        wishes: &[Wish<'_>],
        known: Known<'_, V>,
        cx: &AdapterCx<'_>,
    ) {
        self.wanted.clear();
        for wish in wishes {
            let mut products = known.settings.products.iter().copied();
            let has = |product: &u8| V::PRODUCTS[usize::from(*product)].kinds.contains(&wish.kind);
            match products.find(has) {
                Some(product) => self.wanted.push(Want {
                    product,
                    kind: wish.kind,
                    symbol: wish.symbol.to_owned(),
                    channels: wish.channels,
                }),
                None => {
                    let what = format!("{} ({})", wish.symbol, wish.kind);
                    cx.log(LOG_WARN, &format!("{what}: no product in `products` has it"));
                }
            }
        }
    }

    /// Makes connections and subscriptions what is wanted, as far as instruments are known: venues
    /// acknowledge unknown names and stay silent, or fail the whole request.
    pub(crate) fn arrange<V: Venue>(
        &mut self,
        known: Known<'_, V>,
        requests: &mut Requests,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        // Channels by instrument.
        let mut desired: Vec<(u32, u32)> = Vec::new();
        for want in &self.wanted {
            let Some(index) = listed(want, known, cx) else {
                continue;
            };
            for (channels, topic) in polled::<V>(want.product) {
                if want.channels & channels != 0 {
                    let request = Request::new(topic, want.product, index);
                    requests.ask(request, known, cx)?;
                }
            }
            match desired.iter_mut().find(|d| d.0 == index) {
                Some(d) => d.1 |= want.channels,
                None => desired.push((index, want.channels)),
            }
        }
        for link in &mut self.links {
            link.members.retain_mut(|member| {
                let wish = desired.iter().find(|d| d.0 == member.0);
                member.1 = wish.map_or(0, |d| bits(link.line, *d, known));
                member.1 != 0
            });
        }
        for (index, channels) in desired {
            let product = known.directory.get(index)?.product;
            for route in 0..known.directory.product(product).routes {
                let line = Line { product, route };
                let streams = bits(line, (index, channels), known);
                if streams != 0 {
                    self.place((index, streams), line, known)?;
                }
            }
        }
        for at in 0..self.links.len() {
            let link = &mut self.links[at];
            match (link.conn, link.members.is_empty()) {
                (Some(conn), true) => cx.close(conn, "its last stream was given up")?,
                // If it is still opening, `open` closes it.
                (None, true) => {}
                (Some(_), false) => self.subscribe(at, known, ids, cx)?,
                (None, false) => link.connect(known, cx)?,
            }
        }
        self.links.retain(|link| !link.members.is_empty());
        Ok(())
    }

    /// Finds a link for a member that has none: one with room, or another.
    fn place<V: Venue>(
        &mut self,
        member: (u32, u32),
        line: Line,
        known: Known<'_, V>,
    ) -> Result<(), Error> {
        let mut fits = None;
        let mut emptiest: Option<usize> = None;
        let mut links = 0;
        for (at, link) in self.links.iter().enumerate().filter(|(_, link)| link.line == line) {
            if link.members.iter().any(|m| m.0 == member.0) {
                return Ok(());
            }
            links += 1;
            if fits.is_none() && link.has_room(member, &V::ROOM, known)? {
                fits = Some(at);
            }
            if emptiest.is_none_or(|e| link.members.len() < self.links[e].members.len()) {
                emptiest = Some(at);
            }
        }
        match fits.or_else(|| emptiest.filter(|_| links >= V::ROOM.connections)) {
            Some(at) => self.links[at].members.push(member),
            None => {
                self.tags += 1;
                self.links.push(Link::new(self.tags, line, member));
            }
        }
        Ok(())
    }

    /// A connection opened: its streams are subscribed, unless nobody wants it any more.
    pub(crate) fn open<V: Venue>(
        &mut self,
        open: Open<'_>,
        known: Known<'_, V>,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Open { conn, tag, url } = open;
        if let Some(at) = self.links.iter().position(|l| l.tag == tag) {
            let line = self.links[at].line;
            let greeting = known.venue.greet(line, ids);
            self.links[at].begin(conn, !greeting.login);
            self.learn(conn, line.product);
            for frame in greeting.frames {
                self.links[at].send(frame, known, cx)?;
            }
            return self.subscribe(at, known, ids, cx);
        }
        if let Some(product) = known.settings.product_of::<V>(url) {
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
        self.pending.retain(|p| p.conn != conn);
        self.awaited.close(conn);
        if let Some(link) = self.links.iter_mut().find(|l| l.conn == Some(conn)) {
            // The host connects again by itself.
            (link.conn, link.asked) = (None, true);
        }
    }

    /// The venue took a login: streams may be subscribed. It is good until then, or for ever with 0.
    pub(crate) fn ready<V: Venue>(
        &mut self,
        (conn, until): (u32, Nanos),
        known: Known<'_, V>,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Some(at) = self.links.iter().position(|l| l.conn == Some(conn)) else {
            return Ok(());
        };
        (self.links[at].ready, self.links[at].until) = (true, until);
        self.subscribe(at, known, ids, cx)
    }

    /// Replaces those connections, make-before-break.
    pub(crate) fn replace_where<V: Venue>(
        &mut self,
        is: impl Fn(&Link) -> bool,
        known: Known<'_, V>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let mut some = self.links.iter_mut().filter(|link| is(link));
        some.try_for_each(|link| link.connect(known, cx))
    }

    /// The venue announced the end of a connection: a connect with its tag replaces it,
    /// make-before-break.
    pub(crate) fn replace<V: Venue>(
        &mut self,
        conn: u32,
        known: Known<'_, V>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let link = self.links.iter_mut().find(|l| l.conn == Some(conn));
        link.map_or(Ok(()), |link| link.connect(known, cx))
    }

    /// Heals an instrument's book by its stream. Without a connection there is nothing to do: the
    /// next one begins with a snapshot.
    pub(crate) fn heal<V: Venue>(
        &mut self,
        instrument: u32,
        how: Heal,
        known: Known<'_, V>,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let (Heal::Resubscribe(place) | Heal::Reconnect(place)) = how else {
            return Ok(());
        };
        let is = |s: &Stream| (s.instrument, s.place) == (instrument, place);
        let Some(at) = self.links.iter().position(|l| l.live.iter().any(is)) else {
            return Ok(());
        };
        match how {
            Heal::Reconnect(_) => self.links[at].connect(known, cx),
            _ => self.renew(at, is, known, ids, cx),
        }
    }

    /// Heals all books of a connection; its other streams have lost what they have lost.
    pub(crate) fn heal_all<V: Venue>(
        &mut self,
        conn: u32,
        known: Known<'_, V>,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let link = self.links.iter().position(|l| l.conn == Some(conn));
        match (link, V::HEAL) {
            (Some(at), Heal::Resubscribe(place)) => {
                self.renew(at, |s| s.place == place, known, ids, cx)
            }
            (Some(at), Heal::Reconnect(_)) => self.links[at].connect(known, cx),
            _ => Ok(()),
        }
    }

    /// Subscribes books again that have not come in time, over the connection that stays.
    pub(crate) fn subscribe_again<V: Venue>(
        &mut self,
        now: Nanos,
        known: Known<'_, V>,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        for at in 0..self.links.len() {
            let Some(conn) = self.links[at].conn else {
                continue;
            };
            let late = self.awaited.overdue(conn, now);
            let is =
                |s: &Stream| V::HEAL == Heal::Resubscribe(s.place) && late.contains(&s.instrument);
            let some: Vec<_> = self.links[at].live.iter().filter(|s| is(s)).cloned().collect();
            if some.is_empty() {
                continue;
            }
            let names = Stream::join(&some, " ");
            let text = format!("connection {conn}, {names}: no book has come; subscribed again");
            cx.log(LOG_WARN, &text);
            self.renew(at, is, known, ids, cx)?;
        }
        Ok(())
    }

    /// Gives up streams and subscribes them again.
    fn renew<V: Venue>(
        &mut self,
        at: usize,
        which: impl Fn(&Stream) -> bool,
        known: Known<'_, V>,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let live = &self.links[at].live;
        if V::WHOLE {
            let all = live.clone();
            return self.request(at, Verb::Subscribe, all, known, ids, cx);
        }
        let some: Vec<_> = live.iter().filter(|s| which(s)).cloned().collect();
        self.request(at, Verb::Unsubscribe, some.clone(), known, ids, cx)?;
        self.request(at, Verb::Subscribe, some, known, ids, cx)
    }

    /// Sends what makes the connection's streams those of its members.
    fn subscribe<V: Venue>(
        &mut self,
        at: usize,
        known: Known<'_, V>,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        if !self.links[at].ready {
            return Ok(());
        }
        let streams = self.links[at].streams(known)?;
        let live = std::mem::replace(&mut self.links[at].live, streams.clone());
        let beyond = |a: &[Stream], b: &[Stream]| -> Vec<Stream> {
            let of = |stream: &&Stream| !b.iter().any(|other| other.name == stream.name);
            a.iter().filter(of).cloned().collect()
        };
        let (off, on) = (beyond(&live, &streams), beyond(&streams, &live));
        if let Some(conn) = self.links[at].conn {
            off.iter().for_each(|s| self.awaited.give_up(conn, s));
        }
        if V::WHOLE {
            return match off.is_empty() && on.is_empty() {
                true => Ok(()),
                false => self.request(at, Verb::Subscribe, streams, known, ids, cx),
            };
        }
        self.request(at, Verb::Unsubscribe, off, known, ids, cx)?;
        self.request(at, Verb::Subscribe, on, known, ids, cx)
    }

    /// Sends requests for streams, cut to what fits one.
    fn request<V: Venue>(
        &mut self,
        at: usize,
        verb: Verb,
        mut streams: Vec<Stream>,
        known: Known<'_, V>,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let line = self.links[at].line;
        let batch = V::batch(line);
        streams.sort_by_key(|s| V::group(s.place));
        let mut rest = streams.as_slice();
        while let Some(first) = rest.first() {
            let (group, mut bytes) = (V::group(first.place), 0);
            let fits = |(n, s): &(usize, &Stream)| {
                bytes += s.name.len() + 3;
                let few = *n < batch.streams && bytes <= batch.bytes;
                *n == 0 || (few && V::group(s.place) == group)
            };
            let (some, others) = rest.split_at(rest.iter().enumerate().take_while(fits).count());
            rest = others;
            let frame = known.venue.request(line, verb, some, ids);
            let conn = self.links[at].conn.unwrap_or(0);
            if verb == Verb::Subscribe {
                let books = some.iter().filter(|s| V::HEAL == Heal::Resubscribe(s.place));
                books.for_each(|s| self.awaited.asked(conn, s, cx.now()));
            }
            if V::ANSWERS {
                let streams = some.to_vec();
                self.pending.push(Pending { id: ids.last(), conn, verb, streams });
            }
            self.links[at].send(frame, known, cx)?;
        }
        Ok(())
    }

    /// The venue accepted a request for streams.
    pub(crate) fn accepted(&mut self, conn: u32, id: u64, now: Nanos) {
        if let Some(place) = self.pending_place(conn, id) {
            let took = self.pending.remove(place).streams;
            took.iter().for_each(|s| self.awaited.taken(conn, s, now));
        }
    }

    /// The oldest of a connection, where the venue does not say which.
    fn pending_place(&self, conn: u32, id: u64) -> Option<usize> {
        self.pending.iter().position(|p| p.conn == conn && (p.id == id || id == 0))
    }

    /// The venue accepted those streams of a request that it names.
    pub(crate) fn accepted_of(
        &mut self,
        (conn, id): (u32, u64),
        took: impl Fn(&str) -> bool,
        cx: &AdapterCx<'_>,
    ) {
        let Some(place) = self.pending_place(conn, id) else {
            return;
        };
        let streams = self.pending.remove(place).streams;
        let (taken, refused): (Vec<_>, Vec<_>) = streams.into_iter().partition(|s| took(&s.name));
        taken.iter().for_each(|s| self.awaited.taken(conn, s, cx.now()));
        if !refused.is_empty() {
            refused.iter().for_each(|s| self.awaited.give_up(conn, s));
            let names = Stream::join(&refused, " ");
            cx.log(LOG_WARN, &format!("connection {conn}, {names}: refused without a reason"));
        }
    }

    /// The venue refused a request for streams, all of it for one bad name: the others are sent
    /// again, each alone where it did not say which was the bad one.
    pub(crate) fn refused<V: Venue>(
        &mut self,
        (conn, id): (u32, u64),
        why: &str,
        known: Known<'_, V>,
        ids: &mut Ids,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let place = self.pending_place(conn, id);
        let link = self.links.iter().position(|l| l.conn == Some(conn));
        let (Some(place), Some(at)) = (place, link) else {
            cx.log(LOG_WARN, &format!("connection {conn}: {why}"));
            return Ok(());
        };
        let Pending { verb, mut streams, .. } = self.pending.remove(place);
        let names = Stream::join(&streams, " ");
        cx.log(LOG_WARN, &format!("connection {conn}, {names}: {why}"));
        streams.iter().for_each(|s| self.awaited.give_up(conn, s));
        if verb == Verb::Unsubscribe || streams.len() == 1 {
            return Ok(());
        }
        let count = streams.len();
        streams.retain(|stream| !why.contains(&stream.name));
        if streams.len() < count {
            return self.request(at, verb, streams, known, ids, cx);
        }
        for stream in streams {
            self.request(at, verb, vec![stream], known, ids, cx)?;
        }
        Ok(())
    }
}
