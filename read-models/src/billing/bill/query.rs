//! Asking for bills.

use chrono::NaiveDate;
use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::billing::BillId;
use tallybook_domain::{CustomerId, Month};

use super::{BillOnDay, BillRow, BillStanding, Bills};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillFilter {
    pub customer: Option<CustomerId>,
    pub period: Option<Month>,
    pub status: Option<BillStanding>,
    /// Owed, and due before this day.
    pub due_before: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillOrder {
    /// As the book wrote them down.
    Recorded,
}

impl SortKey for BillOrder {
    const ALL: &'static [Self] = &[Self::Recorded];
    const DEFAULT: Sort<Self> = Sort { by: Self::Recorded, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
        }
    }
}

/// The bills, and how each stands on a day.
pub async fn list_bills(
    pool: &PgPool,
    (filter, today): (&BillFilter, NaiveDate),
    sort: Sort<BillOrder>,
    paging: &Paging,
) -> Result<Page<Vec<BillOnDay>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM bills WHERE true");
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(period) = filter.period {
        query.push(" AND period = ").push_bind(period.to_string());
    }
    if let Some(standing) = filter.status {
        standing.narrow(today, &mut query);
    }
    if let Some(due_before) = filter.due_before {
        query.push(" AND open > 0 AND due_date < ").push_bind(due_before);
    }
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {after} ")).push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {direction} LIMIT ")).push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Bills>(pool).await?;
    let position = snapshot.position_of::<Bills>().await?;
    let mut rows: Vec<BillRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    let data = rows.into_iter().map(|row| BillOnDay::new(row, today)).collect();
    Ok(Page { data, next_cursor, position })
}

/// One bill, and how it stands on a day.
pub async fn find_bill(
    pool: &PgPool,
    id: &BillId,
    today: NaiveDate,
) -> Result<Answer<Option<BillOnDay>>, ReadError> {
    let mut snapshot = Snapshot::take::<Bills>(pool).await?;
    let position = snapshot.position_of::<Bills>().await?;
    let row: Option<BillRow> = snapshot.row_of(id.as_str()).await?;
    Ok(Answer { data: row.map(|row| BillOnDay::new(row, today)), position })
}
