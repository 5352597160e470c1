//! The names accounts have in plain text accounting: `Assets:1012-Other-monetary-funds-其他货币资金:1012-02-Alipay-支付宝`.
//!
//! One spelling that hledger and beancount both take: the five roots, then code, English and Chinese name of each
//! account down from the summary account, without blanks and points.

use std::collections::BTreeMap;

use tallybook_domain::ledger::{AccountCode, AccountKind};

/// The whole chart, by code.
pub(super) struct Names(BTreeMap<AccountCode, String>);

impl Names {
    pub(super) fn of_the_chart() -> Self {
        Self(AccountCode::ALL.into_iter().map(|account| (account, name(account))).collect())
    }

    pub(super) fn get(&self, account: AccountCode) -> &str {
        self.0.get(&account).map_or("", String::as_str)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (AccountCode, &str)> {
        self.0.iter().map(|(account, name)| (*account, name.as_str()))
    }
}

fn name(account: AccountCode) -> String {
    let described = account.account();
    let above = match described.parent.and_then(|parent| parent.parse().ok()) {
        Some(parent) => name(parent),
        None => root(described.kind).to_owned(),
    };
    let code = described.code.replace('.', "-");
    format!("{above}:{code}-{}-{}", described.name_en.replace(' ', "-"), described.name_zh)
}

fn root(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Asset => "Assets",
        AccountKind::Liability => "Liabilities",
        AccountKind::Equity => "Equity",
        AccountKind::Income => "Income",
        AccountKind::Expense => "Expenses",
    }
}
