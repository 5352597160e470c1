//! How often someone may fail: counted per user name and client address together, per name and per address, in the
//! database, so that every process of the book counts together.
//!
//! Only what failed counts. Secrets are compared a few at a time, each behind a look at the counts, so that however
//! many come at once no more than those few are one too many. A window begins with the first failure and ends a
//! quarter of an hour later, whatever happens in it.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use super::{Access, AccessError};
use crate::problem::{Problem, ProblemKind};

const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Of one name from one address: nobody locks out a user from where he does not sit.
const PER_NAME_AND_ADDRESS: i32 = 10;
/// Of one name from everywhere: it takes ten addresses to get there.
const PER_NAME: i32 = 100;
/// An office shares one address, so it may fail more often than one person.
const PER_ADDRESS: i32 = 50;

/// Someone tries a password or a key's secret.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    /// Of a user; API keys are counted by address only.
    pub(super) name: Option<String>,
    pub(super) client: Option<IpAddr>,
}

impl Attempt {
    fn address(&self) -> Option<String> {
        self.client.map(|client| format!("address:{}", network(client)))
    }

    /// What is counted of it, and how often that may fail. Sorted, so that two attempts never wait for each other.
    fn subjects(&self) -> Vec<(String, i32)> {
        let address = self.address().map(|address| (address, PER_ADDRESS));
        let name = self.name.as_ref().map(|name| (format!("user:{name}"), PER_NAME));
        let both = self.name_and_address().map(|both| (both, PER_NAME_AND_ADDRESS));
        address.into_iter().chain(name).chain(both).collect()
    }

    /// No name contains a space.
    fn name_and_address(&self) -> Option<String> {
        let address = self.address().unwrap_or_else(|| "address:unknown".into());
        self.name.as_ref().map(|name| format!("user:{name} {address}"))
    }
}

/// The address, or for IPv6 the /64 network: one client has all of it.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => {
            let prefix = address.to_bits() >> 64 << 64;
            IpAddr::V6(prefix.into())
        }
    }
}

impl Access {
    /// Whether the secret is the stored one; refused if there were too many failures.
    ///
    /// Runs to its end although the client goes away, so that nobody fails uncounted.
    pub(super) async fn try_secret(
        &self,
        pool: &PgPool,
        attempt: Attempt,
        (secret, stored): (String, Option<String>),
        now: DateTime<Utc>,
    ) -> Result<bool, Problem> {
        let (access, pool) = (self.clone(), pool.clone());
        let tried = tokio::spawn(async move {
            // Who is refused anyway does not wait for others.
            check(&pool, &attempt, now).await?;
            let _turn = access.turns.acquire().await.map_err(Problem::internal)?;
            check(&pool, &attempt, now).await?;
            let right = access.passwords.matches(secret, stored).await?;
            if right {
                start_afresh(&pool, &attempt).await?;
            } else {
                count(&pool, attempt.subjects().into_iter().map(|(subject, _)| subject), now).await?;
            }
            Ok(right)
        });
        tried.await.unwrap_or_else(|error| Err(Problem::internal(error)))
    }
}

/// Refuses the attempt if there were too many failures. Going on at a closed door counts for the address alone, or
/// one address could close a name for all others.
async fn check(pool: &PgPool, attempt: &Attempt, now: DateTime<Utc>) -> Result<(), Problem> {
    let (subjects, limits): (Vec<String>, Vec<i32>) = attempt.subjects().into_iter().unzip();
    let until = sqlx::query_scalar!(
        "SELECT max(a.window_started_at)
           FROM unnest($1::text[], $2::integer[]) AS allowed (subject, failures)
           JOIN sign_in_attempts a ON a.subject = allowed.subject AND a.attempts >= allowed.failures
          WHERE a.window_started_at > $3",
        &subjects,
        &limits,
        now - WINDOW
    )
    .fetch_one(pool)
    .await?;
    let Some(begun) = until else { return Ok(()) };
    count(pool, attempt.address().into_iter(), now).await?;
    let seconds = u64::try_from((begun + WINDOW - now).num_seconds()).unwrap_or(0) + 1;
    let detail = format!("There were too many failed attempts. Try again in {seconds} seconds.");
    Err(Problem::new(ProblemKind::TooManyAttempts, detail).retry_after(seconds))
}

async fn count(
    pool: &PgPool,
    subjects: impl Iterator<Item = String>,
    now: DateTime<Utc>,
) -> Result<(), AccessError> {
    forget_old(pool, now).await?;
    sqlx::query!(
        "INSERT INTO sign_in_attempts AS a (subject, window_started_at, attempts)
         SELECT subject, $2, 1 FROM unnest($1::text[]) AS subject
         ON CONFLICT ON CONSTRAINT sign_in_attempts_pkey DO UPDATE SET
             attempts = CASE WHEN a.window_started_at <= $3 THEN 1 ELSE least(a.attempts + 1, 1000000) END,
             window_started_at = CASE WHEN a.window_started_at <= $3 THEN $2 ELSE a.window_started_at END",
        &subjects.collect::<Vec<_>>(),
        now,
        now - WINDOW
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Who was right may fail again from where he sits; what failed elsewhere stays counted.
async fn start_afresh(pool: &PgPool, attempt: &Attempt) -> Result<(), AccessError> {
    let Some(subject) = attempt.name_and_address() else { return Ok(()) };
    sqlx::query!("DELETE FROM sign_in_attempts WHERE subject = $1", subject).execute(pool).await?;
    Ok(())
}

/// Rows another attempt is using are left for later, so that nobody waits for this.
async fn forget_old(pool: &PgPool, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM sign_in_attempts WHERE subject IN (
             SELECT subject FROM sign_in_attempts WHERE window_started_at <= $1
              ORDER BY window_started_at LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        now - WINDOW
    )
    .execute(pool)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_of_ipv6_is_its_network() {
        let attempt =
            Attempt { name: Some("lei".into()), client: Some("2001:db8:1:2:3:4:5:6".parse().unwrap()) };
        let subjects = attempt.subjects();
        assert_eq!(
            subjects.iter().map(|(subject, limit)| (subject.as_str(), *limit)).collect::<Vec<_>>(),
            [("address:2001:db8:1:2::", 50), ("user:lei", 100), ("user:lei address:2001:db8:1:2::", 10)]
        );
        assert!(subjects.is_sorted());
        let attempt = Attempt { name: None, client: Some("192.0.2.7".parse().unwrap()) };
        assert_eq!(attempt.subjects(), [("address:192.0.2.7".to_owned(), 50)]);
    }
}
