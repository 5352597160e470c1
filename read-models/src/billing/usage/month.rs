//! What a customer used in a month, summed up by meter and day.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::billing::BillId;
use tallybook_domain::billing::pricing::{Meter, Quantity};
use tallybook_domain::{CustomerId, Month};
use utoipa::ToSchema;

use super::UsageProjection;
use crate::query::{Answer, ReadError, Snapshot, counted, quantity, read};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerUsage {
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "2026-10")]
    pub month: Month,
    /// The bills that count it, oldest first.
    #[schema(value_type = Vec<String>)]
    pub bills: Vec<BillId>,
    /// By name; only those of which something was recorded.
    pub meters: Vec<MeterMonth>,
}

/// What was used of one meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeterMonth {
    #[schema(value_type = String, example = "api_calls")]
    pub meter: Meter,
    #[serde(flatten)]
    pub sum: UsageSum,
    /// Days on which something was recorded.
    pub days: Vec<DayUsage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayUsage {
    pub date: NaiveDate,
    #[serde(flatten)]
    pub sum: UsageSum,
}

/// Records summed up, and how many of them came in or were corrected after the month had been billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageSum {
    pub records: u64,
    #[schema(value_type = String, example = "120.5")]
    pub quantity: Quantity,
    pub late_records: u64,
}

impl UsageSum {
    fn plus(self, other: Self) -> Result<Self, ReadError> {
        let too_much = || ReadError::Corrupt("a month's sum of a meter is out of range".into());
        let sum = self.quantity.value().checked_add(other.quantity.value()).ok_or_else(too_much)?;
        Ok(Self {
            records: self.records + other.records,
            quantity: quantity(sum, "quantity")?,
            late_records: self.late_records + other.late_records,
        })
    }
}

pub async fn customer_usage(
    pool: &PgPool,
    customer: &CustomerId,
    month: Month,
) -> Result<Answer<CustomerUsage>, ReadError> {
    let mut snapshot = Snapshot::take::<UsageProjection>(pool).await?;
    let position = snapshot.position_of::<UsageProjection>().await?;
    let days = sqlx::query!(
        r#"SELECT meter, date, count(*) AS "records!", sum(quantity) AS "quantity!",
                  count(*) FILTER (WHERE late) AS "late_records!"
             FROM usage_records WHERE customer = $1 AND month = $2
            GROUP BY meter, date ORDER BY meter, date"#,
        customer.as_str(),
        month.to_string()
    )
    .fetch_all(snapshot.connection())
    .await?;
    let bills = sqlx::query_scalar!(
        "SELECT bill FROM usage_bills WHERE customer = $1 AND month = $2 AND standing ORDER BY through, bill",
        customer.as_str(),
        month.to_string()
    )
    .fetch_all(snapshot.connection())
    .await?;

    let mut meters: Vec<MeterMonth> = Vec::new();
    for row in days {
        let meter: Meter = read(&row.meter, "meter")?;
        let sum = UsageSum {
            records: counted(row.records)?,
            quantity: quantity(row.quantity, "quantity")?,
            late_records: counted(row.late_records)?,
        };
        let day = DayUsage { date: row.date, sum };
        match meters.last_mut().filter(|last| last.meter == meter) {
            Some(last) => {
                last.sum = last.sum.plus(sum)?;
                last.days.push(day);
            }
            None => meters.push(MeterMonth { meter, sum, days: vec![day] }),
        }
    }
    let mut standing: Vec<BillId> = Vec::new();
    for bill in &bills {
        let bill = read(bill, "bill")?;
        // A bill whose note counts late usage stands twice.
        if !standing.contains(&bill) {
            standing.push(bill);
        }
    }
    let data = CustomerUsage { customer: customer.clone(), month, bills: standing, meters };
    Ok(Answer { data, position })
}
