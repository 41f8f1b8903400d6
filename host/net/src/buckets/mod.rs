//! Rate limits of a venue, shared by all instances that speak to it.

mod ban;
mod level;
mod state;
mod ticket;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patchbay_abi::{BUCKET_ACCOUNT, BUCKET_ADDRESS, BUCKET_CONNECTION, BucketCost, PURPOSE_AUDIT};
use patchbay_model::Nanos;
use patchbay_plugin::Bucket;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use state::{HARD_BAN, Key, Place, SOFT_BAN, State, Waiting};
pub(crate) use ticket::{Ask, Ticket, Verdict, Wait};

/// Whose tokens a cost is taken from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Owner {
    /// The account; instances with the same name share its limits.
    pub(crate) account: String,
    /// Number of the hub, from [`Buckets::join`].
    pub(crate) hub: u32,
    /// Connection, 0 if it is not about one.
    pub(crate) conn: u32,
}

/// The rate limits and bans of one venue.
#[derive(Default)]
pub struct Buckets {
    state: Mutex<State>,
    /// Wakes hubs; what they missed they see by `version`.
    changed: Notify,
    version: AtomicU64,
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
            return Err(format!(
                "bucket {id} ({name}): capacity, refill or period is 0, or no scope"
            ));
        }
        let mut state = self.lock();
        for (_, level) in state.levels.iter_mut().filter(|((id, _), _)| *id == bucket.id) {
            level.redefine(bucket, now);
        }
        state.limits.insert(bucket.id, bucket.clone());
        drop(state);
        self.announce();
        Ok(())
    }

    /// Audits are sent only while they, and everything else, fill no more than `percent` of a limit.
    pub fn limit_audits(&self, percent: u32) {
        self.lock().audit_percent = percent.min(100);
        self.announce();
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

    /// Differs from an earlier value if tickets are worth asking again before their time.
    pub(crate) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    fn announce(&self) {
        self.version.fetch_add(1, Ordering::Release);
        self.changed.notify_waiters();
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
        for cost in costs.iter().filter(|cost| cost.cost > 0) {
            let key = state.key(owner, cost.bucket)?;
            let most = match ask {
                Ask::Request(PURPOSE_AUDIT) => state.audit_percent,
                _ => 100,
            };
            let level = state.level(&key, now);
            let capacity = level.capacity() - level.capacity() * i64::from(100 - most) / 100;
            if i64::from(cost.cost) > capacity {
                let cost = cost.cost;
                return Err(format!(
                    "it costs {cost} of bucket {}, which holds {capacity} for it",
                    key.0
                ));
            }
            keyed.push((key, cost.cost));
        }
        state.tickets += 1;
        let number = state.tickets;
        let of_account = |(key, _): &(Key, u32)| matches!(key.1, Place::Account(_));
        let only_account = !keyed.is_empty() && keyed.iter().all(of_account);
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
            self.announce();
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
            self.announce();
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
