//! How the projections are doing, for people and for health checks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use tallybook_event_store::journal::unsigned;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Blocker, Phase};

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
    /// Whether that process still leads: it has said so within its lease.
    pub led: bool,
    /// Since when it leads. Nothing if nobody does.
    pub led_since: Option<DateTime<Utc>>,
    /// Another may take over after this moment, if the leader does not say again that it is there.
    pub lease_until: Option<DateTime<Utc>>,
    /// The rebuild of it that is under way.
    pub rebuild: Option<RebuildUnderWay>,
    /// When it last moved, stopped or changed hands.
    pub updated_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A process leads it.
    Running,
    /// Nobody runs it: what is recorded now does not come into its tables.
    NotLed,
    /// An event cannot be folded; nothing after it is.
    Stopped,
}

/// A rebuild whose process is alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RebuildUnderWay {
    pub id: Uuid,
    pub phase: Phase,
    /// Whole percents of the folding.
    pub percent: u64,
    /// Whose transactions the swap waits for.
    pub waits_for: Vec<Blocker>,
}

/// Every projection that was ever run, by name.
pub async fn statuses(pool: &PgPool) -> Result<Vec<ProjectionStatus>, sqlx::Error> {
    // A rebuild whose process has died is said to run until it is swept up: only the lock of its run tells.
    let rows = sqlx::query!(
        r#"SELECT name, version, p.position, book_head.position AS head, status, p.error, error_position, leader,
                  coalesce(lease_until > clock_timestamp(), false) AS "led!", led_since, lease_until, updated_at,
                  r.id AS "rebuild?", r.progress
             FROM book_head, projections AS p
             LEFT JOIN rebuilds AS r
               ON r.projection = p.name AND r.state = 'running'
              AND EXISTS (SELECT FROM pg_locks
                           WHERE locktype = 'advisory' AND granted
                             AND classid = hashtext('rebuild of ' || current_schema())::oid
                             AND objid = hashtext('run ' || r.run)::oid)
            ORDER BY name"#
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let (position, head) = (unsigned(row.position)?, unsigned(row.head)?);
            let led = row.led && row.leader.is_some();
            Ok(ProjectionStatus {
                name: row.name,
                version: row.version,
                position,
                head,
                lag: head.saturating_sub(position),
                status: stored_status(&row.status, led)?,
                error: row.error,
                error_position: row.error_position.map(unsigned).transpose()?,
                leader: row.leader,
                led,
                led_since: row.led_since.filter(|_| led),
                lease_until: row.lease_until,
                rebuild: row.rebuild.map(|id| under_way(id, row.progress)),
                updated_at: row.updated_at,
            })
        })
        .collect()
}

/// Progress is written from half a second on.
fn under_way(id: Uuid, progress: Option<serde_json::Value>) -> RebuildUnderWay {
    #[derive(Deserialize)]
    struct Written {
        phase: Phase,
        percent: u64,
        waits_for: Vec<Blocker>,
    }
    match progress.and_then(|progress| serde_json::from_value::<Written>(progress).ok()) {
        Some(Written { phase, percent, waits_for }) => RebuildUnderWay { id, phase, percent, waits_for },
        None => RebuildUnderWay { id, phase: Phase::Waiting, percent: 0, waits_for: Vec::new() },
    }
}

/// A word this program does not know is of a newer one; it is not taken for one of ours.
fn stored_status(word: &str, led: bool) -> Result<Status, sqlx::Error> {
    match word {
        "running" if led => Ok(Status::Running),
        "running" => Ok(Status::NotLed),
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
        assert_eq!(stored_status("running", true).unwrap(), Status::Running);
        assert_eq!(stored_status("running", false).unwrap(), Status::NotLed);
        assert_eq!(stored_status("stopped", true).unwrap(), Status::Stopped);
        assert!(stored_status("unheard of", true).unwrap_err().to_string().contains("unheard of"));
    }
}
