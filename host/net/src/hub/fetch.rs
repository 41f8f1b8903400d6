//! HTTP requests of a hub: into the line, out of it, and back.

use patchbay_abi::{
    PURPOSE_AUDIT, PURPOSE_REFERENCE, REPLY_LOST, REPLY_NOT_SENT, REPLY_OK, REPLY_REFUSED,
    REPLY_TIMEOUT,
};
use patchbay_model::Nanos;
use patchbay_plugin::Http;
use tokio::time::Instant;

use super::options::or_usual;
use super::requests::{Turn, Waiting};
use super::{Hub, Landed, News};
use crate::address::Address;
use crate::buckets::{Ask, Verdict};
use crate::event::{Event, Level};
use crate::keyring::{self, Filled, token};
use crate::retry_after;
use crate::transport::{Request, Response};

const SECOND: Nanos = 1_000_000_000;

impl Hub {
    /// Puts a request into the line.
    pub(super) fn http(&mut self, http: Http) {
        let (options, now) = (&self.shared.options, Instant::now());
        if self.requests.len() >= options.waiting_max {
            let why = format!("{} requests wait already", options.waiting_max);
            return self.refuse(&http, &why);
        }
        let checked = Address::parse(&http.base).map(drop).map_err(|fault| fault.to_string());
        let checked = checked
            .and_then(|()| keyring::check(&(&http).into()).map_err(|fault| fault.to_string()));
        let owner = self.shared.owner(0);
        let ticket = checked.and_then(|()| {
            let ask = Ask::Request(http.purpose);
            options.buckets.enter(&owner, &http.costs, ask, self.shared.now())
        });
        match ticket {
            Ok(ticket) => {
                let deadline = now + or_usual(http.timeout_ns, options.http_timeout);
                self.requests.push(Waiting { http, ticket, deadline }, now);
                self.dirty = true;
            }
            Err(why) => self.refuse(&http, &why),
        }
    }

    /// Sends what may be sent.
    pub(super) fn dispatch(&mut self, now: Instant) {
        while self.flying < self.shared.options.flying_max {
            match self.requests.turn(now, self.shared.now()) {
                None => return,
                Some(Turn::Go(waiting)) => self.go(*waiting, now),
                Some(Turn::Late(waiting)) => {
                    self.refuse(&waiting.http, "the venue's rate limit left no room in its time");
                }
                Some(Turn::Banned(waiting, until)) => {
                    let seconds = (until - self.shared.now()) / SECOND;
                    let why = format!("the venue wants no requests for {seconds} s more");
                    self.refuse(&waiting.http, &why);
                }
            }
        }
    }

    fn go(&mut self, waiting: Waiting, now: Instant) {
        let Waiting { http, ticket, deadline } = waiting;
        // Filled now and not when it was asked for: times and nonces are fresh.
        let filled = self.shared.options.keyring.fill(&(&http).into(), self.shared.wall());
        let Filled { path, headers, body } = match filled {
            Ok(filled) => filled,
            Err(why) => return self.refuse(&http, &why.to_string()),
        };
        let timeout = deadline - now;
        let Http { method, base, token_field, token: name, id, purpose, .. } = http;
        let url = format!("{base}{}", http.path);
        let host = Address::parse(&base).map(|address| address.host).unwrap_or_default();
        let request = Request { method, base, path, headers, body, timeout };
        let (shared, news) = (self.shared.clone(), self.outbox.clone());
        let off = self.shared.options.reference.clone().filter(|_| purpose == PURPOSE_REFERENCE);
        let transport = off
            .as_ref()
            .map_or_else(|| self.shared.options.transport.clone(), |thread| thread.transport());
        let fetch = async move {
            let sent = shared.now();
            let mut result = transport.exchange(&request).await;
            if let (Ok(response), false) = (&mut result, token_field.is_empty())
                && let Some(token) = token::take(&mut response.body, &token_field)
            {
                shared.options.keyring.keep(&name, token);
            }
            let at = shared.now();
            let landed = Landed { id, url, host, ticket, result, sent, at };
            // An error means that the hub is gone.
            drop(news.send(News::Reply(Box::new(landed))).await);
        };
        self.flying += 1;
        match off {
            Some(thread) => self.tasks.spawn_on(fetch, thread.handle()),
            None => self.tasks.spawn(fetch),
        };
    }

    /// A request is over.
    pub(super) fn landed(&mut self, landed: Landed) {
        let Landed { id, url, host, ticket, result, sent, at } = landed;
        self.flying = self.flying.saturating_sub(1);
        self.dirty = true;
        let verdict = result.as_ref().map_or(Verdict::Nothing, |response| self.verdict(response));
        if let Some(until) = ticket.ended(verdict, at) {
            let status = result.as_ref().map_or(0, |response| response.status);
            let seconds = (until - at) / SECOND;
            self.note(Level::Warn, format!("{host}: {status}: no requests for {seconds} s"));
        }
        let event = match result {
            Ok(Response { status, headers, body }) => {
                let (status, error) = (status.into(), REPLY_OK);
                Event::Reply { id, status, error, url, headers, body, sent, at }
            }
            Err(unanswered) => {
                let text = unanswered.fault.to_string();
                self.ready.push(Event::Unreached { host, text, at });
                let error = match unanswered.error {
                    error @ (REPLY_TIMEOUT | REPLY_NOT_SENT) => error,
                    _ => REPLY_LOST,
                };
                nothing(id, error, url, sent, at)
            }
        };
        self.ready.push(event);
    }

    fn verdict(&self, response: &Response) -> Verdict {
        let wait = response
            .header("retry-after")
            .and_then(|text| retry_after::read(text, response.header("date"), self.shared.wall()));
        match response.status {
            429 => Verdict::Slower(wait),
            418 => Verdict::Banned(wait),
            _ => Verdict::Answered,
        }
    }

    fn refuse(&mut self, http: &Http, why: &str) {
        let url = format!("{}{}", http.base, http.path);
        // Nothing depends on an audit, and the next one comes by itself.
        let level = if http.purpose == PURPOSE_AUDIT { Level::Info } else { Level::Error };
        self.note(level, format!("request {} to {url} was refused: {why}", http.id));
        self.ready.push(nothing(http.id, REPLY_REFUSED, url, 0, self.shared.now()));
    }
}

fn nothing(id: u64, error: u32, url: String, sent: Nanos, at: Nanos) -> Event {
    let (headers, body) = (Vec::new(), Vec::new());
    Event::Reply { id, status: 0, error, url, headers, body, sent, at }
}
