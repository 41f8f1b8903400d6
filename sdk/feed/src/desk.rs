//! What the SDK keeps for a venue.

use patchbay_model::Nanos;
use patchbay_plugin::{AdapterCx, Error};

use crate::request::Requests;
use crate::session::Session;
use crate::{Directory, Ids, Place, Request, Settings, Topic, Venue, When};

/// Tokens are asked for at most so often, and so long before they end.
pub(crate) const TOKEN_PAUSE: Nanos = 60_000_000_000;

/// Configuration, instruments, connections and requests.
#[derive(Debug)]
pub(crate) struct Desk {
    /// What every venue's table has.
    pub(crate) settings: Settings,
    /// All instruments.
    pub(crate) directory: Directory,
    /// Numbers for requests over websockets.
    pub(crate) ids: Ids,
    pub(crate) requests: Requests,
    pub(crate) session: Session,
    /// When the last token came; 0 for none yet.
    token_at: Nanos,
    /// When the host is to call, ns; 0 for never.
    alarm: Nanos,
}

/// What connections and requests are made of.
pub(crate) struct Known<'a, V> {
    pub(crate) venue: &'a V,
    pub(crate) settings: &'a Settings,
    pub(crate) directory: &'a Directory,
}

impl<V> Clone for Known<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Known<'_, V> {}

impl<V: Venue> Known<'_, V> {
    /// Where an operator finds what symbols a product has.
    pub(crate) fn list_of(self, product: u8) -> String {
        let call = V::CALLS.iter().find(|call| call.topic == Topic::Instruments);
        let request = Request::new(Topic::Instruments, product, 0);
        let host = self.settings.host(product);
        let target = call.map(|call| self.venue.target(call, request, host, ""));
        format!("{}{}", host.rest, target.unwrap_or_default())
    }
}

impl Desk {
    pub(crate) fn new<V: Venue>(settings: Settings) -> Self {
        Self {
            settings,
            directory: Directory::new(V::PRODUCTS),
            ids: Ids::default(),
            requests: Requests::default(),
            session: Session::default(),
            token_at: 0,
            alarm: 0,
        }
    }

    /// Declares limits and asks for what is asked at the start: for a token first, where one is
    /// needed.
    pub(crate) fn begin<V: Venue>(
        &mut self,
        venue: &V,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        self.settings.buckets::<V>().iter().try_for_each(|bucket| cx.define_bucket(bucket))?;
        let token = V::CALLS.iter().any(|call| call.topic == Topic::Token);
        self.ask_first(token, venue, cx)
    }

    /// A token came that is good for so long: what waits for the first is asked for, and later ones
    /// need new connections.
    pub(crate) fn admit<V: Venue>(
        &mut self,
        good: Nanos,
        venue: &V,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let before = std::mem::replace(&mut self.token_at, cx.now());
        let next = cx.now() + (good - TOKEN_PAUSE).max(TOKEN_PAUSE);
        self.requests.later(self.token(), next);
        if before == 0 {
            return self.ask_first(false, venue, cx);
        }
        let Self { settings, directory, session, .. } = self;
        session.replace_where(|link| link.conn.is_some(), Known { venue, settings, directory }, cx)
    }

    /// The token is no longer good: another is asked for as soon as that may be.
    pub(crate) fn renew(&mut self, cx: &AdapterCx<'_>) {
        if self.token_at != 0 {
            let at = cx.now().max(self.token_at + TOKEN_PAUSE);
            self.requests.later(self.token(), at);
        }
    }

    fn token(&self) -> Request {
        Request::new(Topic::Token, self.settings.products.first().copied().unwrap_or(0), 0)
    }

    /// Asks for tokens, or for all else that is asked at the start.
    fn ask_first<V: Venue>(
        &mut self,
        token: bool,
        venue: &V,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        for call in V::CALLS.iter().filter(|call| (call.topic == Topic::Token) == token) {
            let products = match call.when {
                When::Once => &self.settings.products[..self.settings.products.len().min(1)],
                When::Each => &self.settings.products[..],
                _ => &[],
            };
            for &product in products {
                let lists = match call.topic {
                    Topic::Instruments => self.settings.host(product).lists.len().max(1) as u32,
                    _ => 1,
                };
                for list in 0..lists {
                    if call.topic == Topic::Instruments {
                        self.directory.await_list(product, list);
                    }
                    let known =
                        Known { venue, settings: &self.settings, directory: &self.directory };
                    self.requests.ask(Request::new(call.topic, product, list), known, cx)?;
                }
            }
        }
        Ok(())
    }

    /// Makes connections and subscriptions what is wanted, as far as instruments are known.
    pub(crate) fn arrange<V: Venue>(
        &mut self,
        venue: &V,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let Self { settings, directory, requests, ids, session, .. } = self;
        session.arrange(Known { venue, settings, directory }, requests, ids, cx)
    }

    /// Asks by REST, unless the same will be asked when its time comes; `page` is appended to the
    /// path and stands for a part of a list, asked for at once.
    ///
    /// # Errors
    ///
    /// If the host refuses the request as invalid.
    pub(crate) fn ask<V: Venue>(
        &mut self,
        request: Request,
        page: &str,
        venue: &V,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let known = Known { venue, settings: &self.settings, directory: &self.directory };
        match page {
            "" => self.requests.ask(request, known, cx),
            page => self.requests.send(request, page, known, cx),
        }
    }

    /// The host's alarm rang: none is set.
    pub(crate) const fn take_alarm(&mut self) {
        self.alarm = 0;
    }

    /// Sets the host's one alarm to when something is due next.
    pub(crate) fn set_alarm(&mut self, cx: &mut AdapterCx<'_>) {
        let next = [self.requests.next(), self.session.awaited.next()];
        let next = next.into_iter().flatten().min().unwrap_or(0);
        if std::mem::replace(&mut self.alarm, next) != next {
            cx.wake(next);
        }
    }

    /// Where the reader of a product's frame is.
    pub(crate) fn place<'p, 'cx>(
        &'p mut self,
        product: u8,
        conn: u32,
        cx: &'p mut AdapterCx<'cx>,
    ) -> Place<'p, 'cx> {
        let Self { directory, session, .. } = self;
        Place { product, conn, levels: 0, audit: false, directory, session, cx }
    }
}
