//! Asking for credit alerts.

use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::CustomerId;
use tallybook_domain::billing::CreditPolicy;

use super::{CreditAlertRow, CreditAlerts};
use crate::query::{
    DateRange, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreditAlertFilter {
    pub customer: Option<CustomerId>,
    pub policy: Option<CreditPolicy>,
    pub acknowledged: Option<bool>,
    /// The days on which they were raised.
    pub raised: DateRange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditAlertOrder {
    /// As they were raised, last.
    Raised,
}

impl SortKey for CreditAlertOrder {
    const ALL: &'static [Self] = &[Self::Raised];
    const DEFAULT: Sort<Self> = Sort { by: Self::Raised, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Raised => "raised",
        }
    }
}

pub async fn list_credit_alerts(
    pool: &PgPool,
    filter: &CreditAlertFilter,
    sort: Sort<CreditAlertOrder>,
    paging: &Paging,
) -> Result<Page<Vec<CreditAlertRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM credit_alerts WHERE true");
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(policy) = filter.policy {
        query.push(" AND policy = ").push_bind(policy.as_str());
    }
    match filter.acknowledged {
        Some(true) => query.push(" AND acknowledged"),
        Some(false) => query.push(" AND NOT acknowledged"),
        None => &mut query,
    };
    filter.raised.narrow_by("date", &mut query);
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND raised_position {after} ")).push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY raised_position {direction} LIMIT ")).push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<CreditAlerts>(pool).await?;
    let position = snapshot.position_of::<CreditAlerts>().await?;
    let mut rows: Vec<CreditAlertRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let cursor = |last: &CreditAlertRow| write_cursor(sort, [last.raised.position.to_string()]);
    let next_cursor = paging.cut(&mut rows, cursor);
    Ok(Page { data: rows, next_cursor, position })
}
