//! Asking for customers.

use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::CustomerStatus;

use super::{CustomerRow, Customers};
use crate::query::{Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, write_cursor};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    pub status: Option<CustomerStatus>,
    /// Part of the name, in any case.
    pub name_contains: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerOrder {
    Id,
    Name,
}

impl SortKey for CustomerOrder {
    const ALL: &'static [Self] = &[Self::Id, Self::Name];
    const DEFAULT: Sort<Self> = Sort { by: Self::Id, direction: Direction::Ascending };

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
        }
    }
}

pub async fn list_customers(
    pool: &PgPool,
    filter: &CustomerFilter,
    sort: Sort<CustomerOrder>,
    paging: &Paging,
) -> Result<Page<Vec<CustomerRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM customers WHERE true");
    if let Some(status) = filter.status {
        query.push(" AND status = ").push_bind(status.as_str());
    }
    if let Some(part) = &filter.name_contains {
        query.push(" AND strpos(lower(name), lower(").push_bind(part).push(")) > 0");
    }
    in_order(&mut query, sort, paging)?;
    let mut snapshot = Snapshot::take::<Customers>(pool).await?;
    let position = snapshot.position_of::<Customers>().await?;
    let mut rows: Vec<CustomerRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| cursor_at(last, sort));
    Ok(Page { data: rows, next_cursor, position })
}

fn in_order(
    query: &mut QueryBuilder<'_, Postgres>,
    sort: Sort<CustomerOrder>,
    paging: &Paging,
) -> Result<(), ReadError> {
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    match sort.by {
        CustomerOrder::Id => {
            if let Some([id]) = paging.after(sort)? {
                query.push(format!(" AND id {after} ")).push_bind(id);
            }
            query.push(format!(" ORDER BY id {direction}"));
        }
        CustomerOrder::Name => {
            if let Some([name, id]) = paging.after(sort)? {
                query.push(format!(" AND (name COLLATE \"C\", id) {after} ("));
                query.push_bind(name).push(", ").push_bind(id).push(")");
            }
            query.push(format!(" ORDER BY name COLLATE \"C\" {direction}, id {direction}"));
        }
    }
    query.push(" LIMIT ").push_bind(paging.rows_to_fetch());
    Ok(())
}

fn cursor_at(row: &CustomerRow, sort: Sort<CustomerOrder>) -> String {
    match sort.by {
        CustomerOrder::Id => write_cursor(sort, [row.id.to_string()]),
        CustomerOrder::Name => write_cursor(sort, [row.name.to_string(), row.id.to_string()]),
    }
}

pub async fn find_customer(pool: &PgPool, id: &CustomerId) -> Result<Answer<Option<CustomerRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Customers>(pool).await?;
    let position = snapshot.position_of::<Customers>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
