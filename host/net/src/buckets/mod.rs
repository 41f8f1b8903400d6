//! Rate limits of a venue, shared by all instances that speak to it.

mod ban;
mod level;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patchbay_abi::{
    BUCKET_ACCOUNT, BUCKET_ADDRESS, BUCKET_CONNECTION, BucketCost, PURPOSE_ACCOUNT, PURPOSE_CANCEL,
    PURPOSE_ORDER, PURPOSE_REFERENCE, PURPOSE_SESSION, PURPOSE_SNAPSHOT, PURPOSE_TIME,
};
use patchbay_model::Nanos;
use patchbay_plugin::Bucket;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use ban::{Ban, Stop};
use level::Level;

const SECOND: Nanos = 1_000_000_000;

/// First bans of venues that do not say how long, after 429 and after 418.
const SOFT_BAN: Nanos = SECOND;
const HARD_BAN: Nanos = 120 * SECOND;

/// Whose tokens a cost is taken from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// The account; instances with the same name share its limits.
    pub account: String,
    /// Number of the hub, from [`Buckets::join`].
    pub hub: u32,
    /// Connection, 0 if it is not about one.
    pub conn: u32,
}

/// What wants tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// An HTTP request, by `PURPOSE_*`.
    Request(u32),
    /// An attempt to connect.
    Connect,
    /// A frame over an open connection.
    Frame,
}

impl Ask {
    /// The less, the sooner: cancels first, reference data last.
    const fn rank(self) -> u8 {
        match self {
            Self::Request(PURPOSE_CANCEL) => 0,
            Self::Request(PURPOSE_ORDER) | Self::Frame => 1,
            Self::Connect => 2,
            Self::Request(PURPOSE_SNAPSHOT) => 3,
            Self::Request(PURPOSE_SESSION) => 4,
            Self::Request(PURPOSE_ACCOUNT) => 5,
            Self::Request(PURPOSE_TIME) => 6,
            Self::Request(PURPOSE_REFERENCE) => 8,
            Self::Request(_) => 7,
        }
    }
}

/// A place in the line, or a request that was granted; dropping it gives either up.
pub(crate) struct Ticket {
    buckets: Arc<Buckets>,
    rank: u8,
    number: u64,
    done: bool,
}

impl Ticket {
    /// The less, the sooner it is served.
    pub(crate) const fn place(&self) -> (u8, u64) {
        (self.rank, self.number)
    }

    /// Takes the tokens, if nobody ahead needs them.
    pub(crate) fn take(&self, now: Nanos) -> Result<(), Wait> {
        self.buckets.take((self.rank, self.number), now)
    }

    /// What became of the request; until when nothing goes, if it was forbidden.
    pub(crate) fn ended(mut self, verdict: Verdict, now: Nanos) -> Option<Nanos> {
        self.done = true;
        self.buckets.ended(self.number, verdict, now)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.done {
            self.buckets.give_up((self.rank, self.number));
        }
    }
}

/// Why a ticket is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Worth asking again at this time.
    Until(Nanos),
    /// The venue forbids it until then.
    Banned(Nanos),
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// An answer, whatever it says.
    Answered,
    /// No answer.
    Nothing,
    /// 429: wait this long, if it says so.
    Slower(Option<Nanos>),
    /// 418: as 429, for connects as well.
    Banned(Option<Nanos>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Address,
    Account(String),
    Connection(u32, u32),
}

type Key = (u32, Place);

struct Waiting {
    ask: Ask,
    costs: Vec<(Key, u32)>,
    account: Option<String>,
}

#[derive(Default)]
struct State {
    limits: BTreeMap<u32, Bucket>,
    levels: BTreeMap<Key, Level>,
    line: BTreeMap<(u8, u64), Waiting>,
    /// Granted requests that are not answered: the account that their answer is about, if it is not
    /// about the address.
    open: BTreeMap<u64, Option<String>>,
    address: Ban,
    accounts: BTreeMap<String, Ban>,
    connects_until: Nanos,
    tickets: u64,
    hubs: u32,
}

/// The rate limits and bans of one venue.
#[derive(Default)]
pub struct Buckets {
    state: Mutex<State>,
    changed: Notify,
}

impl Buckets {
    /// No limits yet; adapters declare them.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Declares a limit, or gives it other numbers; what was spent stays spent.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn define(&self, bucket: &Bucket, now: Nanos) -> Result<(), String> {
        let scoped = [BUCKET_ADDRESS, BUCKET_ACCOUNT, BUCKET_CONNECTION].contains(&bucket.scope);
        if bucket.capacity == 0 || bucket.refill == 0 || bucket.period_ns <= 0 || !scoped {
            let Bucket { id, name, .. } = bucket;
            return Err(format!("bucket {id} ({name}): capacity, refill or period is 0, or no scope"));
        }
        let mut state = self.lock();
        for (_, level) in state.levels.iter_mut().filter(|((id, _), _)| *id == bucket.id) {
            level.redefine(bucket, now);
        }
        state.limits.insert(bucket.id, bucket.clone());
        drop(state);
        self.changed.notify_waiters();
        Ok(())
    }

    /// A number for a hub, never given twice.
    pub(crate) fn join(&self) -> u32 {
        let mut state = self.lock();
        state.hubs += 1;
        state.hubs
    }

    /// Completes when tickets are worth asking again before their time.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Puts costs into the line.
    ///
    /// # Errors
    /// A bucket that was not declared, or a cost above its capacity: it would wait forever.
    pub(crate) fn enter(
        self: &Arc<Self>,
        owner: &Owner,
        costs: &[BucketCost],
        ask: Ask,
        now: Nanos,
    ) -> Result<Ticket, String> {
        let mut state = self.lock();
        let mut keyed = Vec::with_capacity(costs.len());
        let mut only_account = !costs.is_empty();
        for cost in costs.iter().filter(|cost| cost.cost > 0) {
            let key = state.key(owner, cost.bucket)?;
            only_account &= matches!(key.1, Place::Account(_));
            let level = state.level(&key, now);
            if i64::from(cost.cost) > level.capacity() {
                let (cost, capacity) = (cost.cost, level.capacity());
                return Err(format!("it costs {cost} of bucket {}, which holds {capacity}", key.0));
            }
            keyed.push((key, cost.cost));
        }
        state.tickets += 1;
        let number = state.tickets;
        let account = only_account.then(|| owner.account.clone());
        let rank = ask.rank();
        state.line.insert((rank, number), Waiting { ask, costs: keyed, account });
        Ok(Ticket { buckets: self.clone(), rank, number, done: false })
    }

    fn take(&self, place: (u8, u64), now: Nanos) -> Result<(), Wait> {
        let mut state = self.lock();
        let Some(waiting) = state.line.remove(&place) else { return Ok(()) };
        let allowed = state.allowed(&waiting, now);
        let allowed = allowed.and_then(|()| state.afforded(place, &waiting, now));
        if let Err(wait) = allowed {
            state.line.insert(place, waiting);
            return Err(wait);
        }
        for (key, cost) in &waiting.costs {
            state.level(key, now).charge(*cost, now);
        }
        if matches!(waiting.ask, Ask::Request(_)) {
            state.go(place.1, &waiting);
        }
        Ok(())
    }

    fn ended(&self, number: u64, verdict: Verdict, now: Nanos) -> Option<Nanos> {
        let (until, news) = self.lock().ended(number, verdict, now);
        if news {
            self.changed.notify_waiters();
        }
        until
    }

    fn give_up(&self, place: (u8, u64)) {
        let mut state = self.lock();
        let waited = state.line.remove(&place).is_some();
        // The clock of a probe that became of nothing: the end of its ban is past already.
        let (_, news) = state.ended(place.1, Verdict::Nothing, Nanos::MIN);
        drop(state);
        if waited || news {
            self.changed.notify_waiters();
        }
    }

    /// A connect was refused with 429 or 418.
    pub(crate) fn connect_refused(&self, wait: Option<Nanos>, hard: bool, now: Nanos) -> Nanos {
        let mut state = self.lock();
        let first = if hard { HARD_BAN } else { SOFT_BAN };
        let until = match hard {
            true => state.address.strike(wait, first, now),
            false => now.saturating_add(wait.unwrap_or(first)),
        };
        state.connects_until = state.connects_until.max(until);
        until
    }

    /// Charges what was sent without asking (pongs).
    pub(crate) fn charge(&self, owner: &Owner, costs: &[BucketCost], now: Nanos) {
        let mut state = self.lock();
        for cost in costs {
            if let Ok(key) = state.key(owner, cost.bucket) {
                state.level(&key, now).charge(cost.cost, now);
            }
        }
    }

    /// Whether a bucket counts per connection.
    pub(crate) fn is_per_connection(&self, bucket: u32) -> bool {
        self.lock().limits.get(&bucket).is_some_and(|b| b.scope == BUCKET_CONNECTION)
    }

    /// A connection is gone, and its limits with it.
    pub(crate) fn forget(&self, owner: &Owner) {
        let place = Place::Connection(owner.hub, owner.conn);
        self.lock().levels.retain(|(_, at), _| *at != place);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is complete before anything that can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn key(&self, owner: &Owner, bucket: u32) -> Result<Key, String> {
        let limit = self.limits.get(&bucket);
        let limit = limit.ok_or_else(|| format!("bucket {bucket} was not declared"))?;
        let place = match limit.scope {
            BUCKET_ACCOUNT => Place::Account(owner.account.clone()),
            BUCKET_CONNECTION => Place::Connection(owner.hub, owner.conn),
            _ => Place::Address,
        };
        Ok((bucket, place))
    }

    fn level(&mut self, key: &Key, now: Nanos) -> &mut Level {
        let limits = &self.limits;
        self.levels.entry(key.clone()).or_insert_with(|| Level::full(&limits[&key.0], now))
    }

    fn allowed(&self, waiting: &Waiting, now: Nanos) -> Result<(), Wait> {
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
    fn afforded(&mut self, place: (u8, u64), waiting: &Waiting, now: Nanos) -> Result<(), Wait> {
        let mut until = now;
        for (key, cost) in &waiting.costs {
            let ahead: i64 = self
                .line
                .range(..place)
                .flat_map(|(_, other)| &other.costs)
                .filter(|(other, _)| other == key)
                .map(|(_, cost)| i64::from(*cost))
                .sum();
            let needed = ahead + i64::from(*cost);
            let level = self.level(key, now);
            if level.available(now) < needed {
                until = until.max(level.when(needed, now).max(now + 1_000_000));
            }
        }
        if until > now { Err(Wait::Until(until)) } else { Ok(()) }
    }

    fn go(&mut self, number: u64, waiting: &Waiting) {
        self.address.go(number);
        for account in waiting.accounts() {
            if let Some(ban) = self.accounts.get_mut(account) {
                ban.go(number);
            }
        }
        self.open.insert(number, waiting.account.clone());
    }

    /// Until when nothing goes, if so; and whether others should ask again.
    fn ended(&mut self, number: u64, verdict: Verdict, now: Nanos) -> (Option<Nanos>, bool) {
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
    fn accounts(&self) -> impl Iterator<Item = &str> {
        self.costs.iter().filter_map(|((_, place), _)| match place {
            Place::Account(account) => Some(account.as_str()),
            _ => None,
        })
    }
}
