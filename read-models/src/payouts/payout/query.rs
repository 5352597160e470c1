//! Asking for payouts.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::payouts::{PayoutAdapterKind, PayoutBatchId, PayoutId, PayoutState};
use tallybook_domain::{CustomerId, WithdrawalId};

use super::{Payout, PayoutRow, PayoutStepRow, Payouts};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PayoutFilter {
    pub state: Option<PayoutState>,
    pub adapter: Option<PayoutAdapterKind>,
    pub batch: Option<PayoutBatchId>,
    pub customer: Option<CustomerId>,
    pub withdrawal: Option<WithdrawalId>,
    /// Those that somebody has to look at, or the others: what is doubted, and what was sent and nobody knows.
    pub needs_person: Option<bool>,
    /// The first moment of making it that is wanted.
    pub made_from: Option<DateTime<Utc>>,
    /// The first moment of making it that is no longer wanted.
    pub made_before: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutOrder {
    /// As they were made.
    Made,
}

impl SortKey for PayoutOrder {
    const ALL: &'static [Self] = &[Self::Made];
    const DEFAULT: Sort<Self> = Sort { by: Self::Made, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Made => "made",
        }
    }
}

pub async fn list_payouts(
    pool: &PgPool,
    filter: &PayoutFilter,
    sort: Sort<PayoutOrder>,
    paging: &Paging,
) -> Result<Page<Vec<PayoutRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM payouts WHERE true");
    narrow(&mut query, filter);
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Payouts>(pool).await?;
    let position = snapshot.position_of::<Payouts>().await?;
    let mut rows: Vec<PayoutRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a PayoutFilter) {
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(adapter) = filter.adapter {
        query.push(" AND adapter = ").push_bind(adapter.as_str());
    }
    if let Some(batch) = &filter.batch {
        query.push(" AND batch = ").push_bind(batch.as_str());
    }
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(withdrawal) = &filter.withdrawal {
        query.push(" AND id = ").push_bind(PayoutId::of(withdrawal).to_string());
    }
    if let Some(needed) = filter.needs_person {
        let condition = "(doubt IS NOT NULL OR (cause = 'not_found') IS TRUE)";
        query.push(format!(" AND {condition} IS {}", if needed { "TRUE" } else { "FALSE" }));
    }
    if let Some(from) = filter.made_from {
        query.push(" AND created_at >= ").push_bind(from);
    }
    if let Some(before) = filter.made_before {
        query.push(" AND created_at < ").push_bind(before);
    }
}

pub async fn find_payout(pool: &PgPool, id: &PayoutId) -> Result<Answer<Option<Payout>>, ReadError> {
    let mut snapshot = Snapshot::take::<Payouts>(pool).await?;
    let position = snapshot.position_of::<Payouts>().await?;
    let row: Option<PayoutRow> = snapshot.row_of(id.as_str()).await?;
    let steps: Vec<PayoutStepRow> =
        sqlx::query_as("SELECT * FROM payout_steps WHERE payout = $1 ORDER BY position")
            .bind(id.as_str())
            .fetch_all(snapshot.connection())
            .await?;
    let history = steps.into_iter().map(|row| row.step).collect();
    Ok(Answer { data: row.map(|row| Payout { row, history }), position })
}
