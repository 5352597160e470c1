//! What a customer is worth, owes and has left with us, put together from bills, orders, receipts and credit notes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::{Currency, CustomerId, Money};
use utoipa::ToSchema;

use super::{CustomerRow, Customers};
use crate::billing::{Bills, Receivables};
use crate::orders::Orders;
use crate::query::{Answer, ReadError, Snapshot, Total, counted, rounded, tables_of};
use crate::schema;
use crate::settlement::{CreditNotes, Receipts};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerFigures {
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    /// The day after whose eve a bill is overdue.
    pub on: NaiveDate,
    pub currencies: Vec<FiguresOfCurrency>,
}

/// The figures in a currency in which the customer was billed or has ordered, has money left or has a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FiguresOfCurrency {
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    /// Revenue of all issued bills as their notes have left them, and of completed orders, without tax.
    #[schema(value_type = schema::Money)]
    pub lifetime_value: Total,
    /// What of it comes from orders.
    #[schema(value_type = schema::Money)]
    pub order_value: Total,
    /// What is owed, with tax.
    #[schema(value_type = schema::Money)]
    pub outstanding: Total,
    /// What of it is past its due date.
    #[schema(value_type = schema::Money)]
    pub overdue: Total,
    /// What is free of receipts and credit notes.
    #[schema(value_type = schema::Money)]
    pub advance: Total,
    /// Bills of which nothing is left, because they were paid or written off.
    pub settled_bill_count: u64,
    /// From the issue of these bills to the day on which the last of each was settled, to a tenth of a day. `null`
    /// where there are none.
    #[schema(value_type = Option<String>, example = "17.5")]
    pub average_days_to_pay: Option<Decimal>,
    /// What orders come to that wait for their payment.
    #[schema(value_type = schema::Money)]
    pub pending_orders: Total,
    #[schema(value_type = Option<schema::Money>)]
    pub credit_limit: Option<Money>,
    /// What is owed and waits for the payment of orders as a share of the limit, to four decimals. `null` without a
    /// limit, or with one of nothing.
    #[schema(value_type = Option<String>, example = "0.8125")]
    pub credit_used: Option<Decimal>,
    /// More is owed and waits for the payment of orders than the limit.
    pub over_limit: bool,
}

#[derive(Default)]
struct Figures {
    billed_value: Decimal,
    order_value: Decimal,
    pending_orders: Decimal,
    outstanding: Decimal,
    overdue: Decimal,
    advance: Decimal,
    settled_bill_count: i64,
    average_days: Option<Decimal>,
}

/// As they are on a day. The position is that of whichever read model has come least far.
pub async fn customer_figures(
    pool: &PgPool,
    customer: &CustomerId,
    on: NaiveDate,
) -> Result<Answer<Option<CustomerFigures>>, ReadError> {
    let tables = [
        tables_of::<Customers>(),
        tables_of::<Bills>(),
        tables_of::<Receivables>(),
        tables_of::<Receipts>(),
        tables_of::<CreditNotes>(),
        tables_of::<Orders>(),
    ];
    let mut snapshot = Snapshot::of_tables(pool, &tables.concat()).await?;
    let positions = [
        snapshot.position_of::<Customers>().await?,
        snapshot.position_of::<Bills>().await?,
        snapshot.position_of::<Receivables>().await?,
        snapshot.position_of::<Receipts>().await?,
        snapshot.position_of::<CreditNotes>().await?,
        snapshot.position_of::<Orders>().await?,
    ];
    let position = positions.into_iter().fold(u64::MAX, u64::min);
    let Some(row) = snapshot.row_of::<CustomerRow>(customer.as_str()).await? else {
        return Ok(Answer { data: None, position });
    };
    let mut figures = figures_of(&mut snapshot, customer, on).await?;
    let limit = row.profile.credit_limit;
    if let Some(limit) = limit {
        figures.entry(limit.currency()).or_default();
    }
    let currencies = figures
        .into_iter()
        .map(|(currency, figures)| {
            figures.shown(currency, limit.filter(|limit| limit.currency() == currency))
        })
        .collect::<Result<_, ReadError>>()?;
    Ok(Answer { data: Some(CustomerFigures { customer: customer.clone(), on, currencies }), position })
}

async fn figures_of(
    snapshot: &mut Snapshot,
    customer: &CustomerId,
    on: NaiveDate,
) -> Result<BTreeMap<Currency, Figures>, ReadError> {
    let rows = sqlx::query!(
        r#"WITH billed AS (
               SELECT currency, sum(subtotal) FILTER (WHERE state = 'issued') AS lifetime_value,
                      sum(open) AS outstanding, sum(open) FILTER (WHERE due_date < $2) AS overdue
                 FROM bills WHERE customer = $1 GROUP BY currency),
           paid AS (
               SELECT b.currency, count(*) AS bill_count, avg(r.last_date - b.issue_date) AS days
                 FROM bills AS b JOIN receivables AS r ON r.bill = b.id
                WHERE b.customer = $1 AND b.state = 'issued' AND b.open = 0 AND b.settled > 0 GROUP BY b.currency),
           free AS (
               SELECT currency, sum(unapplied) AS advance
                 FROM (SELECT currency, unapplied FROM receipts WHERE customer = $1
                        UNION ALL
                       SELECT currency, unapplied FROM credit_notes WHERE customer = $1) AS sources
                GROUP BY currency),
           ordered AS (
               SELECT currency, sum(revenue) AS order_value FROM orders
                WHERE customer = $1 AND state = 'completed' GROUP BY currency),
           pending AS (
               SELECT currency, sum(amount) AS pending_orders FROM orders
                WHERE customer = $1 AND state = 'pending_payment' GROUP BY currency)
           SELECT currency AS "currency!", coalesce(b.lifetime_value, 0) AS "lifetime_value!",
                  coalesce(b.outstanding, 0) AS "outstanding!", coalesce(b.overdue, 0) AS "overdue!",
                  coalesce(o.order_value, 0) AS "order_value!", coalesce(f.advance, 0) AS "advance!",
                  coalesce(w.pending_orders, 0) AS "pending_orders!",
                  coalesce(p.bill_count, 0) AS "bill_count!", p.days AS "days?"
             FROM billed AS b FULL JOIN free AS f USING (currency) FULL JOIN ordered AS o USING (currency)
             FULL JOIN pending AS w USING (currency)
             LEFT JOIN paid AS p USING (currency)"#,
        customer.as_str(),
        on,
    )
    .fetch_all(snapshot.connection())
    .await?;
    let figures = rows.into_iter().map(|row| {
        let currency = Currency::parse(&row.currency)
            .map_err(|_| ReadError::Corrupt(format!("{customer} is billed in {:?}", row.currency)))?;
        let figures = Figures {
            billed_value: row.lifetime_value,
            order_value: row.order_value,
            pending_orders: row.pending_orders,
            outstanding: row.outstanding,
            overdue: row.overdue,
            advance: row.advance,
            settled_bill_count: row.bill_count,
            average_days: row.days,
        };
        Ok((currency, figures))
    });
    figures.collect()
}

impl Figures {
    fn shown(self, currency: Currency, limit: Option<Money>) -> Result<FiguresOfCurrency, ReadError> {
        let total = |amount| Total::new(amount, currency);
        let exposure = total(self.outstanding).plus(total(self.pending_orders))?.amount();
        let used =
            limit.filter(|limit| limit.is_positive()).and_then(|limit| exposure.checked_div(limit.amount()));
        Ok(FiguresOfCurrency {
            currency,
            lifetime_value: total(self.billed_value).plus(total(self.order_value))?,
            order_value: total(self.order_value),
            outstanding: total(self.outstanding),
            overdue: total(self.overdue),
            advance: total(self.advance),
            settled_bill_count: counted(self.settled_bill_count)?,
            average_days_to_pay: self.average_days.map(|days| rounded(days, 1)),
            pending_orders: total(self.pending_orders),
            credit_limit: limit,
            credit_used: used.map(|share| rounded(share, 4)),
            over_limit: limit.is_some_and(|limit| exposure > limit.amount()),
        })
    }
}
