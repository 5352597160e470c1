//! Asking for the dashboard.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::Currency;
use utoipa::ToSchema;

use super::{DailyTotals, DailyTotalsRow};
use crate::query::{Answer, Period, ReadError, Snapshot, Total};
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
}

impl Turnover {
    fn none(currency: Currency) -> Self {
        Self::of(&DailyTotalsRow::empty(NaiveDate::MIN, currency))
    }

    fn of(row: &DailyTotalsRow) -> Self {
        let total = |amount| Total::new(amount, row.currency);
        Self {
            deposits: total(row.deposits),
            deposit_count: row.deposit_count,
            reversals: total(row.reversals),
            reversal_count: row.reversal_count,
            withdrawals: total(row.withdrawals),
            withdrawal_count: row.withdrawal_count,
            returns: total(row.returns),
            return_count: row.return_count,
            net: total(row.net),
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
        })
    }
}

/// The period day by day, in one currency or in each that moved.
pub async fn daily_totals(
    pool: &PgPool,
    period: Period,
    currency: Option<Currency>,
) -> Result<Answer<Dashboard>, ReadError> {
    let mut snapshot = Snapshot::take(pool).await?;
    let position = snapshot.position_of::<DailyTotals>().await?;
    let rows: Vec<DailyTotalsRow> = sqlx::query_as(
        "SELECT * FROM daily_totals
          WHERE effective_date BETWEEN $1 AND $2 AND (currency = $3 OR $3 IS NULL)",
    )
    .bind(period.from())
    .bind(period.to())
    .bind(currency.map(Currency::code))
    .fetch_all(snapshot.connection())
    .await?;
    let mut moved: BTreeMap<Currency, HashMap<NaiveDate, Turnover>> = BTreeMap::new();
    if let Some(currency) = currency {
        moved.insert(currency, HashMap::new());
    }
    for row in &rows {
        moved.entry(row.currency).or_default().insert(row.effective_date, Turnover::of(row));
    }
    let currencies = moved
        .into_iter()
        .map(|(currency, days)| series(period, currency, &days))
        .collect::<Result<_, ReadError>>()?;
    Ok(Answer { data: Dashboard { from: period.from(), to: period.to(), currencies }, position })
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
