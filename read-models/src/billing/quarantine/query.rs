//! Asking for what was put aside.

use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::billing::quarantine::QuarantineState;
use tallybook_domain::billing::usage_source::SourceName;
use tallybook_domain::{CustomerId, Month};

use super::{QuarantinedRow, UsageQuarantines};
use crate::query::{Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuarantineFilter {
    pub customer: Option<CustomerId>,
    pub month: Option<Month>,
    pub source: Option<SourceName>,
    pub state: Option<QuarantineState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuarantineOrder {
    /// As they were put aside.
    Quarantined,
}

impl SortKey for QuarantineOrder {
    const ALL: &'static [Self] = &[Self::Quarantined];
    const DEFAULT: Sort<Self> = Sort { by: Self::Quarantined, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Quarantined => "quarantined",
        }
    }
}

/// One event puts several of a month aside, so the number is part of the order.
pub async fn list_quarantine(
    pool: &PgPool,
    filter: &QuarantineFilter,
    sort: Sort<QuarantineOrder>,
    paging: &Paging,
) -> Result<Page<Vec<QuarantinedRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM usage_quarantine WHERE true");
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(month) = filter.month {
        query.push(" AND month = ").push_bind(month.to_string());
    }
    if let Some(source) = &filter.source {
        query.push(" AND split_part(run, '.', 1) = ").push_bind(source.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    if let Some([position, number]) = paging.after(sort)? {
        query.push(format!(" AND (quarantined_position, number) {after} ("));
        query.push_bind(read_key::<i64>(&position)?).push(", ");
        query.push_bind(read_key::<i64>(&number)?).push(")");
    }
    query.push(format!(" ORDER BY quarantined_position {direction}, number {direction} LIMIT "));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<UsageQuarantines>(pool).await?;
    let position = snapshot.position_of::<UsageQuarantines>().await?;
    let mut rows: Vec<QuarantinedRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let cursor = |last: &QuarantinedRow| {
        write_cursor(sort, [last.quarantined.position.to_string(), last.id.number().to_string()])
    };
    let next_cursor = paging.cut(&mut rows, cursor);
    Ok(Page { data: rows, next_cursor, position })
}
