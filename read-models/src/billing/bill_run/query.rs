//! Asking for bill runs.

use std::collections::HashSet;

use serde::Serialize;
use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::{CustomerId, Month};
use utoipa::ToSchema;

use super::{BillRunRow, BillRuns, ParkedRow};
use crate::billing::Bills;
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read, signed, write_cursor,
};

/// Parked customers that a run itself tells; there may be a list of more.
const TOLD: u32 = 100;

/// A run, and the first of those who are parked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BillRunStatus {
    #[serde(flatten)]
    pub run: BillRunRow,
    /// The first hundred customers that were parked and have no bill of the month still, by id.
    pub parked_customers: Vec<ParkedRow>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RunOrder {
    Month,
}

impl SortKey for RunOrder {
    const ALL: &'static [Self] = &[Self::Month];
    const DEFAULT: Sort<Self> = Sort { by: Self::Month, direction: Direction::Descending };

    fn name(self) -> &'static str {
        "month"
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ParkedOrder {
    Customer,
}

impl SortKey for ParkedOrder {
    const ALL: &'static [Self] = &[Self::Customer];
    const DEFAULT: Sort<Self> = Sort { by: Self::Customer, direction: Direction::Ascending };

    fn name(self) -> &'static str {
        "customer"
    }
}

/// The latest month first.
pub async fn list_bill_runs(pool: &PgPool, paging: &Paging) -> Result<Page<Vec<BillRunRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM bill_runs WHERE true");
    if let Some([month]) = paging.after(RunOrder::DEFAULT)? {
        query.push(" AND period < ").push_bind(month);
    }
    query.push(" ORDER BY period DESC LIMIT ").push_bind(paging.rows_to_fetch());
    let mut snapshot = Snapshot::take::<BillRuns>(pool).await?;
    let position = snapshot.position_of::<BillRuns>().await?;
    let mut rows: Vec<BillRunRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(RunOrder::DEFAULT, [last.id.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

pub async fn find_bill_run(pool: &PgPool, month: Month) -> Result<Answer<Option<BillRunStatus>>, ReadError> {
    let (mut snapshot, position) = look(pool).await?;
    let run: Option<BillRunRow> = sqlx::query_as("SELECT * FROM bill_runs WHERE period = $1")
        .bind(month.to_string())
        .fetch_optional(snapshot.connection())
        .await?;
    let Some(run) = run else { return Ok(Answer { data: None, position }) };
    let parked_customers = parked(&mut snapshot, month, None, i64::from(TOLD)).await?;
    Ok(Answer { data: Some(BillRunStatus { run, parked_customers }), position })
}

/// Those who were parked in a month and have no bill of it still, by customer.
pub async fn list_parked(
    pool: &PgPool,
    month: Month,
    paging: &Paging,
) -> Result<Page<Vec<ParkedRow>>, ReadError> {
    let after = paging.after(ParkedOrder::DEFAULT)?.map(|[customer]| customer);
    let (mut snapshot, position) = look(pool).await?;
    let mut rows = parked(&mut snapshot, month, after, paging.rows_to_fetch()).await?;
    let cursor = |last: &ParkedRow| write_cursor(ParkedOrder::DEFAULT, [last.customer.to_string()]);
    let next_cursor = paging.cut(&mut rows, cursor);
    Ok(Page { data: rows, next_cursor, position })
}

async fn look(pool: &PgPool) -> Result<(Snapshot, u64), ReadError> {
    let mut snapshot = Snapshot::of_tables(pool, &["bill_runs", "bill_run_parked", "bills"]).await?;
    let runs = snapshot.position_of::<BillRuns>().await?;
    let bills = snapshot.position_of::<Bills>().await?;
    Ok((snapshot, runs.min(bills)))
}

async fn parked(
    snapshot: &mut Snapshot,
    month: Month,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<ParkedRow>, ReadError> {
    let rows = sqlx::query_as(
        "SELECT * FROM bill_run_parked AS parked
          WHERE period = $1 AND ($2::text IS NULL OR customer > $2)
            AND NOT EXISTS (SELECT FROM bills
                             WHERE bills.customer = parked.customer AND bills.period = parked.period
                               AND bills.state = 'issued')
          ORDER BY customer LIMIT $3",
    );
    Ok(rows.bind(month.to_string()).bind(after).bind(limit).fetch_all(snapshot.connection()).await?)
}

/// The months whose runs are under way, as far as it is known here.
pub async fn months_under_way(pool: &PgPool) -> Result<Vec<Month>, ReadError> {
    let rows = sqlx::query_scalar!("SELECT period FROM bill_runs WHERE state = 'running' ORDER BY period")
        .fetch_all(pool)
        .await?;
    Ok(rows.iter().map(|month| read(month, "period")).collect::<Result<_, _>>()?)
}

/// Whose first bill of the month was drafted after a position, as far as it is known here.
pub async fn billed_since(
    pool: &PgPool,
    month: Month,
    position: u64,
) -> Result<Answer<HashSet<CustomerId>>, ReadError> {
    let mut snapshot = Snapshot::take::<Bills>(pool).await?;
    let known = snapshot.position_of::<Bills>().await?;
    let rows = sqlx::query_scalar!(
        "SELECT customer FROM bills
          WHERE period = $1 AND created_position > $2 AND id = customer || '.' || period",
        month.to_string(),
        signed(position)?
    )
    .fetch_all(snapshot.connection())
    .await?;
    let data = rows.iter().map(|customer| read(customer, "customer")).collect::<Result<_, _>>()?;
    Ok(Answer { data, position: known })
}
