//! What has to be done about payouts: those that have come to no end, and withdrawals that have none yet. These are
//! asked for by whoever attends to them, again and again, page by page.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row as _};
use tallybook_domain::WithdrawalId;
use tallybook_domain::payouts::{PayoutId, PayoutState};

use crate::query::{ReadError, count, signed, spelled};

/// A payout that is sent by itself and has come to no end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPayout {
    pub id: PayoutId,
    pub state: PayoutState,
    pub sent_at: Option<DateTime<Utc>>,
    /// Where the next page begins, after the last one of this.
    pub position: u64,
}

impl FromRow<'_, PgRow> for OpenPayout {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            state: spelled(row, "state")?,
            sent_at: row.try_get("sent_at")?,
            position: count(row, "created_position")?,
        })
    }
}

/// Those that can be sent or asked about, oldest first. What is doubted waits for a person.
pub async fn open_payouts(pool: &PgPool, after: u64, limit: u32) -> Result<Vec<OpenPayout>, ReadError> {
    let open = sqlx::query_as(
        "SELECT id, state, sent_at, created_position FROM payouts
          WHERE state NOT IN ('succeeded', 'failed', 'returned') AND state <> 'doubted' AND adapter = 'http'
            AND created_position > $1
          ORDER BY created_position LIMIT $2",
    );
    Ok(open.bind(signed(after)?).bind(i64::from(limit)).fetch_all(pool).await?)
}

/// Withdrawals that are approved and not submitted, oldest first, each with where the next page begins after it.
pub async fn approved_withdrawals(
    pool: &PgPool,
    after: u64,
    limit: u32,
) -> Result<Vec<(WithdrawalId, u64)>, ReadError> {
    let rows = sqlx::query(
        "SELECT id, created_position FROM withdrawals WHERE state = 'approved' AND created_position > $1
          ORDER BY created_position LIMIT $2",
    );
    let rows = rows.bind(signed(after)?).bind(i64::from(limit)).fetch_all(pool).await?;
    rows.iter().map(|row| Ok((spelled(row, "id")?, count(row, "created_position")?))).collect()
}
