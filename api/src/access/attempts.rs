//! How often someone may try: counted per user name and per client address, in the database, so that every process
//! of the book counts together.
//!
//! An attempt counts before it is checked, so that a hundred at once are a hundred, and is taken back if it was
//! right. A window begins with the first attempt and ends a quarter of an hour later, whatever happens in it.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use super::AccessError;
use crate::problem::{Problem, ProblemKind};

const WINDOW: TimeDelta = TimeDelta::minutes(15);
const PER_NAME: i32 = 10;
/// An office shares one address, so it may fail more often than one person.
const PER_ADDRESS: i32 = 50;

/// Someone tries a password or a key's secret.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) client: Option<IpAddr>,
}

impl Attempt<'_> {
    /// Sorted, so that two attempts never wait for each other.
    fn subjects(&self) -> Vec<String> {
        let address = self.client.map(|client| format!("address:{}", network(client)));
        let name = self.name.map(|name| format!("user:{name}"));
        address.into_iter().chain(name).collect()
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

/// Counts the attempt, and refuses it if there were too many.
pub(super) async fn begin(pool: &PgPool, attempt: &Attempt<'_>, now: DateTime<Utc>) -> Result<(), Problem> {
    forget_old(pool, now).await?;
    let counted = sqlx::query!(
        "INSERT INTO sign_in_attempts AS a (subject, window_started_at, attempts)
         SELECT subject, $2, 1 FROM unnest($1::text[]) AS subject
         ON CONFLICT ON CONSTRAINT sign_in_attempts_pkey DO UPDATE SET
             attempts = CASE WHEN a.window_started_at <= $3 THEN 1 ELSE least(a.attempts + 1, 1000000) END,
             window_started_at = CASE WHEN a.window_started_at <= $3 THEN $2 ELSE a.window_started_at END
         RETURNING subject, attempts, window_started_at",
        &attempt.subjects(),
        now,
        now - WINDOW
    )
    .fetch_all(pool)
    .await?;
    let over = counted.iter().filter(|row| row.attempts > limit(&row.subject));
    match over.map(|row| row.window_started_at + WINDOW - now).max() {
        Some(wait) => {
            let seconds = u64::try_from(wait.num_seconds()).unwrap_or(0) + 1;
            let detail = format!("There were too many failed attempts. Try again in {seconds} seconds.");
            Err(Problem::new(ProblemKind::TooManyAttempts, detail).retry_after(seconds))
        }
        None => Ok(()),
    }
}

fn limit(subject: &str) -> i32 {
    if subject.starts_with("user:") { PER_NAME } else { PER_ADDRESS }
}

/// The attempt was right: the name starts afresh, the address gets its attempt back.
pub(super) async fn take_back(pool: &PgPool, attempt: &Attempt<'_>) -> Result<(), AccessError> {
    sqlx::query!(
        "UPDATE sign_in_attempts
            SET attempts = CASE WHEN subject LIKE 'user:%' THEN 0 ELSE greatest(attempts - 1, 0) END
          WHERE subject = ANY($1)",
        &attempt.subjects()
    )
    .execute(pool)
    .await?;
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
        let attempt = Attempt { name: Some("lei"), client: Some("2001:db8:1:2:3:4:5:6".parse().unwrap()) };
        assert_eq!(attempt.subjects(), ["address:2001:db8:1:2::", "user:lei"]);
        let attempt = Attempt { name: None, client: Some("192.0.2.7".parse().unwrap()) };
        assert_eq!(attempt.subjects(), ["address:192.0.2.7"]);
    }
}
