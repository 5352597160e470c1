//! Asking for orders.

use sqlx::{FromRow, PgPool, Postgres, QueryBuilder, Row as _};
use tallybook_domain::CustomerId;
use tallybook_domain::orders::{OrderId, OrderNo, OrderState};

use super::{Order, OrderRow, OrderStep, Orders};
use crate::query::{
    Answer, DateRange, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, count, read_key, spelled,
    stored_json, text, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    pub customer: Option<CustomerId>,
    pub state: Option<OrderState>,
    pub order_no: Option<OrderNo>,
    pub placed: DateRange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderSort {
    /// As they were placed.
    Placed,
}

impl SortKey for OrderSort {
    const ALL: &'static [Self] = &[Self::Placed];
    const DEFAULT: Sort<Self> = Sort { by: Self::Placed, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Placed => "placed",
        }
    }
}

pub async fn list_orders(
    pool: &PgPool,
    filter: &OrderFilter,
    sort: Sort<OrderSort>,
    paging: &Paging,
) -> Result<Page<Vec<OrderRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM orders WHERE true");
    narrow(&mut query, filter);
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {after} ")).push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {direction} LIMIT ")).push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Orders>(pool).await?;
    let position = snapshot.position_of::<Orders>().await?;
    let mut rows: Vec<OrderRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a OrderFilter) {
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(order_no) = &filter.order_no {
        query.push(" AND order_no = ").push_bind(order_no.as_str());
    }
    filter.placed.narrow_by("placed_date", query);
}

pub async fn find_order(pool: &PgPool, id: &OrderId) -> Result<Answer<Option<Order>>, ReadError> {
    let mut snapshot = Snapshot::take::<Orders>(pool).await?;
    let position = snapshot.position_of::<Orders>().await?;
    let Some(row) = snapshot.row_of::<OrderRow>(id.as_str()).await? else {
        return Ok(Answer { data: None, position });
    };
    let steps: Vec<StepColumns> =
        sqlx::query_as("SELECT * FROM order_steps WHERE order_id = $1 ORDER BY position")
            .bind(id.as_str())
            .fetch_all(snapshot.connection())
            .await?;
    let timeline = steps.into_iter().map(|StepColumns(step)| step).collect();
    Ok(Answer { data: Some(Order { row, timeline }), position })
}

struct StepColumns(OrderStep);

impl FromRow<'_, sqlx::postgres::PgRow> for StepColumns {
    fn from_row(row: &sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self(OrderStep {
            step: spelled(row, "step")?,
            position: count(row, "position")?,
            at: row.try_get("at")?,
            by: text(row, "by")?,
            effective_date: row.try_get("effective_date")?,
            facts: stored_json(row, "facts")?,
        }))
    }
}
