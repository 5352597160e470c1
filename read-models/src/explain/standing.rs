//! What a figure's own read table says, and at which position.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::PgPool;
use tallybook_domain::ledger::AccountCode;
use tallybook_domain::{Currency, WalletId};

use super::figure::{Figure, TurnoverPart, WalletPart};
use crate::deposits::{DailyTotals, WalletRow, Wallets};
use crate::ledger::{GeneralLedger, parts_of};
use crate::query::{DateRange, ReadError, Snapshot, Total};

/// A figure as a read table had it when everything up to `position` was folded into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub figure: Total,
    pub position: u64,
}

/// The figure as it is shown now. What was never moved is zero.
pub async fn standing(pool: &PgPool, figure: &Figure) -> Result<Standing, ReadError> {
    let (amount, position) = match figure {
        Figure::Wallet { wallet, part } => {
            let mut snapshot = Snapshot::take::<Wallets>(pool).await?;
            (of_wallet(&mut snapshot, wallet, *part).await?, snapshot.position_of::<Wallets>().await?)
        }
        Figure::Account { account, currency, as_of } => {
            let mut snapshot = Snapshot::take::<GeneralLedger>(pool).await?;
            let amount = of_account(&mut snapshot, *account, *currency, *as_of).await?;
            (amount, snapshot.position_of::<GeneralLedger>().await?)
        }
        Figure::Turnover { part, currency, range } => {
            let mut snapshot = Snapshot::take::<DailyTotals>(pool).await?;
            let amount = of_days(&mut snapshot, *part, *currency, *range).await?;
            (amount, snapshot.position_of::<DailyTotals>().await?)
        }
    };
    Ok(Standing { figure: Total::new(amount, figure.currency()), position })
}

async fn of_wallet(
    snapshot: &mut Snapshot,
    wallet: &WalletId,
    part: WalletPart,
) -> Result<Decimal, ReadError> {
    let Some(row) = snapshot.row_of::<WalletRow>(wallet.as_str()).await? else { return Ok(Decimal::ZERO) };
    let money = match part {
        WalletPart::Balance => row.balance,
        WalletPart::Held => row.held,
        WalletPart::Available => row.available,
    };
    Ok(money.amount())
}

async fn of_account(
    snapshot: &mut Snapshot,
    account: AccountCode,
    currency: Currency,
    as_of: Option<NaiveDate>,
) -> Result<Decimal, ReadError> {
    let codes: Vec<String> = parts_of(account).map(|part| part.code().to_owned()).collect();
    let balance = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(debit - credit), 0) AS "balance!" FROM ledger_days
            WHERE account = ANY ($1) AND currency = $2 AND (effective_date <= $3 OR $3 IS NULL)"#,
        &codes,
        currency.code(),
        as_of
    )
    .fetch_one(snapshot.connection())
    .await?;
    Ok(balance)
}

async fn of_days(
    snapshot: &mut Snapshot,
    part: TurnoverPart,
    currency: Currency,
    range: DateRange,
) -> Result<Decimal, ReadError> {
    let sums = sqlx::query!(
        r#"SELECT coalesce(sum(deposits), 0) AS "deposits!", coalesce(sum(reversals), 0) AS "reversals!",
                  coalesce(sum(withdrawals), 0) AS "withdrawals!", coalesce(sum(returns), 0) AS "returns!",
                  coalesce(sum(net), 0) AS "net!"
             FROM daily_totals
            WHERE currency = $1 AND (effective_date >= $2 OR $2 IS NULL) AND (effective_date <= $3 OR $3 IS NULL)"#,
        currency.code(),
        range.from(),
        range.to()
    )
    .fetch_one(snapshot.connection())
    .await?;
    Ok(match part {
        TurnoverPart::Deposits => sums.deposits,
        TurnoverPart::Reversals => sums.reversals,
        TurnoverPart::Withdrawals => sums.withdrawals,
        TurnoverPart::Returns => sums.returns,
        TurnoverPart::Net => sums.net,
    })
}
