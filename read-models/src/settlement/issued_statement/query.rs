//! Asking for statements that were issued.

use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::CustomerId;
use tallybook_domain::settlement::{StatementId, StatementState};

use super::{StatementRow, Statements};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementFilter {
    pub customer: Option<CustomerId>,
    pub state: Option<StatementState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementOrder {
    /// As they were issued.
    Issued,
}

impl SortKey for StatementOrder {
    const ALL: &'static [Self] = &[Self::Issued];
    const DEFAULT: Sort<Self> = Sort { by: Self::Issued, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
        }
    }
}

pub async fn list_statements(
    pool: &PgPool,
    filter: &StatementFilter,
    sort: Sort<StatementOrder>,
    paging: &Paging,
) -> Result<Page<Vec<StatementRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM statements WHERE true");
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Statements>(pool).await?;
    let position = snapshot.position_of::<Statements>().await?;
    let mut rows: Vec<StatementRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

pub async fn find_statement(
    pool: &PgPool,
    id: &StatementId,
) -> Result<Answer<Option<StatementRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Statements>(pool).await?;
    let position = snapshot.position_of::<Statements>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
