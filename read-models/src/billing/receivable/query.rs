//! Asking what customers owe (应收账款), and for how long it has been due.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::{Currency, CustomerId};
use utoipa::ToSchema;

use super::Receivables;
use crate::customers::Customers;
use crate::query::{Answer, ReadError, Snapshot, Standpoint, Total, counted, signed, tables_of};
use crate::schema;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivablesScope {
    /// The day on which it is counted for how long something has been due.
    pub on: NaiveDate,
    pub currency: Option<Currency>,
    /// How many customers of each currency; those who owe most. All, if left out.
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivablesSummary {
    /// The day on which it is counted for how long something has been due.
    pub on: NaiveDate,
    pub currencies: Vec<ReceivablesOfCurrency>,
}

/// Who owes in a currency, the one who owes most first, and the sums over all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivablesOfCurrency {
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    pub customers: Vec<ReceivablesOfCustomer>,
    /// How many customers there are, shown or not.
    pub customer_count: u64,
    pub bill_count: u64,
    /// What the ledger says of 1122.
    #[serde(flatten)]
    pub ageing: Ageing,
}

/// What a customer owes in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivablesOfCustomer {
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    pub name: Option<String>,
    /// Bills of which something is owed.
    pub bill_count: u64,
    #[serde(flatten)]
    pub ageing: Ageing,
}

/// What is owed, with tax, by the days since it was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ageing {
    #[schema(value_type = schema::Money)]
    pub open: Total,
    /// On its due date, too, it is not due yet.
    #[schema(value_type = schema::Money)]
    pub not_due: Total,
    #[schema(value_type = schema::Money)]
    pub overdue_1_30: Total,
    #[schema(value_type = schema::Money)]
    pub overdue_31_60: Total,
    #[schema(value_type = schema::Money)]
    pub overdue_61_90: Total,
    /// For more than 90 days.
    #[schema(value_type = schema::Money)]
    pub overdue_over_90: Total,
}

struct CustomerOwes {
    customer: String,
    name: Option<String>,
    currency: String,
    bill_count: i64,
    open: Decimal,
    not_due: Decimal,
    overdue_1_30: Decimal,
    overdue_31_60: Decimal,
    overdue_61_90: Decimal,
    overdue_over_90: Decimal,
    customer_count: i64,
    all_bill_count: i64,
    all_open: Decimal,
    all_not_due: Decimal,
    all_overdue_1_30: Decimal,
    all_overdue_31_60: Decimal,
    all_overdue_61_90: Decimal,
    all_overdue_over_90: Decimal,
}

/// Of a bill that nothing happened to since, what is stored; of the others, what their entries came to by then.
pub async fn receivables_summary(
    pool: &PgPool,
    scope: ReceivablesScope,
    standpoint: Standpoint,
) -> Result<Answer<ReceivablesSummary>, ReadError> {
    let mut tables = tables_of::<Receivables>();
    tables.extend(tables_of::<Customers>());
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let position = snapshot.stand::<Receivables>(&standpoint).await?;
    let rows = scope.rows(&mut snapshot, standpoint).await?;

    let mut currencies: Vec<ReceivablesOfCurrency> = Vec::new();
    for row in rows {
        let currency = Currency::parse(&row.currency)
            .map_err(|_| ReadError::Corrupt(format!("something is owed in {:?}", row.currency)))?;
        if currencies.last().is_none_or(|last| last.currency != currency) {
            currencies.push(row.of_currency(currency)?);
        }
        if let Some(last) = currencies.last_mut() {
            last.customers.push(row.of_customer(currency)?);
        }
    }
    Ok(Answer { data: ReceivablesSummary { on: scope.on, currencies }, position })
}

impl ReceivablesScope {
    async fn rows(
        &self,
        snapshot: &mut Snapshot,
        standpoint: Standpoint,
    ) -> Result<Vec<CustomerOwes>, ReadError> {
        let known_at = standpoint.known_at.map(signed).transpose()?;
        let rows = sqlx::query_as!(
            CustomerOwes,
            r#"WITH owed AS (
                   SELECT r.customer, r.currency, $4::date - r.due_date AS days,
                          CASE WHEN r.last_date <= coalesce($1, r.last_date)
                                AND r.last_position <= coalesce($2, r.last_position) THEN r.open
                          ELSE (SELECT coalesce(sum(e.amount), 0) FROM receivable_entries AS e
                                 WHERE e.bill = r.bill AND e.effective_date <= coalesce($1, e.effective_date)
                                   AND e.position <= coalesce($2, e.position)) END AS open
                     FROM receivables AS r
                    WHERE (r.open <> 0 OR r.last_date > $1 OR r.last_position > $2)
                      AND (r.first_date <= $1 OR $1 IS NULL) AND (r.currency = $3 OR $3 IS NULL)),
               aged AS (
                   SELECT customer, currency, count(*) AS bill_count, sum(open) AS open,
                          coalesce(sum(open) FILTER (WHERE days <= 0), 0) AS not_due,
                          coalesce(sum(open) FILTER (WHERE days BETWEEN 1 AND 30), 0) AS overdue_1_30,
                          coalesce(sum(open) FILTER (WHERE days BETWEEN 31 AND 60), 0) AS overdue_31_60,
                          coalesce(sum(open) FILTER (WHERE days BETWEEN 61 AND 90), 0) AS overdue_61_90,
                          coalesce(sum(open) FILTER (WHERE days > 90), 0) AS overdue_over_90
                     FROM owed WHERE open <> 0 GROUP BY customer, currency),
               ranked AS (
                   SELECT *, row_number() OVER (PARTITION BY currency ORDER BY open DESC, customer) AS rank,
                          count(*) OVER of_currency AS customer_count,
                          (sum(bill_count) OVER of_currency)::bigint AS all_bill_count,
                          sum(open) OVER of_currency AS all_open,
                          sum(not_due) OVER of_currency AS all_not_due,
                          sum(overdue_1_30) OVER of_currency AS all_overdue_1_30,
                          sum(overdue_31_60) OVER of_currency AS all_overdue_31_60,
                          sum(overdue_61_90) OVER of_currency AS all_overdue_61_90,
                          sum(overdue_over_90) OVER of_currency AS all_overdue_over_90
                     FROM aged WINDOW of_currency AS (PARTITION BY currency))
               SELECT r.customer AS "customer!", c.name AS "name?", r.currency AS "currency!",
                      r.bill_count AS "bill_count!", r.open AS "open!", r.not_due AS "not_due!",
                      r.overdue_1_30 AS "overdue_1_30!", r.overdue_31_60 AS "overdue_31_60!",
                      r.overdue_61_90 AS "overdue_61_90!", r.overdue_over_90 AS "overdue_over_90!",
                      r.customer_count AS "customer_count!", r.all_bill_count AS "all_bill_count!",
                      r.all_open AS "all_open!", r.all_not_due AS "all_not_due!",
                      r.all_overdue_1_30 AS "all_overdue_1_30!", r.all_overdue_31_60 AS "all_overdue_31_60!",
                      r.all_overdue_61_90 AS "all_overdue_61_90!",
                      r.all_overdue_over_90 AS "all_overdue_over_90!"
                 FROM ranked AS r LEFT JOIN customers AS c ON c.id = r.customer
                WHERE r.rank <= $5 OR $5 IS NULL ORDER BY r.currency, r.rank"#,
            standpoint.date(),
            known_at,
            self.currency.map(Currency::code),
            self.on,
            self.limit.map(i64::from),
        )
        .fetch_all(snapshot.connection())
        .await?;
        Ok(rows)
    }
}

impl CustomerOwes {
    fn of_currency(&self, currency: Currency) -> Result<ReceivablesOfCurrency, ReadError> {
        let total = |amount| Total::new(amount, currency);
        Ok(ReceivablesOfCurrency {
            currency,
            customers: Vec::new(),
            customer_count: counted(self.customer_count)?,
            bill_count: counted(self.all_bill_count)?,
            ageing: Ageing {
                open: total(self.all_open),
                not_due: total(self.all_not_due),
                overdue_1_30: total(self.all_overdue_1_30),
                overdue_31_60: total(self.all_overdue_31_60),
                overdue_61_90: total(self.all_overdue_61_90),
                overdue_over_90: total(self.all_overdue_over_90),
            },
        })
    }

    fn of_customer(self, currency: Currency) -> Result<ReceivablesOfCustomer, ReadError> {
        let total = |amount| Total::new(amount, currency);
        let customer = self.customer.parse();
        Ok(ReceivablesOfCustomer {
            customer: customer.map_err(|_| ReadError::Corrupt(format!("{:?} owes", self.customer)))?,
            name: self.name,
            bill_count: counted(self.bill_count)?,
            ageing: Ageing {
                open: total(self.open),
                not_due: total(self.not_due),
                overdue_1_30: total(self.overdue_1_30),
                overdue_31_60: total(self.overdue_31_60),
                overdue_61_90: total(self.overdue_61_90),
                overdue_over_90: total(self.overdue_over_90),
            },
        })
    }
}
