//! Asking for the dashboard.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::Currency;
use utoipa::ToSchema;

use super::DailyTotals;
use crate::query::{Answer, Period, ReadError, Snapshot, Total, counted, read, rounded};
use crate::schema;

/// Every currency that moved in the period, day by day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Dashboard {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub currencies: Vec<CurrencyDays>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CurrencyDays {
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    pub totals: Turnover,
    /// Each day of the period, also those on which nothing happened.
    pub days: Vec<DayTurnover>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayTurnover {
    pub date: NaiveDate,
    #[serde(flatten)]
    pub turnover: Turnover,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Turnover {
    #[schema(value_type = schema::Money)]
    pub deposits: Total,
    pub deposit_count: u64,
    #[schema(value_type = schema::Money)]
    pub reversals: Total,
    pub reversal_count: u64,
    /// Withdrawals the bank has paid.
    #[schema(value_type = schema::Money)]
    pub withdrawals: Total,
    pub withdrawal_count: u64,
    /// Withdrawals that came back.
    #[schema(value_type = schema::Money)]
    pub returns: Total,
    pub return_count: u64,
    /// Deposits less reversals less withdrawals plus returns.
    #[schema(value_type = schema::Money)]
    pub net: Total,
    /// Orders placed.
    pub orders: u64,
    /// How many of these were paid, on whatever day.
    pub orders_converted: u64,
    /// What was paid for orders, placed on whatever day.
    #[schema(value_type = schema::Money)]
    pub order_payments: Total,
    pub order_payment_count: u64,
    /// What went back of orders.
    #[schema(value_type = schema::Money)]
    pub order_refunds: Total,
    pub order_refund_count: u64,
    /// Payments by their number, rounded half up. `null` without any.
    #[schema(value_type = Option<schema::Money>)]
    pub average_order: Option<Total>,
    /// Converted orders as a share of those placed, to four decimals. `null` without any.
    #[schema(value_type = Option<String>, example = "0.8125")]
    pub conversion: Option<Decimal>,
}

impl Turnover {
    fn none(currency: Currency) -> Self {
        let zero = Total::zero(currency);
        Self {
            deposits: zero,
            deposit_count: 0,
            reversals: zero,
            reversal_count: 0,
            withdrawals: zero,
            withdrawal_count: 0,
            returns: zero,
            return_count: 0,
            net: zero,
            orders: 0,
            orders_converted: 0,
            order_payments: zero,
            order_payment_count: 0,
            order_refunds: zero,
            order_refund_count: 0,
            average_order: None,
            conversion: None,
        }
    }

    /// With what follows from its own figures.
    fn with_ratios(self) -> Self {
        let per = |whole: Decimal, parts: u64| {
            Some(Decimal::from(parts))
                .filter(|parts| !parts.is_zero())
                .and_then(|parts| whole.checked_div(parts))
        };
        let currency = self.order_payments.currency();
        let average = per(self.order_payments.amount(), self.order_payment_count);
        Self {
            average_order: average
                .map(|average| Total::new(rounded(average, currency.minor_units()), currency)),
            conversion: per(self.orders_converted.into(), self.orders).map(|share| rounded(share, 4)),
            ..self
        }
    }

    fn plus(&self, other: &Self) -> Result<Self, ReadError> {
        Ok(Self {
            deposits: self.deposits.plus(other.deposits)?,
            deposit_count: self.deposit_count + other.deposit_count,
            reversals: self.reversals.plus(other.reversals)?,
            reversal_count: self.reversal_count + other.reversal_count,
            withdrawals: self.withdrawals.plus(other.withdrawals)?,
            withdrawal_count: self.withdrawal_count + other.withdrawal_count,
            returns: self.returns.plus(other.returns)?,
            return_count: self.return_count + other.return_count,
            net: self.net.plus(other.net)?,
            orders: self.orders + other.orders,
            orders_converted: self.orders_converted + other.orders_converted,
            order_payments: self.order_payments.plus(other.order_payments)?,
            order_payment_count: self.order_payment_count + other.order_payment_count,
            order_refunds: self.order_refunds.plus(other.order_refunds)?,
            order_refund_count: self.order_refund_count + other.order_refund_count,
            average_order: None,
            conversion: None,
        }
        .with_ratios())
    }
}

/// The period day by day, in one currency or in each that moved.
pub async fn daily_totals(
    pool: &PgPool,
    period: Period,
    currency: Option<Currency>,
) -> Result<Answer<Dashboard>, ReadError> {
    let mut snapshot = Snapshot::take::<DailyTotals>(pool).await?;
    let position = snapshot.position_of::<DailyTotals>().await?;
    let mut moved = turnovers(&mut snapshot, period, currency).await?;
    if let Some(currency) = currency {
        moved.entry(currency).or_default();
    }
    let currencies = moved
        .into_iter()
        .map(|(currency, days)| series(period, currency, &days))
        .collect::<Result<_, ReadError>>()?;
    Ok(Answer { data: Dashboard { from: period.from(), to: period.to(), currencies }, position })
}

async fn turnovers(
    snapshot: &mut Snapshot,
    period: Period,
    currency: Option<Currency>,
) -> Result<BTreeMap<Currency, HashMap<NaiveDate, Turnover>>, ReadError> {
    let rows = sqlx::query!(
        "SELECT effective_date, currency, deposits, deposit_count, reversals, reversal_count,
                withdrawals, withdrawal_count, returns, return_count, net, orders, orders_converted,
                order_payments, order_payment_count, order_refunds, order_refund_count
           FROM daily_totals
          WHERE effective_date BETWEEN $1 AND $2 AND (currency = $3 OR $3 IS NULL)",
        period.from(),
        period.to(),
        currency.map(Currency::code),
    )
    .fetch_all(snapshot.connection())
    .await?;
    let mut moved: BTreeMap<Currency, HashMap<NaiveDate, Turnover>> = BTreeMap::new();
    for row in rows {
        let currency = read(&row.currency, "currency")?;
        let total = |amount| Total::new(amount, currency);
        let turnover = Turnover {
            deposits: total(row.deposits),
            deposit_count: counted(row.deposit_count)?,
            reversals: total(row.reversals),
            reversal_count: counted(row.reversal_count)?,
            withdrawals: total(row.withdrawals),
            withdrawal_count: counted(row.withdrawal_count)?,
            returns: total(row.returns),
            return_count: counted(row.return_count)?,
            net: total(row.net),
            orders: counted(row.orders)?,
            orders_converted: counted(row.orders_converted)?,
            order_payments: total(row.order_payments),
            order_payment_count: counted(row.order_payment_count)?,
            order_refunds: total(row.order_refunds),
            order_refund_count: counted(row.order_refund_count)?,
            average_order: None,
            conversion: None,
        }
        .with_ratios();
        moved.entry(currency).or_default().insert(row.effective_date, turnover);
    }
    Ok(moved)
}

fn series(
    period: Period,
    currency: Currency,
    moved: &HashMap<NaiveDate, Turnover>,
) -> Result<CurrencyDays, ReadError> {
    let mut totals = Turnover::none(currency);
    let mut days = Vec::new();
    for date in period.days() {
        let turnover = moved.get(&date).copied().unwrap_or_else(|| Turnover::none(currency));
        totals = totals.plus(&turnover)?;
        days.push(DayTurnover { date, turnover });
    }
    Ok(CurrencyDays { currency, totals, days })
}
