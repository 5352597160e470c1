//! Asking for records of usage.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use tallybook_domain::billing::BillId;
use tallybook_domain::billing::pricing::Meter;
use tallybook_domain::{CustomerId, Month};
use utoipa::ToSchema;

use super::{UsageProjection, UsageRow};
use crate::query::{
    DateRange, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, optional, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageFilter {
    pub customer: Option<CustomerId>,
    pub month: Option<Month>,
    pub meter: Option<Meter>,
    pub dates: DateRange,
    pub late: Option<bool>,
}

/// A record, and the bill that counts it as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BilledUsage {
    #[serde(flatten)]
    pub record: UsageRow,
    /// `null`: not billed yet, or corrected since.
    #[schema(value_type = Option<String>, example = "C00042.2026-10")]
    pub billed_by: Option<BillId>,
}

impl FromRow<'_, PgRow> for BilledUsage {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self { record: UsageRow::from_row(row)?, billed_by: optional(row, "billed_by")? })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageOrder {
    /// As the book wrote them down.
    Recorded,
    Date,
}

impl SortKey for UsageOrder {
    const ALL: &'static [Self] = &[Self::Recorded, Self::Date];
    const DEFAULT: Sort<Self> = Sort { by: Self::Recorded, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Date => "date",
        }
    }
}

/// The first bill that takes the record's last change into account.
const SELECT: &str = r#"
    SELECT used.*, (SELECT bill FROM usage_bills
                     WHERE usage_bills.customer = used.customer AND usage_bills.month = used.month
                       AND standing AND through >= used.sequence
                     ORDER BY through LIMIT 1) AS billed_by
      FROM usage_records AS used WHERE true"#;

pub async fn list_usage(
    pool: &PgPool,
    filter: &UsageFilter,
    sort: Sort<UsageOrder>,
    paging: &Paging,
) -> Result<Page<Vec<BilledUsage>>, ReadError> {
    let mut query = QueryBuilder::new(SELECT);
    narrow(&mut query, filter);
    in_order(&mut query, sort, paging)?;

    let mut snapshot = Snapshot::take::<UsageProjection>(pool).await?;
    let position = snapshot.position_of::<UsageProjection>().await?;
    let mut rows: Vec<BilledUsage> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| cursor_at(&last.record, sort));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a UsageFilter) {
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(month) = filter.month {
        query.push(" AND month = ").push_bind(month.to_string());
    }
    if let Some(meter) = &filter.meter {
        query.push(" AND meter = ").push_bind(meter.as_str());
    }
    filter.dates.narrow_by("date", query);
    match filter.late {
        Some(true) => query.push(" AND late"),
        Some(false) => query.push(" AND NOT late"),
        None => query,
    };
}

/// Many records come in with one event, so the rest of the key is part of either order.
fn in_order(
    query: &mut QueryBuilder<'_, Postgres>,
    sort: Sort<UsageOrder>,
    paging: &Paging,
) -> Result<(), ReadError> {
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    match sort.by {
        UsageOrder::Recorded => {
            if let Some([position, meter, date, reference]) = paging.after(sort)? {
                query.push(format!(" AND (created_position, meter, date, reference) {after} ("));
                query.push_bind(read_key::<i64>(&position)?).push(", ").push_bind(meter).push(", ");
                query.push_bind(read_key::<NaiveDate>(&date)?).push(", ").push_bind(reference).push(")");
            }
            query.push(format!(
                " ORDER BY created_position {direction}, meter {direction}, date {direction}, reference {direction}"
            ));
        }
        UsageOrder::Date => {
            if let Some([date, customer, meter, reference]) = paging.after(sort)? {
                query.push(format!(" AND (date, customer, meter, reference) {after} ("));
                query.push_bind(read_key::<NaiveDate>(&date)?).push(", ").push_bind(customer).push(", ");
                query.push_bind(meter).push(", ").push_bind(reference).push(")");
            }
            query.push(format!(
                " ORDER BY date {direction}, customer {direction}, meter {direction}, reference {direction}"
            ));
        }
    }
    query.push(" LIMIT ").push_bind(paging.rows_to_fetch());
    Ok(())
}

fn cursor_at(row: &UsageRow, sort: Sort<UsageOrder>) -> String {
    let (meter, reference) = (row.meter.to_string(), row.reference.to_string());
    let date = row.date.to_string();
    match sort.by {
        UsageOrder::Recorded => {
            write_cursor(sort, [row.created.position.to_string(), meter, date, reference])
        }
        UsageOrder::Date => write_cursor(sort, [date, row.customer.to_string(), meter, reference]),
    }
}
