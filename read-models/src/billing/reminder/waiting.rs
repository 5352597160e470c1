//! What there is to do for whoever reminds: bills that have come to a step, reminders that are not delivered.
//!
//! Says who may have to be asked; whether anything happens is decided from the events.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::PgPool;
use tallybook_domain::billing::reminder::NO_ADDRESS;
use tallybook_domain::billing::{BillId, ReminderChannel, ReminderStep};

use super::ReminderRow;
use crate::query::{ReadError, read};

/// Bills that are owed and not in dispute, and were not reminded of at the step they have come to: at most so many, those
/// due first first.
pub async fn bills_to_remind(
    pool: &PgPool,
    today: NaiveDate,
    at_most: i64,
) -> Result<Vec<BillId>, ReadError> {
    let mut bills = Vec::new();
    let mut before = NaiveDate::MIN;
    for step in ReminderStep::ALL.into_iter().rev() {
        let due = today.checked_sub_signed(TimeDelta::days(step.days())).unwrap_or(today);
        let left = at_most.saturating_sub(i64::try_from(bills.len()).unwrap_or(i64::MAX));
        let found = sqlx::query_scalar!(
            "SELECT id FROM bills
              WHERE open > 0 AND dispute <> 'open' AND due_date > $1 AND due_date <= $2
                AND NOT EXISTS (SELECT FROM reminders WHERE bill = bills.id AND step = $3)
              ORDER BY due_date, created_position LIMIT $4",
            // PostgreSQL has no such early day.
            before.max(NaiveDate::default()),
            due,
            step.as_str(),
            left
        )
        .fetch_all(pool)
        .await?;
        for id in found {
            bills.push(read(&id, "id")?);
        }
        before = due;
    }
    Ok(bills)
}

/// Reminders on these channels whose time has come, those raised first first: at most so many.
pub async fn reminders_to_deliver(
    pool: &PgPool,
    channels: &[ReminderChannel],
    now: DateTime<Utc>,
    at_most: i64,
) -> Result<Vec<ReminderRow>, ReadError> {
    let channels: Vec<String> = channels.iter().map(ToString::to_string).collect();
    let rows = sqlx::query_as(
        "SELECT * FROM reminders
          WHERE status = 'pending' AND channel = ANY($1) AND (next_attempt_at IS NULL OR next_attempt_at <= $2)
          ORDER BY raised_position, channel LIMIT $3",
    )
    .bind(channels)
    .bind(now)
    .bind(at_most)
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// Reminders that were given up for want of an address, where the customer's file has one now; of a bill that is owed and
/// not in dispute, and the last that was raised of it: at most so many, those raised first first.
pub async fn reminders_to_resume(pool: &PgPool, at_most: i64) -> Result<Vec<ReminderRow>, ReadError> {
    let rows = sqlx::query_as(
        "SELECT given_up.* FROM reminders given_up
           JOIN customers ON customers.id = given_up.customer AND customers.email IS NOT NULL
           JOIN bills ON bills.id = given_up.bill AND bills.open > 0 AND bills.dispute <> 'open'
          WHERE given_up.status = 'failed' AND given_up.reason = $1
            AND NOT EXISTS (SELECT FROM reminders later
                             WHERE later.bill = given_up.bill AND later.raised_position > given_up.raised_position)
          ORDER BY given_up.raised_position, given_up.channel LIMIT $2",
    )
    .bind(NO_ADDRESS)
    .bind(at_most)
    .fetch_all(pool)
    .await?;
    Ok(rows)
}
