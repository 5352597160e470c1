//! Who was turned away, when and why: collected in memory, written down every few seconds.
//!
//! The same by the same within a minute is one row with a count, and one minute has a limited number of rows, so
//! nobody fills the disk by asking. No request waits for this.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sqlx::PgPool;

/// How often what was collected is written.
pub(crate) const WRITE_EVERY: Duration = Duration::from_secs(2);

/// Different refusals kept apart in one minute. Signed-in callers are few, strangers may be many.
const KNOWN_PER_MINUTE: usize = 1000;
const STRANGERS_PER_MINUTE: usize = 60;

/// What refusals beyond the limit are added up under.
const OTHERS: &str = "others";

/// Someone was turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessRefusal {
    /// The actor, or `anonymous`, or the name a sign-in was tried with.
    pub(crate) principal: String,
    /// Whether the principal has proven who it is.
    pub(crate) signed_in: bool,
    pub(crate) client_address: String,
    /// Method and route template.
    pub(crate) route: String,
    /// The kind of problem that was answered.
    pub(crate) reason: &'static str,
    pub(crate) request_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    minute: DateTime<Utc>,
    principal: String,
    client_address: String,
    route: String,
    reason: &'static str,
}

#[derive(Debug, Clone)]
struct Count {
    count: i64,
    last_at: DateTime<Utc>,
    last_request_id: String,
}

#[derive(Debug, Default)]
struct Collected {
    waiting: HashMap<Key, Count>,
    /// What is kept apart in the present minute, written or not.
    minute: Option<DateTime<Utc>>,
    known: HashSet<Key>,
    strangers: HashSet<Key>,
}

#[derive(Debug, Default)]
pub(crate) struct RefusalRecorder(Mutex<Collected>);

impl RefusalRecorder {
    /// Notes a refusal; it is written soon.
    pub(crate) fn note(&self, refusal: AccessRefusal, now: DateTime<Utc>) {
        let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
        let mut collected = self.lock();
        if collected.minute != Some(minute) {
            collected.minute = Some(minute);
            collected.known.clear();
            collected.strangers.clear();
        }
        let mut key = Key {
            minute,
            principal: refusal.principal,
            client_address: refusal.client_address,
            route: refusal.route,
            reason: refusal.reason,
        };
        if !collected.keeps_apart(&key, refusal.signed_in) {
            key.principal = OTHERS.into();
            key.client_address = OTHERS.into();
        }
        let count = Count { count: 0, last_at: now, last_request_id: String::new() };
        let counted = collected.waiting.entry(key).or_insert(count);
        counted.count += 1;
        counted.last_at = now;
        counted.last_request_id = refusal.request_id;
    }

    /// Writes what was collected. What cannot be written is kept for the next time.
    pub(crate) async fn write(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let waiting = std::mem::take(&mut self.lock().waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        let written = insert(pool, &waiting).await;
        if written.is_err() {
            self.lock().put_back(waiting);
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, Collected> {
        // A count may be missing one; nothing else can be wrong behind a poisoned lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collected {
    fn keeps_apart(&mut self, key: &Key, signed_in: bool) -> bool {
        let (kept, limit) = if signed_in {
            (&mut self.known, KNOWN_PER_MINUTE)
        } else {
            (&mut self.strangers, STRANGERS_PER_MINUTE)
        };
        kept.contains(key) || (kept.len() < limit && kept.insert(key.clone()))
    }

    /// While the database is away, only so many minutes are kept.
    fn put_back(&mut self, unwritten: HashMap<Key, Count>) {
        for (key, count) in unwritten {
            if self.waiting.len() >= 10 * KNOWN_PER_MINUTE {
                return;
            }
            let known = self.waiting.entry(key).or_insert_with(|| Count { count: 0, ..count.clone() });
            known.count += count.count;
        }
    }
}

async fn insert(pool: &PgPool, waiting: &HashMap<Key, Count>) -> Result<(), sqlx::Error> {
    let mut rows: Vec<_> = waiting.iter().collect();
    // Always in the same order, so that two processes never wait for each other.
    rows.sort_by_key(|(key, _)| {
        (key.minute, key.principal.clone(), key.client_address.clone(), key.route.clone())
    });
    let column =
        |of: fn(&Key, &Count) -> String| rows.iter().map(|(key, count)| of(key, count)).collect::<Vec<_>>();
    let minutes: Vec<_> = rows.iter().map(|(key, _)| key.minute).collect();
    let counts: Vec<_> = rows.iter().map(|(_, count)| count.count).collect();
    let last: Vec<_> = rows.iter().map(|(_, count)| count.last_at).collect();
    sqlx::query!(
        "INSERT INTO access_refusals AS r
             (minute, principal, client_address, route, reason, count, last_at, last_request_id)
         SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                              $7::timestamptz[], $8::text[])
         ON CONFLICT ON CONSTRAINT access_refusals_pkey DO UPDATE SET
             count = r.count + excluded.count,
             last_at = greatest(r.last_at, excluded.last_at),
             last_request_id = excluded.last_request_id",
        &minutes,
        &column(|key, _| key.principal.clone()),
        &column(|key, _| key.client_address.clone()),
        &column(|key, _| key.route.clone()),
        &column(|key, _| key.reason.to_owned()),
        &counts,
        &last,
        &column(|_, count| count.last_request_id.clone())
    )
    .execute(pool)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(principal: &str, signed_in: bool) -> AccessRefusal {
        AccessRefusal {
            principal: principal.into(),
            signed_in,
            client_address: "192.0.2.1".into(),
            route: "GET /v1/users".into(),
            reason: "forbidden",
            request_id: "r-1".into(),
        }
    }

    #[test]
    fn the_same_within_a_minute_is_one_row() {
        let (recorder, now) = (RefusalRecorder::default(), DateTime::UNIX_EPOCH);
        for second in 0..5 {
            recorder.note(refusal("user:lei", true), now + TimeDelta::seconds(second));
        }
        recorder.note(refusal("user:lei", true), now + TimeDelta::seconds(60));
        let collected = recorder.lock();
        let mut counts: Vec<_> = collected.waiting.values().map(|count| count.count).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 5]);
    }

    #[test]
    fn strangers_beyond_the_limit_are_added_up() {
        let (recorder, now) = (RefusalRecorder::default(), DateTime::UNIX_EPOCH);
        for stranger in 0..10_000 {
            recorder.note(refusal(&format!("sign-in:{stranger}"), false), now);
        }
        recorder.note(refusal("user:lei", true), now);
        let collected = recorder.lock();
        assert_eq!(collected.waiting.len(), STRANGERS_PER_MINUTE + 2);
        let others = collected.waiting.iter().find(|(key, _)| key.principal == OTHERS).unwrap();
        assert_eq!(others.1.count, 10_000 - i64::try_from(STRANGERS_PER_MINUTE).unwrap());
        assert!(collected.waiting.keys().any(|key| key.principal == "user:lei"));
    }
}
