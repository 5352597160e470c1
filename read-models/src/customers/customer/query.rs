//! Asking for customers.

use sqlx::postgres::PgRow;
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::CustomerId;
use tallybook_domain::customers::{
    AccountManager, CustomerCode, CustomerStatus, Industry, Level, SettlementMode, Tag,
};

use super::{CustomerRow, Customers};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, counted, optional, read, spelled,
    write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    pub status: Option<CustomerStatus>,
    /// Part of the name or the short name, in any case.
    pub name_contains: Option<String>,
    pub code: Option<CustomerCode>,
    pub industry: Option<Industry>,
    pub level: Option<Level>,
    pub account_manager: Option<AccountManager>,
    pub settlement_mode: Option<SettlementMode>,
    pub tag: Option<Tag>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerOrder {
    Id,
    Name,
    Code,
    /// When the customer last changed.
    Updated,
}

impl SortKey for CustomerOrder {
    const ALL: &'static [Self] = &[Self::Id, Self::Name, Self::Code, Self::Updated];
    const DEFAULT: Sort<Self> = Sort { by: Self::Id, direction: Direction::Ascending };

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Code => "code",
            Self::Updated => "updated_at",
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
    narrow(&mut query, filter);
    in_order(&mut query, sort, paging)?;
    let mut snapshot = Snapshot::take::<Customers>(pool).await?;
    let position = snapshot.position_of::<Customers>().await?;
    let mut rows: Vec<CustomerRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| cursor_at(last, sort));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a CustomerFilter) {
    let equal = [
        ("status", filter.status.map(CustomerStatus::as_str)),
        ("code", filter.code.as_ref().map(CustomerCode::as_str)),
        ("industry", filter.industry.as_ref().map(Industry::as_str)),
        ("level", filter.level.as_ref().map(Level::as_str)),
        ("account_manager", filter.account_manager.as_ref().map(AccountManager::as_str)),
        ("settlement_mode", filter.settlement_mode.map(SettlementMode::as_str)),
    ];
    for (column, wanted) in equal {
        if let Some(wanted) = wanted {
            query.push(format!(" AND {column} = ")).push_bind(wanted);
        }
    }
    if let Some(part) = &filter.name_contains {
        query.push(" AND strpos(lower(concat_ws(E'\\n', name, short_name)), lower(");
        query.push_bind(part).push(")) > 0");
    }
    if let Some(tag) = &filter.tag {
        query.push(" AND tags::jsonb ? ").push_bind(tag.as_str());
    }
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
        CustomerOrder::Code => {
            if let Some([code, id]) = paging.after(sort)? {
                query.push(format!(" AND (coalesce(code, '') COLLATE \"C\", id) {after} ("));
                query.push_bind(code).push(", ").push_bind(id).push(")");
            }
            query.push(format!(" ORDER BY coalesce(code, '') COLLATE \"C\" {direction}, id {direction}"));
        }
        CustomerOrder::Updated => {
            if let Some([position]) = paging.after(sort)? {
                query.push(format!(" AND updated_position {after} ")).push_bind(position).push("::bigint");
            }
            query.push(format!(" ORDER BY updated_position {direction}"));
        }
    }
    query.push(" LIMIT ").push_bind(paging.rows_to_fetch());
    Ok(())
}

fn cursor_at(row: &CustomerRow, sort: Sort<CustomerOrder>) -> String {
    match sort.by {
        CustomerOrder::Id => write_cursor(sort, [row.id.to_string()]),
        CustomerOrder::Name => write_cursor(sort, [row.name.to_string(), row.id.to_string()]),
        CustomerOrder::Code => {
            let code = row.profile.code.as_ref().map_or_else(String::new, ToString::to_string);
            write_cursor(sort, [code, row.id.to_string()])
        }
        CustomerOrder::Updated => write_cursor(sort, [row.updated.position.to_string()]),
    }
}

pub async fn find_customer(pool: &PgPool, id: &CustomerId) -> Result<Answer<Option<CustomerRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Customers>(pool).await?;
    let position = snapshot.position_of::<Customers>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}

/// The customers an account manager looks after, closed ones left out: at most so many, and how many there are.
pub async fn customers_of_manager(
    pool: &PgPool,
    account_manager: &AccountManager,
    at_most: i64,
) -> Result<Answer<(Vec<CustomerId>, u64)>, ReadError> {
    let mut snapshot = Snapshot::take::<Customers>(pool).await?;
    let position = snapshot.position_of::<Customers>().await?;
    let rows = sqlx::query!(
        r#"SELECT id, count(*) OVER () AS "count!" FROM customers
            WHERE account_manager = $1 AND status <> 'closed' ORDER BY id LIMIT $2"#,
        account_manager.as_str(),
        at_most
    )
    .fetch_all(snapshot.connection())
    .await?;
    let count = rows.first().map_or(Ok(0), |row| counted(row.count))?;
    let ids = rows.iter().map(|row| read(&row.id, "id")).collect::<Result<_, _>>()?;
    Ok(Answer { data: (ids, count), position })
}

/// What customers are called elsewhere, and how they stand; who is not known here is left out.
pub async fn codes_and_states(
    pool: &PgPool,
    customers: &[CustomerId],
) -> Result<Vec<(CustomerId, Option<CustomerCode>, CustomerStatus)>, ReadError> {
    let ids: Vec<&str> = customers.iter().map(CustomerId::as_str).collect();
    let rows: Vec<PgRow> = sqlx::query("SELECT id, code, status FROM customers WHERE id = ANY($1)")
        .bind(ids)
        .fetch_all(pool)
        .await?;
    let one = |row: &PgRow| Ok((spelled(row, "id")?, optional(row, "code")?, spelled(row, "status")?));
    Ok(rows.iter().map(one).collect::<Result<_, sqlx::Error>>()?)
}
