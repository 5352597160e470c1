//! What each account holds at the end of each month, summed up while the journal goes by.
//!
//! Events come in the order they were recorded in, their business dates in any. So sums are kept for each month and
//! added up at the end: memory grows with months and currencies, never with events.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::anyhow;
use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;
use tallybook_domain::Currency;
use tallybook_domain::ledger::{AccountCode, Posting, Side};

/// The business dates that are written down, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dates {
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
}

/// Sums of an account in a currency; debits count positive.
pub(super) type Sums = BTreeMap<(AccountCode, Currency), Decimal>;

pub(super) struct Balances {
    dates: Dates,
    before: Sums,
    /// By the last day of the month that is written down.
    months: BTreeMap<NaiveDate, Sums>,
}

impl Dates {
    pub(super) fn hold(&self, date: NaiveDate) -> bool {
        !self.is_before(date) && self.to.is_none_or(|to| date <= to)
    }

    fn is_before(&self, date: NaiveDate) -> bool {
        self.from.is_some_and(|from| date < from)
    }

    /// The last day of this day's month, or of the dates if they end within it.
    fn month_end(&self, date: NaiveDate) -> NaiveDate {
        let first = date.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
        let last = first.and_then(|first| first.pred_opt()).unwrap_or(date);
        self.to.map_or(last, |to| to.min(last))
    }
}

impl Balances {
    pub(super) fn new(dates: Dates) -> Self {
        Self { dates, before: Sums::new(), months: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, date: NaiveDate, posting: &Posting) -> anyhow::Result<()> {
        let sums = if self.dates.is_before(date) {
            &mut self.before
        } else if self.dates.hold(date) {
            self.months.entry(self.dates.month_end(date)).or_default()
        } else {
            return Ok(());
        };
        let amount = match posting.side {
            Side::Debit => posting.amount.amount(),
            Side::Credit => -posting.amount.amount(),
        };
        add(sums, (posting.account, posting.amount.currency()), amount)
    }

    /// What there was before the first day, and the day before it.
    pub(super) fn opening(&self) -> Option<(NaiveDate, &Sums)> {
        let eve = self.dates.from?.pred_opt()?;
        (!self.before.is_empty()).then_some((eve, &self.before))
    }

    /// Every month in which something was posted, by its last day, with all that was ever posted to until then.
    pub(super) fn month_ends(&self) -> impl Iterator<Item = anyhow::Result<(NaiveDate, Sums)>> {
        let mut running = self.before.clone();
        self.months.iter().map(move |(day, month)| {
            for (key, amount) in month {
                add(&mut running, *key, *amount)?;
            }
            Ok((*day, running.clone()))
        })
    }

    pub(super) fn currencies(&self) -> BTreeSet<Currency> {
        let sums = std::iter::once(&self.before).chain(self.months.values());
        sums.flat_map(Sums::keys).map(|(_, currency)| *currency).collect()
    }
}

fn add(sums: &mut Sums, key: (AccountCode, Currency), amount: Decimal) -> anyhow::Result<()> {
    let sum = sums.entry(key).or_insert(Decimal::ZERO);
    let (account, currency) = key;
    *sum = sum
        .checked_add(amount)
        .ok_or_else(|| anyhow!("the sum of account {account} in {currency} is too large to be written"))?;
    Ok(())
}

/// With the currency's decimals, as money is written.
pub(super) fn written(mut amount: Decimal, currency: Currency) -> Decimal {
    amount.rescale(currency.minor_units());
    amount
}
