//! How the projections are doing, for people and for health checks.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use tallybook_event_store::journal::unsigned;
use utoipa::ToSchema;

/// A projection as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectionStatus {
    pub name: String,
    /// Of the fold its tables were made by.
    pub version: i32,
    /// Everything up to here is in its tables.
    pub position: u64,
    /// The last position of the journal.
    pub head: u64,
    /// Events still to be folded.
    pub lag: u64,
    pub status: Status,
    /// Why it has stopped.
    pub error: Option<String>,
    /// The event that stopped it.
    pub error_position: Option<u64>,
    /// The process that leads it, or led it last.
    pub leader: Option<String>,
    /// Whether that process still leads.
    pub led: bool,
    /// When it last moved, stopped or changed hands.
    pub updated_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Running,
    /// An event cannot be folded; nothing after it is.
    Stopped,
}

/// Every projection that was ever run, by name.
pub async fn statuses(pool: &PgPool) -> Result<Vec<ProjectionStatus>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT name, version, projections.position, book_head.position AS head, status, error, error_position,
                  leader, coalesce(lease_until > clock_timestamp(), false) AS "led!", updated_at
             FROM projections, book_head ORDER BY name"#
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let (position, head) = (unsigned(row.position)?, unsigned(row.head)?);
            Ok(ProjectionStatus {
                name: row.name,
                version: row.version,
                position,
                head,
                lag: head.saturating_sub(position),
                status: stored_status(&row.status)?,
                error: row.error,
                error_position: row.error_position.map(unsigned).transpose()?,
                leader: row.leader,
                led: row.led,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

/// A word this program does not know is of a newer one; it is not taken for one of ours.
fn stored_status(word: &str) -> Result<Status, sqlx::Error> {
    match word {
        "running" => Ok(Status::Running),
        "stopped" => Ok(Status::Stopped),
        unknown => Err(sqlx::Error::Decode(format!("a projection's status is {unknown:?}").into())),
    }
}

/// Lets a stopped projection try again. `false`: it had not stopped.
pub async fn resume(pool: &PgPool, name: &str) -> Result<bool, sqlx::Error> {
    let resumed = sqlx::query!(
        "UPDATE projections
            SET status = 'running', error = NULL, error_position = NULL, updated_at = clock_timestamp()
          WHERE name = $1 AND status = 'stopped'",
        name
    )
    .execute(pool)
    .await?;
    Ok(resumed.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_one_of_ours_or_an_error() {
        assert_eq!(stored_status("running").unwrap(), Status::Running);
        assert_eq!(stored_status("stopped").unwrap(), Status::Stopped);
        assert!(stored_status("unheard of").unwrap_err().to_string().contains("unheard of"));
    }
}
