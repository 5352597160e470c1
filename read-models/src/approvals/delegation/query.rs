//! Asking for delegations.

use chrono::NaiveDate;
use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::Actor;

use super::{ApprovalDelegationRow, ApprovalDelegations};
use crate::query::{
    Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, spelled, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DelegationFilter {
    pub delegator: Option<Actor>,
    pub delegate: Option<Actor>,
    /// Only those that count on this day.
    pub on: Option<NaiveDate>,
    /// Only those some day of which is this one or later.
    pub from: Option<NaiveDate>,
    /// Only those some day of which is this one or before.
    pub to: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DelegationOrder {
    /// As they were made.
    Made,
}

impl SortKey for DelegationOrder {
    const ALL: &'static [Self] = &[Self::Made];
    const DEFAULT: Sort<Self> = Sort { by: Self::Made, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Made => "made",
        }
    }
}

pub async fn list_delegations(
    pool: &PgPool,
    filter: &DelegationFilter,
    sort: Sort<DelegationOrder>,
    paging: &Paging,
) -> Result<Page<Vec<ApprovalDelegationRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM approval_delegations WHERE true");
    if let Some(delegator) = &filter.delegator {
        query.push(" AND delegator = ").push_bind(delegator.as_str());
    }
    if let Some(delegate) = &filter.delegate {
        query.push(" AND delegate = ").push_bind(delegate.as_str());
    }
    if let Some(on) = filter.on {
        query.push(" AND ended_at IS NULL AND ").push_bind(on).push(" BETWEEN from_date AND until_date");
    }
    if let Some(from) = filter.from {
        query.push(" AND until_date >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" AND from_date <= ").push_bind(to);
    }
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<ApprovalDelegations>(pool).await?;
    let position = snapshot.position_of::<ApprovalDelegations>().await?;
    let mut rows: Vec<ApprovalDelegationRow> =
        query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

/// In whose places somebody may approve on a day.
pub async fn delegators_of(pool: &PgPool, delegate: &Actor, on: NaiveDate) -> Result<Vec<Actor>, ReadError> {
    let standing = sqlx::query(
        "SELECT DISTINCT delegator FROM approval_delegations
          WHERE delegate = $1 AND ended_at IS NULL AND $2 BETWEEN from_date AND until_date ORDER BY delegator",
    );
    let rows = standing.bind(delegate.as_str()).bind(on).fetch_all(pool).await?;
    Ok(rows.iter().map(|row| spelled(row, "delegator")).collect::<Result<_, _>>()?)
}
