//! Rebuilds as `rebuilds` keeps them: asked for, under way, ended.
//!
//! An operator's record. Whether a rebuild is under way is decided by its lock, not by its row: a row may say so after
//! its process has died.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{RebuildError, RebuildOutcome, RebuildRequest};
use crate::generation::ProgressReport;

/// A rebuild that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RebuildRecord {
    pub id: Uuid,
    pub projection: String,
    pub state: RebuildState,
    /// Made and compared, not swapped.
    pub dry_run: bool,
    /// Any difference is a failure.
    pub expect_equal: bool,
    /// No rebuild, but a return to the tables that were replaced.
    pub back: bool,
    /// What was begun together has the same number, and is done by one process.
    pub run: Option<i32>,
    pub requested_by: String,
    pub requested_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// It ends as soon as it notices.
    pub cancel_requested: bool,
    /// How far it is, or was at its end.
    #[schema(value_type = Option<ProgressReport>)]
    pub progress: Option<serde_json::Value>,
    /// What it would change or has changed.
    #[schema(value_type = Option<RebuildOutcome>)]
    pub report: Option<serde_json::Value>,
    /// Why it failed. The tables in use are as they were.
    pub error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RebuildState {
    /// Waits for a projector.
    Requested,
    Running,
    /// The new tables are in use.
    Swapped,
    /// It was a dry run: nothing was swapped.
    Compared,
    Failed,
    Cancelled,
}

impl RebuildState {
    const ALL: [Self; 6] =
        [Self::Requested, Self::Running, Self::Swapped, Self::Compared, Self::Failed, Self::Cancelled];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Running => "running",
            Self::Swapped => "swapped",
            Self::Compared => "compared",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn is_over(self) -> bool {
        match self {
            Self::Requested | Self::Running => false,
            Self::Swapped | Self::Compared | Self::Failed | Self::Cancelled => true,
        }
    }

    fn stored(word: &str) -> Result<Self, sqlx::Error> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or_else(|| sqlx::Error::Decode(format!("the state of a rebuild is {word:?}").into()))
    }
}

impl RebuildRecord {
    pub fn request(&self) -> RebuildRequest {
        RebuildRequest { dry_run: self.dry_run, expect_equal: self.expect_equal }
    }
}

/// A rebuild somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct NewRebuild<'a> {
    /// Asking again under the same id asks for nothing new.
    pub id: Uuid,
    pub projection: &'a str,
    pub request: RebuildRequest,
    pub by: &'a str,
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Now(RebuildRecord),
    /// Under the same id, perhaps for something else.
    Before(RebuildRecord),
}

#[expect(clippy::disallowed_methods, reason = "nothing is decided by the id of a rebuild")]
pub(super) fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Asks whoever runs projections for a rebuild.
pub async fn request_rebuild(pool: &PgPool, new: NewRebuild<'_>) -> Result<Asked, RebuildError> {
    let asked = sqlx::query!(
        "INSERT INTO rebuilds (id, projection, dry_run, expect_equal, requested_by, requested_at)
         VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT DO NOTHING",
        new.id,
        new.projection,
        new.request.dry_run,
        new.request.expect_equal,
        new.by
    )
    .execute(pool)
    .await?;
    match find_rebuild(pool, new.id).await? {
        Some(record) if asked.rows_affected() == 1 => Ok(Asked::Now(record)),
        Some(record) => Ok(Asked::Before(record)),
        None => Err(RebuildError::UnderWay { name: new.projection.to_owned() }),
    }
}

/// Stops a rebuild: one that waits at once, one under way as soon as it notices. `None`: there is none of this id. One
/// that is over stays as it is.
pub async fn cancel_rebuild(pool: &PgPool, id: Uuid) -> Result<Option<RebuildRecord>, sqlx::Error> {
    sqlx::query!(
        "UPDATE rebuilds
            SET cancel_requested = true,
                state = CASE state WHEN 'requested' THEN 'cancelled' ELSE state END,
                finished_at = CASE state WHEN 'requested' THEN clock_timestamp() END
          WHERE id = $1 AND state IN ('requested', 'running')",
        id
    )
    .execute(pool)
    .await?;
    find_rebuild(pool, id).await
}

pub async fn find_rebuild(pool: &PgPool, id: Uuid) -> Result<Option<RebuildRecord>, sqlx::Error> {
    let row = sqlx::query_as!(
        StoredRebuild,
        "SELECT id, projection, state, dry_run, expect_equal, back, run, requested_by, requested_at, started_at,
                finished_at, cancel_requested, progress, report, error
           FROM rebuilds WHERE id = $1",
        id
    )
    .fetch_optional(pool)
    .await?;
    row.map(RebuildRecord::try_from).transpose()
}

/// The latest first, of one projection or of all, from the one before `before`.
pub async fn list_rebuilds(
    pool: &PgPool,
    projection: Option<&str>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<RebuildRecord>, sqlx::Error> {
    let rows = sqlx::query_as!(
        StoredRebuild,
        "SELECT id, projection, state, dry_run, expect_equal, back, run, requested_by, requested_at, started_at,
                finished_at, cancel_requested, progress, report, error
           FROM rebuilds
          WHERE ($1::text IS NULL OR projection = $1)
            AND ($2::uuid IS NULL OR (requested_at, id) < (SELECT b.requested_at, b.id FROM rebuilds AS b WHERE b.id = $2))
          ORDER BY requested_at DESC, id DESC LIMIT $3",
        projection,
        before,
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(RebuildRecord::try_from).collect()
}

/// Those that wait for a projector, the one that waits longest first.
pub(super) async fn waiting(pool: &PgPool) -> Result<Vec<RebuildRecord>, sqlx::Error> {
    let rows = sqlx::query_as!(
        StoredRebuild,
        "SELECT id, projection, state, dry_run, expect_equal, back, run, requested_by, requested_at, started_at,
                finished_at, cancel_requested, progress, report, error
           FROM rebuilds WHERE state = 'requested' ORDER BY requested_at, id",
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(RebuildRecord::try_from).collect()
}

/// A row as it is read.
struct StoredRebuild {
    id: Uuid,
    projection: String,
    state: String,
    dry_run: bool,
    expect_equal: bool,
    back: bool,
    run: Option<i32>,
    requested_by: String,
    requested_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    cancel_requested: bool,
    progress: Option<serde_json::Value>,
    report: Option<serde_json::Value>,
    error: Option<String>,
}

impl TryFrom<StoredRebuild> for RebuildRecord {
    type Error = sqlx::Error;

    fn try_from(row: StoredRebuild) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.id,
            projection: row.projection,
            state: RebuildState::stored(&row.state)?,
            dry_run: row.dry_run,
            expect_equal: row.expect_equal,
            back: row.back,
            run: row.run,
            requested_by: row.requested_by,
            requested_at: row.requested_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            cancel_requested: row.cancel_requested,
            progress: row.progress,
            report: row.report,
            error: row.error,
        })
    }
}
