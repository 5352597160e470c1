//! Asking for wallets.

use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::{Currency, CustomerId, WalletId};

use super::{WalletRow, Wallets};
use crate::query::{Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, write_cursor};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WalletFilter {
    pub customer: Option<CustomerId>,
    pub currency: Option<Currency>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalletOrder {
    Id,
}

impl SortKey for WalletOrder {
    const ALL: &'static [Self] = &[Self::Id];
    const DEFAULT: Sort<Self> = Sort { by: Self::Id, direction: Direction::Ascending };

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
        }
    }
}

pub async fn list_wallets(
    pool: &PgPool,
    filter: &WalletFilter,
    sort: Sort<WalletOrder>,
    paging: &Paging,
) -> Result<Page<Vec<WalletRow>>, ReadError> {
    let mut query = select(filter);
    page(&mut query, sort, paging)?;
    let mut snapshot = Snapshot::take::<Wallets>(pool).await?;
    let position = snapshot.position_of::<Wallets>().await?;
    let mut rows: Vec<WalletRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.id.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

/// The wallets of a filter; further conditions may follow, and then `page`.
pub(super) fn select(filter: &WalletFilter) -> QueryBuilder<'_, Postgres> {
    let mut query = QueryBuilder::new("SELECT * FROM wallets WHERE true");
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(currency) = filter.currency {
        query.push(" AND currency = ").push_bind(currency.code());
    }
    query
}

pub(super) fn page(
    query: &mut QueryBuilder<'_, Postgres>,
    sort: Sort<WalletOrder>,
    paging: &Paging,
) -> Result<(), ReadError> {
    if let Some([id]) = paging.after(sort)? {
        query.push(format!(" AND id {} ", sort.direction.after())).push_bind(id);
    }
    query.push(format!(" ORDER BY id {} LIMIT ", sort.direction.sql())).push_bind(paging.rows_to_fetch());
    Ok(())
}

pub async fn find_wallet(pool: &PgPool, id: &WalletId) -> Result<Answer<Option<WalletRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Wallets>(pool).await?;
    let position = snapshot.position_of::<Wallets>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
