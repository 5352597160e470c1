//! Asking for runs of usage sources.

use serde::Serialize;
use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::billing::usage_source::{SourceName, UsageRunId, UsageRunState};
use utoipa::ToSchema;

use super::{FailedCollectionRow, UsageRunRow, UsageRuns};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read, read_key, signed, write_cursor,
};

/// Failures that a run itself tells.
const TOLD: i64 = 1_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageRunFilter {
    pub source: Option<SourceName>,
    pub state: Option<UsageRunState>,
}

/// A run, and what it could not collect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageRunStatus {
    #[serde(flatten)]
    pub run: UsageRunRow,
    /// The first thousand, since the run was begun or taken up last.
    pub failures: Vec<FailedCollectionRow>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RunOrder {
    Started,
}

impl SortKey for RunOrder {
    const ALL: &'static [Self] = &[Self::Started];
    const DEFAULT: Sort<Self> = Sort { by: Self::Started, direction: Direction::Descending };

    fn name(self) -> &'static str {
        "started"
    }
}

/// The latest first.
pub async fn list_usage_runs(
    pool: &PgPool,
    filter: &UsageRunFilter,
    paging: &Paging,
) -> Result<Page<Vec<UsageRunRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM usage_runs WHERE true");
    if let Some(source) = &filter.source {
        query.push(" AND source = ").push_bind(source.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some([position]) = paging.after(RunOrder::DEFAULT)? {
        query.push(" AND started_position < ").push_bind(read_key::<i64>(&position)?);
    }
    query.push(" ORDER BY started_position DESC LIMIT ").push_bind(paging.rows_to_fetch());
    let mut snapshot = Snapshot::take::<UsageRuns>(pool).await?;
    let position = snapshot.position_of::<UsageRuns>().await?;
    let mut rows: Vec<UsageRunRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let cursor = |last: &UsageRunRow| write_cursor(RunOrder::DEFAULT, [last.started.position.to_string()]);
    let next_cursor = paging.cut(&mut rows, cursor);
    Ok(Page { data: rows, next_cursor, position })
}

pub async fn find_usage_run(
    pool: &PgPool,
    id: &UsageRunId,
) -> Result<Answer<Option<UsageRunStatus>>, ReadError> {
    let mut snapshot = Snapshot::take::<UsageRuns>(pool).await?;
    let position = snapshot.position_of::<UsageRuns>().await?;
    let (source, number) = (id.source(), signed(id.number())?);
    let run: Option<UsageRunRow> =
        sqlx::query_as("SELECT * FROM usage_runs WHERE source = $1 AND number = $2")
            .bind(source.as_str())
            .bind(number)
            .fetch_optional(snapshot.connection())
            .await?;
    let Some(run) = run else { return Ok(Answer { data: None, position }) };
    let failures = sqlx::query_as(
        "SELECT * FROM usage_run_failures
          WHERE source = $1 AND number = $2 AND failed_position >= $3
          ORDER BY failed_position, place LIMIT $4",
    );
    let failures = failures
        .bind(source.as_str())
        .bind(number)
        .bind(signed(run.tried_position)?)
        .bind(TOLD)
        .fetch_all(snapshot.connection())
        .await?;
    Ok(Answer { data: Some(UsageRunStatus { run, failures }), position })
}

/// The sources whose runs are under way, as far as it is known here.
pub async fn sources_under_way(pool: &PgPool) -> Result<Vec<SourceName>, ReadError> {
    let rows = sqlx::query_scalar!("SELECT source FROM usage_runs WHERE state = 'running' ORDER BY source")
        .fetch_all(pool)
        .await?;
    Ok(rows.iter().map(|source| read(source, "source")).collect::<Result<_, _>>()?)
}
