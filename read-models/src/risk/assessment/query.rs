//! Asking which customers are a risk.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, QueryBuilder, Row as _};
use tallybook_domain::risk::RiskOutcome;
use tallybook_domain::{CustomerId, WalletId};
use utoipa::ToSchema;

use super::{RiskAssessments, RiskCustomerRow};
use crate::query::{
    Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, rounded, tables_of, write_cursor,
};
use crate::risk::RiskFlows;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RiskCustomerFilter {
    pub customer: Option<CustomerId>,
    pub outcome: Option<RiskOutcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskCustomerOrder {
    /// By the score of the latest withdrawal.
    Score,
}

impl SortKey for RiskCustomerOrder {
    const ALL: &'static [Self] = &[Self::Score];
    const DEFAULT: Sort<Self> = Sort { by: Self::Score, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
        }
    }
}

/// Which way the withdrawal rate goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RiskTrend {
    Up,
    Same,
    Down,
}

impl RiskTrend {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Same => "same",
            Self::Down => "down",
        }
    }
}

/// A customer's wallet, how its latest withdrawal was judged, and how much of what comes in goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskCustomer {
    #[serde(flatten)]
    pub row: RiskCustomerRow,
    /// Asked for and not given back, as a part of what came in, over the last 30 days (出金率), to four decimals; `null` if
    /// nothing came in.
    #[schema(value_type = Option<String>, example = "0.9500")]
    pub withdrawal_rate: Option<Decimal>,
    /// Over the 30 days before.
    #[schema(value_type = Option<String>, example = "0.4000")]
    pub withdrawal_rate_before: Option<Decimal>,
    /// `null` if either rate is.
    pub trend: Option<RiskTrend>,
}

/// A month of the rules.
const MONTH: TimeDelta = TimeDelta::days(30);

/// As of `now`. The position is that of the judgements.
pub async fn list_risk_customers(
    pool: &PgPool,
    filter: &RiskCustomerFilter,
    sort: Sort<RiskCustomerOrder>,
    paging: &Paging,
    now: DateTime<Utc>,
) -> Result<Page<Vec<RiskCustomer>>, ReadError> {
    let mut query = QueryBuilder::new("WITH page AS (SELECT * FROM risk_customers WHERE true");
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(outcome) = filter.outcome {
        query.push(" AND outcome = ").push_bind(outcome.as_str());
    }
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    if let Some([score, wallet]) = paging.after(sort)? {
        query.push(format!(" AND (score, wallet) {after} ("));
        query.push_bind(read_key::<i64>(&score)?).push(", ");
        query.push_bind(read_key::<WalletId>(&wallet)?.as_str().to_owned()).push(")");
    }
    query.push(format!(" ORDER BY score {direction}, wallet {direction} LIMIT "));
    query.push_bind(paging.rows_to_fetch());
    query.push(
        ") SELECT page.*, flows.* FROM page, LATERAL (
               SELECT sum(came_in) FILTER (WHERE hour > ",
    );
    query.push_bind(now - MONTH).push(") AS came_in, sum(asked_for - given_back) FILTER (WHERE hour > ");
    query.push_bind(now - MONTH).push(") AS went_out, sum(came_in) FILTER (WHERE hour <= ");
    query
        .push_bind(now - MONTH)
        .push(") AS came_in_before, sum(asked_for - given_back) FILTER (WHERE hour <= ");
    query.push_bind(now - MONTH).push(
        ") AS went_out_before
                 FROM risk_flows WHERE wallet = page.wallet AND hour > ",
    );
    query.push_bind(now - MONTH - MONTH);
    query.push(format!(") AS flows ORDER BY score {direction}, wallet {direction}"));

    let tables = [tables_of::<RiskAssessments>(), tables_of::<RiskFlows>()].concat();
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let position = snapshot.position_of::<RiskAssessments>().await?;
    let mut rows: Vec<RiskCustomer> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging
        .cut(&mut rows, |last| write_cursor(sort, [last.row.score.to_string(), last.row.wallet.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

impl FromRow<'_, PgRow> for RiskCustomer {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let withdrawal_rate = rate(row.try_get("went_out")?, row.try_get("came_in")?);
        let withdrawal_rate_before = rate(row.try_get("went_out_before")?, row.try_get("came_in_before")?);
        let trend = withdrawal_rate.zip(withdrawal_rate_before).map(|(now, before)| match now.cmp(&before) {
            std::cmp::Ordering::Greater => RiskTrend::Up,
            std::cmp::Ordering::Equal => RiskTrend::Same,
            std::cmp::Ordering::Less => RiskTrend::Down,
        });
        Ok(Self { row: RiskCustomerRow::from_row(row)?, withdrawal_rate, withdrawal_rate_before, trend })
    }
}

/// More can have come back than was asked for in the time: then nothing went out.
fn rate(went_out: Option<Decimal>, came_in: Option<Decimal>) -> Option<Decimal> {
    let came_in = came_in.filter(|came_in| *came_in > Decimal::ZERO)?;
    let went_out = went_out.map_or(Decimal::ZERO, |went_out| went_out.max(Decimal::ZERO));
    went_out.checked_div(came_in).map(|rate| rounded(rate, 4))
}
