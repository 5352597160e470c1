//! Asking for deposits.

use chrono::NaiveDate;
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::deposits::{BankReference, DepositMethod, DepositState};
use tallybook_domain::{Currency, CustomerId, DepositId};

use super::{DepositRow, Deposits};
use crate::query::{
    Answer, DateRange, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DepositFilter {
    pub customer: Option<CustomerId>,
    pub currency: Option<Currency>,
    pub method: Option<DepositMethod>,
    pub state: Option<DepositState>,
    pub reference: Option<BankReference>,
    pub effective: DateRange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositOrder {
    /// As the book wrote them down.
    Recorded,
    EffectiveDate,
}

impl SortKey for DepositOrder {
    const ALL: &'static [Self] = &[Self::Recorded, Self::EffectiveDate];
    const DEFAULT: Sort<Self> = Sort { by: Self::Recorded, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::EffectiveDate => "effective_date",
        }
    }
}

pub async fn list_deposits(
    pool: &PgPool,
    filter: &DepositFilter,
    sort: Sort<DepositOrder>,
    paging: &Paging,
) -> Result<Page<Vec<DepositRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM deposits WHERE true");
    narrow(&mut query, filter);
    in_order(&mut query, sort, paging)?;

    let mut snapshot = Snapshot::take::<Deposits>(pool).await?;
    let position = snapshot.position_of::<Deposits>().await?;
    let mut rows: Vec<DepositRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| cursor_at(last, sort));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a DepositFilter) {
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(currency) = filter.currency {
        query.push(" AND currency = ").push_bind(currency.code());
    }
    if let Some(method) = filter.method {
        query.push(" AND method = ").push_bind(method.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(reference) = &filter.reference {
        query.push(" AND reference = ").push_bind(reference.as_str());
    }
    filter.effective.narrow(query);
}

fn in_order(
    query: &mut QueryBuilder<'_, Postgres>,
    sort: Sort<DepositOrder>,
    paging: &Paging,
) -> Result<(), ReadError> {
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    match sort.by {
        DepositOrder::Recorded => {
            if let Some([position]) = paging.after(sort)? {
                query.push(format!(" AND created_position {after} ")).push_bind(read_key::<i64>(&position)?);
            }
            query.push(format!(" ORDER BY created_position {direction}"));
        }
        DepositOrder::EffectiveDate => {
            if let Some([date, position]) = paging.after(sort)? {
                query.push(format!(" AND (effective_date, created_position) {after} ("));
                query.push_bind(read_key::<NaiveDate>(&date)?).push(", ");
                query.push_bind(read_key::<i64>(&position)?).push(")");
            }
            query.push(format!(" ORDER BY effective_date {direction}, created_position {direction}"));
        }
    }
    query.push(" LIMIT ").push_bind(paging.rows_to_fetch());
    Ok(())
}

fn cursor_at(row: &DepositRow, sort: Sort<DepositOrder>) -> String {
    let position = row.created.position.to_string();
    match sort.by {
        DepositOrder::Recorded => write_cursor(sort, [position]),
        DepositOrder::EffectiveDate => write_cursor(sort, [row.effective_date.to_string(), position]),
    }
}

pub async fn find_deposit(pool: &PgPool, id: &DepositId) -> Result<Answer<Option<DepositRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Deposits>(pool).await?;
    let position = snapshot.position_of::<Deposits>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
