//! Rows of `ledger_lines` and `ledger_days`.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use smol_str::SmolStr;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::ledger::{AccountCode, Side};
use tallybook_domain::{Currency, Money};

use crate::fold::{Column, Fields, FoldFault, KeyedRow, Row, Stamp};
use crate::query::{count, money, spelled, stamp, text};

/// One posting of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLineRow {
    pub account: AccountCode,
    pub effective_date: NaiveDate,
    /// Its place among the postings of its event: 0, 1 …
    pub posting: u64,
    pub side: Side,
    /// Positive.
    pub amount: Money,
    pub event_type: SmolStr,
    pub source_type: SmolStr,
    /// The aggregate the event belongs to.
    pub source: String,
    pub recorded: Stamp,
}

/// The lines of one account, currency and day, summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerDayRow {
    pub account: AccountCode,
    pub currency: Currency,
    pub effective_date: NaiveDate,
    pub debit: Decimal,
    pub credit: Decimal,
    pub line_count: u64,
}

impl LedgerDayRow {
    pub(super) fn empty(account: AccountCode, currency: Currency, effective_date: NaiveDate) -> Self {
        let zero = Decimal::ZERO;
        Self { account, currency, effective_date, debit: zero, credit: zero, line_count: 0 }
    }

    pub(super) fn add(&mut self, side: Side, amount: Decimal) -> Result<(), FoldFault> {
        let sum = match side {
            Side::Debit => &mut self.debit,
            Side::Credit => &mut self.credit,
        };
        *sum = sum.checked_add(amount).ok_or(FoldFault::Overflow { what: "the day's sum" })?;
        self.line_count += 1;
        Ok(())
    }
}

fn written(side: Side) -> &'static str {
    match side {
        Side::Debit => "debit",
        Side::Credit => "credit",
    }
}

impl Row for LedgerLineRow {
    const TABLE: &'static str = "ledger_lines";
    const COLUMNS: &'static [Column] = &[
        Column::text("account"),
        Column::text("currency"),
        Column::date("effective_date"),
        Column::number("position"),
        Column::number("posting"),
        Column::text("side"),
        Column::amount("amount"),
        Column::text("event_type"),
        Column::text("source_type"),
        Column::text("source"),
        Column::moment("recorded_at"),
        Column::text("recorded_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");
    // Account, currency, date: a book has few accounts with many lines each.
    const GROUPED_BY: usize = 3;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(self.account.code());
        fields.put(self.amount.currency());
        fields.put_date(self.effective_date);
        fields.put_count(self.recorded.position);
        fields.put_count(self.posting);
        fields.put(written(self.side));
        fields.put_amount(self.amount.amount());
        fields.put(&self.event_type);
        fields.put(&self.source_type);
        fields.put(&self.source);
        fields.put_moment(self.recorded.at);
        fields.put(&self.recorded.by);
    }
}

impl FromRow<'_, PgRow> for LedgerLineRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            account: spelled(row, "account")?,
            effective_date: row.try_get("effective_date")?,
            posting: count(row, "posting")?,
            side: spelled(row, "side")?,
            amount: money(row, "amount", spelled(row, "currency")?)?,
            event_type: text(row, "event_type")?,
            source_type: text(row, "source_type")?,
            source: row.try_get("source")?,
            recorded: stamp(row, "position", "recorded_at", "recorded_by")?,
        })
    }
}

impl Row for LedgerDayRow {
    const TABLE: &'static str = "ledger_days";
    const COLUMNS: &'static [Column] = &[
        Column::text("account"),
        Column::text("currency"),
        Column::date("effective_date"),
        Column::amount("debit"),
        Column::amount("credit"),
        Column::number("line_count"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(self.account.code());
        fields.put(self.currency);
        fields.put_date(self.effective_date);
        fields.put_amount(self.debit);
        fields.put_amount(self.credit);
        fields.put_count(self.line_count);
    }
}

impl KeyedRow for LedgerDayRow {
    const KEY_COLUMNS: usize = 3;
    type Key = (AccountCode, Currency, NaiveDate);

    fn key(&self) -> Self::Key {
        (self.account, self.currency, self.effective_date)
    }

    fn encode_key((account, currency, effective_date): &Self::Key, fields: &mut Fields<'_>) {
        fields.put(account.code());
        fields.put(currency);
        fields.put_date(*effective_date);
    }

    fn texts(&self) -> usize {
        0
    }
}

impl FromRow<'_, PgRow> for LedgerDayRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            account: spelled(row, "account")?,
            currency: spelled(row, "currency")?,
            effective_date: row.try_get("effective_date")?,
            debit: row.try_get("debit")?,
            credit: row.try_get("credit")?,
            line_count: count(row, "line_count")?,
        })
    }
}
