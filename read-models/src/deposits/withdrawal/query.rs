//! Asking for withdrawals.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::deposits::{WithdrawalReference, WithdrawalState};
use tallybook_domain::{Currency, CustomerId, WithdrawalId};

use super::{Step, Withdrawal, WithdrawalRow, Withdrawals};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, counted, read, read_key,
    write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WithdrawalFilter {
    pub customer: Option<CustomerId>,
    pub currency: Option<Currency>,
    pub state: Option<WithdrawalState>,
    pub reference: Option<WithdrawalReference>,
    /// The first moment of asking that is wanted.
    pub requested_from: Option<DateTime<Utc>>,
    /// The first moment of asking that is no longer wanted.
    pub requested_before: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawalOrder {
    /// As they were asked for.
    Requested,
}

impl SortKey for WithdrawalOrder {
    const ALL: &'static [Self] = &[Self::Requested];
    const DEFAULT: Sort<Self> = Sort { by: Self::Requested, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
        }
    }
}

pub async fn list_withdrawals(
    pool: &PgPool,
    filter: &WithdrawalFilter,
    sort: Sort<WithdrawalOrder>,
    paging: &Paging,
) -> Result<Page<Vec<Withdrawal>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM withdrawals WHERE true");
    narrow(&mut query, filter);
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Withdrawals>(pool).await?;
    let position = snapshot.position_of::<Withdrawals>().await?;
    let mut rows: Vec<WithdrawalRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    let data = with_steps(&mut snapshot, rows).await?;
    Ok(Page { data, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a WithdrawalFilter) {
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(currency) = filter.currency {
        query.push(" AND currency = ").push_bind(currency.code());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(reference) = &filter.reference {
        query.push(" AND reference = ").push_bind(reference.as_str());
    }
    if let Some(from) = filter.requested_from {
        query.push(" AND created_at >= ").push_bind(from);
    }
    if let Some(before) = filter.requested_before {
        query.push(" AND created_at < ").push_bind(before);
    }
}

pub async fn find_withdrawal(
    pool: &PgPool,
    id: &WithdrawalId,
) -> Result<Answer<Option<Withdrawal>>, ReadError> {
    let mut snapshot = Snapshot::take::<Withdrawals>(pool).await?;
    let position = snapshot.position_of::<Withdrawals>().await?;
    let row: Option<WithdrawalRow> = snapshot.row_of(id.as_str()).await?;
    let found = with_steps(&mut snapshot, row.into_iter().collect()).await?;
    Ok(Answer { data: found.into_iter().next(), position })
}

async fn with_steps(snapshot: &mut Snapshot, rows: Vec<WithdrawalRow>) -> Result<Vec<Withdrawal>, ReadError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
    let taken = sqlx::query!(
        "SELECT withdrawal, position, state, at, by, effective_date, reason
           FROM withdrawal_steps WHERE withdrawal = ANY($1) ORDER BY withdrawal, position",
        &ids
    )
    .fetch_all(snapshot.connection())
    .await?;
    let mut steps: HashMap<WithdrawalId, Vec<Step>> = HashMap::new();
    for row in taken {
        let step = Step {
            state: read(&row.state, "state")?,
            position: counted(row.position)?,
            at: row.at,
            by: row.by.into(),
            effective_date: row.effective_date,
            reason: row.reason.map(|reason| read(&reason, "reason")).transpose()?,
        };
        steps.entry(read(&row.withdrawal, "withdrawal")?).or_default().push(step);
    }
    rows.into_iter()
        .map(|row| {
            let steps = steps
                .remove(&row.id)
                .ok_or_else(|| ReadError::Corrupt(format!("withdrawal {} took no step", row.id)))?;
            Ok(Withdrawal { row, steps })
        })
        .collect()
}
