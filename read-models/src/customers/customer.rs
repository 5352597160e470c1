//! `customers`: every customer with its name and whether it is suspended.

use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use tallybook_domain::customers::{CustomerEvent, CustomerName, CustomerStatus};
use tallybook_domain::text::Reason;
use tallybook_domain::{BookEvent, CustomerId, RecordedEvent};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, FoldFault, Keyed, KeyedRow, Projection, Reads, Row, Stamp};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, optional, spelled, stamp,
    write_cursor,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerRow {
    #[schema(value_type = String, example = "C00042")]
    pub id: CustomerId,
    #[schema(value_type = String)]
    pub name: CustomerName,
    #[schema(value_type = String, example = "active")]
    pub status: CustomerStatus,
    /// Why the customer is suspended, while it is.
    #[schema(value_type = Option<String>)]
    pub suspension_reason: Option<Reason>,
    pub created: Stamp,
    pub updated: Stamp,
}

#[derive(Debug)]
pub struct Customers;

impl Projection for Customers {
    const NAME: &'static str = "customers";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["customer"]);
    type Tables = Keyed<CustomerRow>;

    fn apply(event: &RecordedEvent, customers: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Customer(change) => apply(event, change, customers),
            BookEvent::Wallet(_) | BookEvent::Withdrawal(_) => Ok(()),
        }
    }
}

fn apply(
    event: &RecordedEvent,
    change: &CustomerEvent,
    customers: &mut Keyed<CustomerRow>,
) -> Result<(), FoldFault> {
    match change {
        CustomerEvent::CustomerRegistered { customer, name } => customers.create(customer, || CustomerRow {
            id: customer.clone(),
            name: name.clone(),
            status: CustomerStatus::Active,
            suspension_reason: None,
            created: Stamp::of(event),
            updated: Stamp::of(event),
        }),
        CustomerEvent::CustomerRenamed { customer, old_name: _, new_name } => {
            customers.change(customer, |row| {
                row.name = new_name.clone();
                row.updated = Stamp::of(event);
                Ok(())
            })
        }
        CustomerEvent::CustomerSuspended { customer, reason } => customers.change(customer, |row| {
            row.status = CustomerStatus::Suspended;
            row.suspension_reason = Some(reason.clone());
            row.updated = Stamp::of(event);
            Ok(())
        }),
        CustomerEvent::CustomerReactivated { customer, reason: _ } => customers.change(customer, |row| {
            row.status = CustomerStatus::Active;
            row.suspension_reason = None;
            row.updated = Stamp::of(event);
            Ok(())
        }),
    }
}

impl Row for CustomerRow {
    const TABLE: &'static str = "customers";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("name"),
        Column::text("status"),
        Column::text("suspension_reason"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(&self.name);
        fields.put(self.status.as_str());
        fields.put_option(self.suspension_reason.as_ref());
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for CustomerRow {
    const KEY_COLUMNS: usize = 1;
    type Key = CustomerId;

    fn key(&self) -> CustomerId {
        self.id.clone()
    }

    fn encode_key(key: &CustomerId, fields: &mut Fields<'_>) {
        fields.put(key);
    }
}

impl FromRow<'_, PgRow> for CustomerRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            name: spelled(row, "name")?,
            status: spelled(row, "status")?,
            suspension_reason: optional(row, "suspension_reason")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}

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
    let mut snapshot = Snapshot::take(pool).await?;
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
    let mut snapshot = Snapshot::take(pool).await?;
    let position = snapshot.position_of::<Customers>().await?;
    let row = sqlx::query_as("SELECT * FROM customers WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(snapshot.connection())
        .await?;
    Ok(Answer { data: row, position })
}
