//! Asking for the chart of accounts with what each account holds.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::Currency;
use tallybook_domain::ledger::{AccountCode, AccountKind};
use utoipa::ToSchema;

use super::GeneralLedger;
use super::sums::SumsOf;
use crate::query::{Answer, DateRange, ReadError, Snapshot, Standpoint, Total};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerAccount {
    #[schema(value_type = String, example = "2241.01")]
    pub code: AccountCode,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    #[schema(value_type = String, example = "liability")]
    pub kind: AccountKind,
    pub parent: Option<&'static str>,
    /// It is the sum of its sub-accounts.
    pub summary: bool,
    /// One per currency that was ever posted.
    pub balances: Vec<AccountBalance>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountBalance {
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    #[schema(value_type = schema::Money)]
    pub debit: Total,
    #[schema(value_type = schema::Money)]
    pub credit: Total,
    /// Positive for a debit balance, negative for a credit balance.
    #[schema(value_type = schema::Money)]
    pub balance: Total,
}

type Balances = BTreeMap<AccountCode, BTreeMap<Currency, AccountBalance>>;

/// The whole chart, in its order, with everything posted up to the standpoint.
pub async fn accounts(
    pool: &PgPool,
    standpoint: Standpoint,
) -> Result<Answer<Vec<LedgerAccount>>, ReadError> {
    let mut snapshot = Snapshot::take::<GeneralLedger>(pool).await?;
    let position = snapshot.stand::<GeneralLedger>(&standpoint).await?;
    let of = SumsOf { accounts: None, currency: None, range: standpoint.narrow(DateRange::default()) };
    let mut sums = Balances::new();
    for posted in of.known_at(standpoint.known_at, &mut snapshot).await? {
        for account in account_and_parents(posted.account) {
            add(&mut sums, account, posted.debit, posted.credit)?;
        }
    }
    let data = AccountCode::ALL.into_iter().map(|code| described(code, &sums)).collect();
    Ok(Answer { data, position })
}

/// The account and every account it is a part of.
pub(super) fn account_and_parents(account: AccountCode) -> impl Iterator<Item = AccountCode> {
    std::iter::successors(Some(account), |account| {
        let parent = account.account().parent?;
        AccountCode::ALL.into_iter().find(|other| other.code() == parent)
    })
}

/// The account itself or, of a sum, every account it is made of.
pub(crate) fn parts_of(whole: AccountCode) -> impl Iterator<Item = AccountCode> {
    let is_part = move |part: &AccountCode| account_and_parents(*part).any(|account| account == whole);
    AccountCode::ALL.into_iter().filter(is_part)
}

fn add(sums: &mut Balances, account: AccountCode, debit: Total, credit: Total) -> Result<(), ReadError> {
    let currency = debit.currency();
    let zero = Total::zero(currency);
    let sum = sums.entry(account).or_default().entry(currency).or_insert(AccountBalance {
        currency,
        debit: zero,
        credit: zero,
        balance: zero,
    });
    sum.debit = sum.debit.plus(debit)?;
    sum.credit = sum.credit.plus(credit)?;
    sum.balance = sum.debit.minus(sum.credit)?;
    Ok(())
}

fn described(code: AccountCode, sums: &Balances) -> LedgerAccount {
    let account = code.account();
    LedgerAccount {
        code,
        name_zh: account.name_zh,
        name_en: account.name_en,
        kind: account.kind,
        parent: account.parent,
        summary: code.is_summary(),
        balances: sums.get(&code).into_iter().flat_map(BTreeMap::values).copied().collect(),
    }
}
