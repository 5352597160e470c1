//! Asking for the trial balance (科目余额表): for each account what it held, what moved, what it holds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::Currency;
use tallybook_domain::ledger::{AccountCode, AccountKind};
use utoipa::ToSchema;

use super::GeneralLedger;
use super::sums::{Sums, SumsOf};
use crate::query::{Answer, DateRange, ReadError, Snapshot, Standpoint, Total};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialBalance {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub currencies: Vec<TrialBalanceOfCurrency>,
}

/// The accounts that have postings in a currency, and their sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialBalanceOfCurrency {
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    pub accounts: Vec<TrialBalanceLine>,
    #[schema(value_type = schema::Money)]
    pub opening: Total,
    #[schema(value_type = schema::Money)]
    pub debit: Total,
    #[schema(value_type = schema::Money)]
    pub credit: Total,
    #[schema(value_type = schema::Money)]
    pub closing: Total,
    /// Debits equal credits, and opening and closing sum to zero. Anything else is an error in the books.
    pub balanced: bool,
}

/// Opening and closing are positive for a debit balance, negative for a credit balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialBalanceLine {
    #[schema(value_type = String, example = "1002")]
    pub code: AccountCode,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    #[schema(value_type = schema::AccountKind)]
    pub kind: AccountKind,
    #[schema(value_type = schema::Money)]
    pub opening: Total,
    #[schema(value_type = schema::Money)]
    pub debit: Total,
    #[schema(value_type = schema::Money)]
    pub credit: Total,
    #[schema(value_type = schema::Money)]
    pub closing: Total,
}

/// Of the whole time, of a period, or (with `to` only) from the beginning up to a day.
pub async fn trial_balance(
    pool: &PgPool,
    range: DateRange,
    currency: Option<Currency>,
    standpoint: Standpoint,
) -> Result<Answer<TrialBalance>, ReadError> {
    let mut snapshot = Snapshot::take::<GeneralLedger>(pool).await?;
    let position = snapshot.stand::<GeneralLedger>(&standpoint).await?;
    let range = standpoint.narrow(range);
    let of = SumsOf { accounts: None, currency, range };
    let mut currencies: BTreeMap<Currency, Vec<TrialBalanceLine>> = BTreeMap::new();
    for sums in of.known_at(standpoint.known_at, &mut snapshot).await? {
        currencies.entry(sums.currency).or_default().push(sums.line()?);
    }
    let currencies = currencies
        .into_iter()
        .map(|(currency, accounts)| summed(currency, accounts))
        .collect::<Result<_, ReadError>>()?;
    Ok(Answer { data: TrialBalance { from: range.from(), to: range.to(), currencies }, position })
}

impl Sums {
    fn line(&self) -> Result<TrialBalanceLine, ReadError> {
        let account = self.account.account();
        Ok(TrialBalanceLine {
            code: self.account,
            name_zh: account.name_zh,
            name_en: account.name_en,
            kind: account.kind,
            opening: self.opening,
            debit: self.debit,
            credit: self.credit,
            closing: self.closing()?,
        })
    }
}

fn summed(currency: Currency, accounts: Vec<TrialBalanceLine>) -> Result<TrialBalanceOfCurrency, ReadError> {
    let zero = Total::zero(currency);
    let (mut opening, mut debit, mut credit, mut closing) = (zero, zero, zero, zero);
    for account in &accounts {
        opening = opening.plus(account.opening)?;
        debit = debit.plus(account.debit)?;
        credit = credit.plus(account.credit)?;
        closing = closing.plus(account.closing)?;
    }
    let balanced = opening.is_zero() && closing.is_zero() && debit == credit;
    Ok(TrialBalanceOfCurrency { currency, accounts, opening, debit, credit, closing, balanced })
}
