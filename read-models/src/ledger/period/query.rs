//! Asking for accounting periods.

use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::Month;

use super::{PeriodRow, Periods};
use crate::query::{Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, write_cursor};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Month,
}

impl SortKey for Order {
    const ALL: &'static [Self] = &[Self::Month];
    const DEFAULT: Sort<Self> = Sort { by: Self::Month, direction: Direction::Descending };

    fn name(self) -> &'static str {
        "month"
    }
}

/// The months that were ever closed, the latest first.
pub async fn list_periods(pool: &PgPool, paging: &Paging) -> Result<Page<Vec<PeriodRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM accounting_periods WHERE true");
    if let Some([month]) = paging.after(Order::DEFAULT)? {
        query.push(" AND period < ").push_bind(month);
    }
    query.push(" ORDER BY period DESC LIMIT ").push_bind(paging.rows_to_fetch());
    let mut snapshot = Snapshot::take::<Periods>(pool).await?;
    let position = snapshot.position_of::<Periods>().await?;
    let mut rows: Vec<PeriodRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(Order::DEFAULT, [last.id.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

/// `None`: it was never closed.
pub async fn find_period(pool: &PgPool, month: Month) -> Result<Answer<Option<PeriodRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Periods>(pool).await?;
    let position = snapshot.position_of::<Periods>().await?;
    let row = sqlx::query_as("SELECT * FROM accounting_periods WHERE period = $1")
        .bind(month.to_string())
        .fetch_optional(snapshot.connection())
        .await?;
    Ok(Answer { data: row, position })
}
