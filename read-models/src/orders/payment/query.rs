//! Asking for payments.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::channels::Channel;
use tallybook_domain::orders::{OrderId, PaymentId, PaymentReference, PaymentState};
use tallybook_domain::{CustomerId, InvalidText};

use super::{PaymentRow, Payments};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaymentFilter {
    pub order: Option<OrderId>,
    pub customer: Option<CustomerId>,
    pub channel: Option<Channel>,
    pub reference: Option<PaymentReference>,
    pub state: Option<PaymentState>,
    pub exception: Option<ExceptionFilter>,
    pub begun_from: Option<DateTime<Utc>>,
    pub begun_before: Option<DateTime<Utc>>,
}

/// Those of which something stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExceptionFilter {
    /// And nobody has looked at it.
    Open,
    /// And somebody has looked at all of it.
    Resolved,
}

impl ExceptionFilter {
    pub const ALL: [Self; 2] = [Self::Open, Self::Resolved];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
        }
    }
}

impl std::str::FromStr for ExceptionFilter {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == word);
        known.ok_or(InvalidText::Malformed { expected: "open or resolved" })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentOrder {
    /// As they were begun.
    Begun,
}

impl SortKey for PaymentOrder {
    const ALL: &'static [Self] = &[Self::Begun];
    const DEFAULT: Sort<Self> = Sort { by: Self::Begun, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Begun => "begun",
        }
    }
}

pub async fn list_payments(
    pool: &PgPool,
    filter: &PaymentFilter,
    sort: Sort<PaymentOrder>,
    paging: &Paging,
) -> Result<Page<Vec<PaymentRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM payments WHERE true");
    narrow(&mut query, filter);
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Payments>(pool).await?;
    let position = snapshot.position_of::<Payments>().await?;
    let mut rows: Vec<PaymentRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a PaymentFilter) {
    if let Some(order) = &filter.order {
        query.push(" AND order_id = ").push_bind(order.as_str());
    }
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(channel) = filter.channel {
        query.push(" AND channel = ").push_bind(channel.as_str());
    }
    if let Some(reference) = &filter.reference {
        query.push(" AND reference = ").push_bind(reference.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    match filter.exception {
        None => {}
        Some(ExceptionFilter::Open) => {
            query.push(" AND open_exceptions > 0");
        }
        Some(ExceptionFilter::Resolved) => {
            query.push(" AND open_exceptions = 0 AND exceptions <> '[]'");
        }
    }
    if let Some(from) = filter.begun_from {
        query.push(" AND created_at >= ").push_bind(from);
    }
    if let Some(before) = filter.begun_before {
        query.push(" AND created_at < ").push_bind(before);
    }
}

pub async fn find_payment(pool: &PgPool, id: &PaymentId) -> Result<Answer<Option<PaymentRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Payments>(pool).await?;
    let position = snapshot.position_of::<Payments>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
