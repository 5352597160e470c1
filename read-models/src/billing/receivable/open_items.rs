//! Asking for open items: the bills of which something is owed, by customer.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, FromRow, PgPool, Postgres, QueryBuilder, Row as _};
use tallybook_domain::billing::{BillId, BillNumber};
use tallybook_domain::{Currency, CustomerId, Money};
use utoipa::ToSchema;

use super::Receivables;
use super::bounds::DaysOverdue;
use super::owed::OWED;
use crate::billing::Bills;
use crate::customers::Customers;
use crate::query::{
    Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, Standpoint, count, money, optional,
    read_key, signed, spelled, tables_of, write_cursor,
};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItemFilter {
    /// The day on which it is counted for how long something has been due.
    pub on: NaiveDate,
    pub customer: Option<CustomerId>,
    pub currency: Option<Currency>,
    /// Due before that day, or not.
    pub overdue: Option<bool>,
    /// Due for so many days, as a bucket of the ageing has them.
    pub days: DaysOverdue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenItemOrder {
    /// By customer, then by due date.
    Customer,
    DueDate,
}

/// A bill of which something is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenItem {
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    pub name: Option<String>,
    #[schema(value_type = String, example = "C00042.2026-10")]
    pub bill: BillId,
    #[schema(value_type = Option<String>, example = "2026-000042")]
    pub number: Option<BillNumber>,
    pub issue_date: Option<NaiveDate>,
    pub due_date: NaiveDate,
    /// Nothing on its due date and before.
    pub days_overdue: u64,
    #[schema(value_type = schema::Money)]
    pub open: Money,
}

impl SortKey for OpenItemOrder {
    const ALL: &'static [Self] = &[Self::Customer, Self::DueDate];
    const DEFAULT: Sort<Self> = Sort { by: Self::Customer, direction: Direction::Ascending };

    fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::DueDate => "due_date",
        }
    }
}

/// As they were seen from a standpoint. Names, numbers and days of issue are those of now.
pub async fn list_open_items(
    pool: &PgPool,
    filter: &OpenItemFilter,
    standpoint: Standpoint,
    sort: Sort<OpenItemOrder>,
    paging: &Paging,
) -> Result<Page<Vec<OpenItem>>, ReadError> {
    let mut query = QueryBuilder::with_arguments(
        format!(
            "WITH owed AS ({OWED}) SELECT o.*, greatest(o.days, 0)::bigint AS days_overdue, c.name, b.number, \
             b.issue_date FROM owed AS o LEFT JOIN bills AS b ON b.id = o.bill \
             LEFT JOIN customers AS c ON c.id = o.customer WHERE o.open <> 0"
        ),
        filter.seen_from(standpoint)?,
    );
    filter.narrow(&mut query);
    in_order(&mut query, sort, paging)?;

    let mut tables = tables_of::<Receivables>();
    tables.extend(tables_of::<Bills>());
    tables.extend(tables_of::<Customers>());
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let position = snapshot.stand::<Receivables>(&standpoint).await?;
    let mut items: Vec<OpenItem> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut items, |last| cursor_at(last, sort));
    Ok(Page { data: items, next_cursor, position })
}

impl OpenItemFilter {
    /// `$1` to `$4` of what is owed.
    fn seen_from(&self, standpoint: Standpoint) -> Result<PgArguments, ReadError> {
        let mut arguments = PgArguments::default();
        let known_at = standpoint.known_at.map(signed).transpose()?;
        arguments.add(standpoint.date()).map_err(sqlx::Error::Encode)?;
        arguments.add(known_at).map_err(sqlx::Error::Encode)?;
        arguments.add(self.currency.map(Currency::code)).map_err(sqlx::Error::Encode)?;
        arguments.add(self.on).map_err(sqlx::Error::Encode)?;
        Ok(arguments)
    }

    fn narrow<'a>(&'a self, query: &mut QueryBuilder<'a, Postgres>) {
        if let Some(customer) = &self.customer {
            query.push(" AND o.customer = ").push_bind(customer.as_str());
        }
        match self.overdue {
            Some(true) => query.push(" AND o.days > 0"),
            Some(false) => query.push(" AND o.days <= 0"),
            None => query,
        };
        if let Some(from) = self.days.from_days {
            query.push(" AND o.days >= ").push_bind(from);
        }
        if let Some(to) = self.days.to_days {
            query.push(" AND o.days <= ").push_bind(to);
        }
    }
}

fn in_order(
    query: &mut QueryBuilder<'_, Postgres>,
    sort: Sort<OpenItemOrder>,
    paging: &Paging,
) -> Result<(), ReadError> {
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    match sort.by {
        OpenItemOrder::Customer => {
            if let Some([customer, date, bill]) = paging.after(sort)? {
                query.push(format!(" AND (o.customer, o.due_date, o.bill) {after} (")).push_bind(customer);
                query.push(", ").push_bind(read_key::<NaiveDate>(&date)?);
                query.push(", ").push_bind(bill).push(")");
            }
            query.push(format!(
                " ORDER BY o.customer {direction}, o.due_date {direction}, o.bill {direction}"
            ));
        }
        OpenItemOrder::DueDate => {
            if let Some([date, bill]) = paging.after(sort)? {
                query.push(format!(" AND (o.due_date, o.bill) {after} ("));
                query.push_bind(read_key::<NaiveDate>(&date)?).push(", ").push_bind(bill).push(")");
            }
            query.push(format!(" ORDER BY o.due_date {direction}, o.bill {direction}"));
        }
    }
    query.push(" LIMIT ").push_bind(paging.rows_to_fetch());
    Ok(())
}

fn cursor_at(item: &OpenItem, sort: Sort<OpenItemOrder>) -> String {
    let (date, bill) = (item.due_date.to_string(), item.bill.to_string());
    match sort.by {
        OpenItemOrder::Customer => write_cursor(sort, [item.customer.to_string(), date, bill]),
        OpenItemOrder::DueDate => write_cursor(sort, [date, bill]),
    }
}

impl FromRow<'_, PgRow> for OpenItem {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            customer: spelled(row, "customer")?,
            name: row.try_get("name")?,
            bill: spelled(row, "bill")?,
            number: optional(row, "number")?,
            issue_date: row.try_get("issue_date")?,
            due_date: row.try_get("due_date")?,
            days_overdue: count(row, "days_overdue")?,
            open: money(row, "open", spelled(row, "currency")?)?,
        })
    }
}
