//! A row of `daily_totals`.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::Currency;

use super::Flow;
use crate::fold::{Column, Fields, FoldFault, KeyedRow, Row};
use crate::query::{count, spelled};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyTotalsRow {
    pub effective_date: NaiveDate,
    pub currency: Currency,
    pub deposits: Decimal,
    pub deposit_count: u64,
    pub reversals: Decimal,
    pub reversal_count: u64,
    pub withdrawals: Decimal,
    pub withdrawal_count: u64,
    pub returns: Decimal,
    pub return_count: u64,
    /// Deposits less reversals less withdrawals plus returns.
    pub net: Decimal,
}

impl DailyTotalsRow {
    pub(super) fn empty(effective_date: NaiveDate, currency: Currency) -> Self {
        Self {
            effective_date,
            currency,
            deposits: Decimal::ZERO,
            deposit_count: 0,
            reversals: Decimal::ZERO,
            reversal_count: 0,
            withdrawals: Decimal::ZERO,
            withdrawal_count: 0,
            returns: Decimal::ZERO,
            return_count: 0,
            net: Decimal::ZERO,
        }
    }

    pub(super) fn add(&mut self, flow: Flow, amount: Decimal) -> Result<(), FoldFault> {
        let overflow = || FoldFault::Overflow { what: "the day's sum" };
        let (sum, count, net) = match flow {
            Flow::Deposit => (&mut self.deposits, &mut self.deposit_count, amount),
            Flow::Reversal => (&mut self.reversals, &mut self.reversal_count, -amount),
            Flow::Withdrawal => (&mut self.withdrawals, &mut self.withdrawal_count, -amount),
            Flow::Return => (&mut self.returns, &mut self.return_count, amount),
        };
        *sum = sum.checked_add(amount).ok_or_else(overflow)?;
        *count += 1;
        self.net = self.net.checked_add(net).ok_or_else(overflow)?;
        Ok(())
    }
}

impl Row for DailyTotalsRow {
    const TABLE: &'static str = "daily_totals";
    const COLUMNS: &'static [Column] = &[
        Column::date("effective_date"),
        Column::text("currency"),
        Column::amount("deposits"),
        Column::number("deposit_count"),
        Column::amount("reversals"),
        Column::number("reversal_count"),
        Column::amount("withdrawals"),
        Column::number("withdrawal_count"),
        Column::amount("returns"),
        Column::number("return_count"),
        Column::amount("net"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put_date(self.effective_date);
        fields.put(self.currency);
        fields.put_amount(self.deposits);
        fields.put_count(self.deposit_count);
        fields.put_amount(self.reversals);
        fields.put_count(self.reversal_count);
        fields.put_amount(self.withdrawals);
        fields.put_count(self.withdrawal_count);
        fields.put_amount(self.returns);
        fields.put_count(self.return_count);
        fields.put_amount(self.net);
    }
}

impl KeyedRow for DailyTotalsRow {
    const KEY_COLUMNS: usize = 2;
    type Key = (NaiveDate, Currency);

    fn key(&self) -> (NaiveDate, Currency) {
        (self.effective_date, self.currency)
    }

    fn encode_key((effective_date, currency): &(NaiveDate, Currency), fields: &mut Fields<'_>) {
        fields.put_date(*effective_date);
        fields.put(currency);
    }

    fn texts(&self) -> usize {
        0
    }
}

impl FromRow<'_, PgRow> for DailyTotalsRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            effective_date: row.try_get("effective_date")?,
            currency: spelled(row, "currency")?,
            deposits: row.try_get("deposits")?,
            deposit_count: count(row, "deposit_count")?,
            reversals: row.try_get("reversals")?,
            reversal_count: count(row, "reversal_count")?,
            withdrawals: row.try_get("withdrawals")?,
            withdrawal_count: count(row, "withdrawal_count")?,
            returns: row.try_get("returns")?,
            return_count: count(row, "return_count")?,
            net: row.try_get("net")?,
        })
    }
}
