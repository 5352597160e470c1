//! What was owed of each bill, seen from a standpoint; and that sorted by age.
//!
//! Must never be asked apart from the position of its snapshot.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::FromRow;
use tallybook_domain::{Currency, CustomerId};
use utoipa::ToSchema;

use super::bounds::{AgeingBounds, DaysOverdue};
use crate::query::{ReadError, Snapshot, Total, counted};
use crate::schema;

/// Of a bill that nothing happened to since, what is stored; of the others, what their entries came to by then. With
/// `$1` the last business date and `$2` the last position that count, `$3` the currency and `$4` the day on which it is
/// counted for how long something has been due.
pub(super) const OWED: &str = "SELECT r.bill, r.customer, r.currency, r.due_date, $4::date - r.due_date AS days,
           CASE WHEN r.last_date <= coalesce($1, r.last_date) AND r.last_position <= coalesce($2, r.last_position)
                THEN r.open
                ELSE (SELECT coalesce(sum(e.amount), 0) FROM receivable_entries AS e
                       WHERE e.bill = r.bill AND e.effective_date <= coalesce($1, e.effective_date)
                         AND e.position <= coalesce($2, e.position)) END AS open
      FROM receivables AS r
     WHERE (r.open <> 0 OR r.last_date > $1::date OR r.last_position > $2::bigint)
       AND (r.first_date <= $1 OR $1 IS NULL) AND (r.currency = $3::text OR $3 IS NULL)";

/// From where it is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// What is dated later does not count.
    pub(super) date: Option<NaiveDate>,
    /// What was recorded later does not count.
    pub(super) known_at: Option<i64>,
    pub(super) currency: Option<Currency>,
    /// The day on which it is counted for how long something has been due.
    pub(super) on: NaiveDate,
}

/// What is owed in a currency.
#[derive(Debug)]
pub(super) struct Aged {
    /// The one who owes most first.
    pub(super) customers: Vec<AgedOfCustomer>,
    pub(super) customer_count: u64,
    /// Of all customers, listed or not.
    pub(super) sums: SortedByAge,
}

#[derive(Debug)]
pub(super) struct AgedOfCustomer {
    pub(super) customer: CustomerId,
    pub(super) name: Option<String>,
    pub(super) sums: SortedByAge,
}

/// What is owed, with tax, by the days since it was due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SortedByAge {
    /// Bills of which something is owed.
    pub bill_count: u64,
    #[schema(value_type = schema::Money)]
    pub open: Total,
    /// All stretches of days, also those in which nothing is owed.
    pub buckets: Vec<AgeingBucket>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgeingBucket {
    #[serde(flatten)]
    pub days: DaysOverdue,
    pub bill_count: u64,
    #[schema(value_type = schema::Money)]
    pub open: Total,
}

/// Rows without a customer are sums over all of them, and that without a bucket is the sum over these.
#[derive(FromRow)]
struct Cell {
    customer: Option<String>,
    name: Option<String>,
    currency: String,
    bucket: Option<i32>,
    bill_count: i64,
    customer_count: i64,
    open: Decimal,
}

/// By currency. Of each, so many customers, or all.
pub(super) async fn aged(
    snapshot: &mut Snapshot,
    seen: Seen,
    bounds: &AgeingBounds,
    limit: Option<u32>,
) -> Result<BTreeMap<Currency, Aged>, ReadError> {
    let mut currencies: BTreeMap<Currency, Aged> = BTreeMap::new();
    for cell in cells(snapshot, seen, bounds, limit).await? {
        let currency = Currency::parse(&cell.currency)
            .map_err(|_| ReadError::Corrupt(format!("something is owed in {:?}", cell.currency)))?;
        let aged = currencies.entry(currency).or_insert_with(|| Aged::nothing(currency, bounds));
        match (&cell.customer, cell.bucket) {
            (None, None) => aged.customer_count = counted(cell.customer_count)?,
            (None, Some(bucket)) => aged.sums.take_in(&cell, bucket)?,
            (Some(customer), Some(bucket)) => {
                let customer: CustomerId =
                    customer.parse().map_err(|_| ReadError::Corrupt(format!("{customer:?} owes")))?;
                if aged.customers.last().is_none_or(|last| last.customer != customer) {
                    let (name, sums) = (cell.name.clone(), SortedByAge::nothing(currency, bounds));
                    aged.customers.push(AgedOfCustomer { customer, name, sums });
                }
                if let Some(last) = aged.customers.last_mut() {
                    last.sums.take_in(&cell, bucket)?;
                }
            }
            (Some(customer), None) => {
                return Err(ReadError::Corrupt(format!("what {customer} owes is of no age")));
            }
        }
    }
    Ok(currencies)
}

async fn cells(
    snapshot: &mut Snapshot,
    seen: Seen,
    bounds: &AgeingBounds,
    limit: Option<u32>,
) -> Result<Vec<Cell>, ReadError> {
    let statement = format!(
        "WITH owed AS ({OWED}),
              sorted AS (SELECT customer, currency, open, width_bucket(days - 1, $5::int[]) AS bucket
                           FROM owed WHERE open <> 0),
              cells AS (SELECT customer, currency, bucket, count(*) AS bill_count, sum(open) AS open,
                               count(DISTINCT customer) AS customer_count
                          FROM sorted
                         GROUP BY GROUPING SETS ((currency), (currency, bucket), (currency, customer, bucket))),
              summed AS (SELECT *, sum(open) OVER (PARTITION BY currency, customer) AS of_customer
                           FROM cells WHERE customer IS NOT NULL),
              ranked AS (SELECT *, dense_rank() OVER (PARTITION BY currency ORDER BY of_customer DESC, customer) AS rank
                           FROM summed),
              shown AS (SELECT customer, currency, bucket, bill_count, customer_count, open, 0 AS rank
                          FROM cells WHERE customer IS NULL
                         UNION ALL
                        SELECT customer, currency, bucket, bill_count, customer_count, open, rank
                          FROM ranked WHERE rank <= $6 OR $6 IS NULL)
         SELECT s.customer, c.name, s.currency, s.bucket, s.bill_count, s.customer_count, s.open
           FROM shown AS s LEFT JOIN customers AS c ON c.id = s.customer
          ORDER BY s.currency, s.rank, s.bucket"
    );
    let cells = sqlx::query_as(&statement)
        .bind(seen.date)
        .bind(seen.known_at)
        .bind(seen.currency.map(Currency::code))
        .bind(seen.on)
        .bind(bounds.days())
        .bind(limit.map(i64::from))
        .fetch_all(snapshot.connection())
        .await?;
    Ok(cells)
}

impl Aged {
    pub(super) fn nothing(currency: Currency, bounds: &AgeingBounds) -> Self {
        let sums = SortedByAge::nothing(currency, bounds);
        Self { customers: Vec::new(), customer_count: 0, sums }
    }
}

impl SortedByAge {
    fn nothing(currency: Currency, bounds: &AgeingBounds) -> Self {
        let open = Total::zero(currency);
        let buckets =
            bounds.stretches().into_iter().map(|days| AgeingBucket { days, bill_count: 0, open }).collect();
        Self { bill_count: 0, open, buckets }
    }

    fn take_in(&mut self, cell: &Cell, bucket: i32) -> Result<(), ReadError> {
        let at = usize::try_from(bucket).ok().and_then(|bucket| self.buckets.get_mut(bucket));
        let at = at.ok_or_else(|| ReadError::Corrupt(format!("there is no stretch {bucket} of days")))?;
        at.bill_count = counted(cell.bill_count)?;
        at.open = Total::new(cell.open, self.open.currency());
        self.bill_count += at.bill_count;
        self.open = self.open.plus(at.open)?;
        Ok(())
    }
}
