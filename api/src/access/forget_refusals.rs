//! Refusals are kept for as long as someone may ask about them, and deleted then: they name people and addresses, and
//! strangers can cause them.
//!
//! Must never hold up a request: few rows are deleted at a time, and those in use are left for the next time.

use std::num::NonZeroU16;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

const AT_ONCE: u16 = 1000;
const PAUSE: Duration = Duration::from_millis(50);

/// Deletes the refusals older than so many days. Answers with how many rows that were.
pub(crate) async fn forget_refusals(
    pool: &PgPool,
    kept_days: NonZeroU16,
    now: DateTime<Utc>,
) -> Result<u64, sqlx::Error> {
    let before = now - TimeDelta::days(kept_days.get().into());
    let mut forgotten = 0;
    loop {
        let deleted = sqlx::query!(
            "DELETE FROM access_refusals WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM access_refusals WHERE minute < $1 ORDER BY minute LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before,
            i64::from(AT_ONCE)
        )
        .execute(pool)
        .await?
        .rows_affected();
        forgotten += deleted;
        if deleted < u64::from(AT_ONCE) {
            return Ok(forgotten);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
