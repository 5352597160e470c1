//! What is known of a customer and a wallet, for judging a withdrawal.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use sqlx::PgPool;
use tallybook_domain::risk::{CameIn, GivenBack, Known};
use tallybook_domain::{Money, WalletId};

use super::{FlowRow, RiskFlows};
use crate::customers::Customers;
use crate::query::{ReadError, Snapshot, tables_of};

/// The longest any rule looks back.
const LONGEST: TimeDelta = TimeDelta::days(30);

/// As of `now`, which may be later than what is known. The position is that of the read table that is further behind.
pub async fn known_of(pool: &PgPool, wallet: &WalletId, now: DateTime<Utc>) -> Result<Known, ReadError> {
    let tables = [tables_of::<RiskFlows>(), tables_of::<Customers>()].concat();
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let flows = snapshot.position_of::<RiskFlows>().await?;
    let position = flows.min(snapshot.position_of::<Customers>().await?);
    let customer = wallet.customer();
    let registered_at =
        sqlx::query_scalar!("SELECT created_at FROM customers WHERE id = $1", customer.as_str())
            .fetch_optional(snapshot.connection())
            .await?;
    let ever = sqlx::query!(
        r#"SELECT (SELECT first_at FROM risk_flows
                    WHERE wallet = $1 AND first_at IS NOT NULL ORDER BY hour LIMIT 1) AS first_at,
                  EXISTS (SELECT FROM risk_flows WHERE wallet = $1 AND asked_for > 0) AS "withdrew!""#,
        wallet.as_str()
    )
    .fetch_one(snapshot.connection())
    .await?;
    // A whole row is decoded by its own `FromRow` alone.
    let hours: Vec<FlowRow> = sqlx::query_as("SELECT * FROM risk_flows WHERE wallet = $1 AND hour > $2")
        .bind(wallet.as_str())
        .bind(now - LONGEST)
        .fetch_all(snapshot.connection())
        .await?;
    let (came_in, given_back) = sums(&hours, wallet, now)?;
    Ok(Known {
        position,
        registered_at,
        first_deposit_at: ever.first_at,
        withdrew_before: ever.withdrew,
        came_in,
        given_back,
    })
}

/// An hour counts if it began within the window, the first of them whole.
pub(super) fn sums(
    hours: &[FlowRow],
    wallet: &WalletId,
    now: DateTime<Utc>,
) -> Result<(CameIn, GivenBack), ReadError> {
    let sum = |within: TimeDelta, of: fn(&FlowRow) -> Decimal| {
        let too_large = || ReadError::Corrupt(format!("the flows of {wallet} are more than money can be"));
        let sum = hours
            .iter()
            .filter(|row| row.hour + TimeDelta::hours(1) > now - within)
            .try_fold(Decimal::ZERO, |sum, row| sum.checked_add(of(row)))
            .ok_or_else(too_large)?;
        Money::new(sum, wallet.currency()).map_err(|_| too_large())
    };
    let came_in = |within| sum(within, |row| row.came_in);
    let given_back = |within| sum(within, |row| row.given_back);
    let (day, week) = (TimeDelta::days(1), TimeDelta::days(7));
    let came_in = CameIn {
        hour: came_in(TimeDelta::hours(1))?,
        six_hours: came_in(TimeDelta::hours(6))?,
        day: came_in(day)?,
        three_days: came_in(TimeDelta::days(3))?,
        week: came_in(week)?,
        month: came_in(LONGEST)?,
    };
    let given_back =
        GivenBack { day: given_back(day)?, week: given_back(week)?, month: given_back(LONGEST)? };
    Ok((came_in, given_back))
}
