//! Asking for refunds.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::CustomerId;
use tallybook_domain::orders::{OrderId, OrderRefundState, PaymentId, RefundGround, RefundId};

use super::{OrderRefundRow, OrderRefunds};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderRefundFilter {
    pub state: Option<OrderRefundState>,
    pub order: Option<OrderId>,
    pub payment: Option<PaymentId>,
    pub customer: Option<CustomerId>,
    pub ground: Option<RefundGround>,
    pub begun_from: Option<DateTime<Utc>>,
    pub begun_before: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderRefundOrder {
    /// As they were asked for, or fell due.
    Requested,
}

impl SortKey for OrderRefundOrder {
    const ALL: &'static [Self] = &[Self::Requested];
    const DEFAULT: Sort<Self> = Sort { by: Self::Requested, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
        }
    }
}

pub async fn list_order_refunds(
    pool: &PgPool,
    filter: &OrderRefundFilter,
    sort: Sort<OrderRefundOrder>,
    paging: &Paging,
) -> Result<Page<Vec<OrderRefundRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM order_refunds WHERE true");
    narrow(&mut query, filter);
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<OrderRefunds>(pool).await?;
    let position = snapshot.position_of::<OrderRefunds>().await?;
    let mut rows: Vec<OrderRefundRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a OrderRefundFilter) {
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(order) = &filter.order {
        query.push(" AND order_id = ").push_bind(order.as_str());
    }
    if let Some(payment) = &filter.payment {
        query.push(" AND payment = ").push_bind(payment.as_str());
    }
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(ground) = filter.ground {
        query.push(" AND ground = ").push_bind(ground.as_str());
    }
    if let Some(from) = filter.begun_from {
        query.push(" AND created_at >= ").push_bind(from);
    }
    if let Some(before) = filter.begun_before {
        query.push(" AND created_at < ").push_bind(before);
    }
}

pub async fn find_order_refund(
    pool: &PgPool,
    id: &RefundId,
) -> Result<Answer<Option<OrderRefundRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<OrderRefunds>(pool).await?;
    let position = snapshot.position_of::<OrderRefunds>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
