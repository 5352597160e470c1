//! Asking for wallets.

use sqlx::{PgPool, QueryBuilder};
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
    let mut query = QueryBuilder::new("SELECT * FROM wallets WHERE true");
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(currency) = filter.currency {
        query.push(" AND currency = ").push_bind(currency.code());
    }
    if let Some([id]) = paging.after(sort)? {
        query.push(format!(" AND id {} ", sort.direction.after())).push_bind(id);
    }
    query.push(format!(" ORDER BY id {} LIMIT ", sort.direction.sql())).push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Wallets>(pool).await?;
    let position = snapshot.position_of::<Wallets>().await?;
    let mut rows: Vec<WalletRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.id.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

pub async fn find_wallet(pool: &PgPool, id: &WalletId) -> Result<Answer<Option<WalletRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Wallets>(pool).await?;
    let position = snapshot.position_of::<Wallets>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
