//! What is left, who waits, and what is forbidden.

use std::collections::BTreeMap;

use patchbay_abi::{BUCKET_ACCOUNT, BUCKET_CONNECTION, PURPOSE_AUDIT};
use patchbay_model::Nanos;
use patchbay_plugin::Bucket;

use super::Owner;
use super::ban::{Ban, Stop};
use super::level::Level;
use super::ticket::{Ask, Verdict, Wait};

const SECOND: Nanos = 1_000_000_000;

/// First bans of venues that do not say how long, after 429 and after 418.
pub(super) const SOFT_BAN: Nanos = SECOND;
pub(super) const HARD_BAN: Nanos = 120 * SECOND;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Address,
    Account(String),
    Connection(u32, u32),
}

pub(super) type Key = (u32, Place);

pub(super) struct Waiting {
    pub(super) ask: Ask,
    pub(super) costs: Vec<(Key, u32)>,
    pub(super) account: Option<String>,
}

/// Share of a limit that audits may fill, unless the configuration says another.
const AUDIT_PERCENT: u32 = 25;

pub(super) struct State {
    pub(super) limits: BTreeMap<u32, Bucket>,
    pub(super) levels: BTreeMap<Key, Level>,
    pub(super) line: BTreeMap<(u8, u64), Waiting>,
    /// Granted requests that are not answered: the account that their answer is about, if it is not
    /// about the address.
    open: BTreeMap<u64, Option<String>>,
    pub(super) address: Ban,
    accounts: BTreeMap<String, Ban>,
    pub(super) connects_until: Nanos,
    pub(super) tickets: u64,
    pub(super) hubs: u32,
    /// An audit leaves the rest of each bucket to the others.
    pub(super) audit_percent: u32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            limits: BTreeMap::new(),
            levels: BTreeMap::new(),
            line: BTreeMap::new(),
            open: BTreeMap::new(),
            address: Ban::default(),
            accounts: BTreeMap::new(),
            connects_until: 0,
            tickets: 0,
            hubs: 0,
            audit_percent: AUDIT_PERCENT,
        }
    }
}

impl State {
    pub(super) fn key(&self, owner: &Owner, bucket: u32) -> Result<Key, String> {
        let limit = self.limits.get(&bucket);
        let limit = limit.ok_or_else(|| format!("bucket {bucket} was not declared"))?;
        let place = match limit.scope {
            BUCKET_ACCOUNT => Place::Account(owner.account.clone()),
            BUCKET_CONNECTION => Place::Connection(owner.hub, owner.conn),
            _ => Place::Address,
        };
        Ok((bucket, place))
    }

    pub(super) fn level(&mut self, key: &Key, now: Nanos) -> &mut Level {
        let limits = &self.limits;
        self.levels.entry(key.clone()).or_insert_with(|| Level::full(&limits[&key.0], now))
    }

    pub(super) fn allowed(&self, waiting: &Waiting, now: Nanos) -> Result<(), Wait> {
        let stop = |stop| match stop {
            Stop::Banned(until) => Wait::Banned(until),
            // The answer to the probe wakes whoever waits.
            Stop::Trial => Wait::Until(now + SECOND),
        };
        match waiting.ask {
            Ask::Connect if now < self.connects_until => Err(Wait::Banned(self.connects_until)),
            // What is open stays in use.
            Ask::Connect | Ask::Frame => Ok(()),
            Ask::Request(_) => {
                self.address.check(now).map_err(stop)?;
                let mut bans = waiting.accounts().filter_map(|account| self.accounts.get(account));
                bans.try_for_each(|ban| ban.check(now)).map_err(stop)
            }
        }
    }

    /// Whether all buckets hold enough for those ahead and this one.
    pub(super) fn afforded(
        &mut self,
        place: (u8, u64),
        waiting: &Waiting,
        now: Nanos,
    ) -> Result<(), Wait> {
        let mut until = now;
        let kept_percent = match waiting.ask {
            Ask::Request(PURPOSE_AUDIT) => 100 - self.audit_percent,
            _ => 0,
        };
        for (key, cost) in &waiting.costs {
            let ahead: i64 = self
                .line
                .range(..place)
                .flat_map(|(_, other)| &other.costs)
                .filter(|(other, _)| other == key)
                .map(|(_, cost)| i64::from(*cost))
                .sum();
            let level = self.level(key, now);
            let kept = level.capacity() * i64::from(kept_percent) / 100;
            let needed = ahead + i64::from(*cost) + kept;
            if level.available(now) < needed {
                until = until.max(level.when(needed, now).max(now + 1_000_000));
            }
        }
        if until > now { Err(Wait::Until(until)) } else { Ok(()) }
    }

    pub(super) fn go(&mut self, number: u64, waiting: &Waiting) {
        self.address.go(number);
        for account in waiting.accounts() {
            if let Some(ban) = self.accounts.get_mut(account) {
                ban.go(number);
            }
        }
        self.open.insert(number, waiting.account.clone());
    }

    /// Until when nothing goes, if so; and whether others should ask again.
    pub(super) fn ended(
        &mut self,
        number: u64,
        verdict: Verdict,
        now: Nanos,
    ) -> (Option<Nanos>, bool) {
        let Some(account) = self.open.remove(&number) else { return (None, false) };
        let (wait, hard) = match verdict {
            Verdict::Slower(wait) => (wait, false),
            Verdict::Banned(wait) => (wait, true),
            Verdict::Answered | Verdict::Nothing => {
                let answered = verdict == Verdict::Answered;
                let mut news = self.address.ended(number, answered, now);
                for ban in self.accounts.values_mut() {
                    news |= ban.ended(number, answered, now);
                }
                return (None, news);
            }
        };
        let first = if hard { HARD_BAN } else { SOFT_BAN };
        let until = match account {
            Some(account) => {
                // It was an answer, as far as the address is concerned.
                self.address.ended(number, true, now);
                self.accounts.entry(account).or_default().strike(wait, first, now)
            }
            None => self.address.strike(wait, first, now),
        };
        if hard {
            self.connects_until = self.connects_until.max(until);
        }
        (Some(until), true)
    }
}

impl Waiting {
    /// Accounts whose limits it counts against.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.costs.iter().filter_map(|((_, place), _)| match place {
            Place::Account(account) => Some(account.as_str()),
            _ => None,
        })
    }
}
