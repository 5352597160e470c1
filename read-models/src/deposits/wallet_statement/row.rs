//! Rows of `wallet_statement_lines` and `wallet_statement_months`.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::{Money, WalletId};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, FoldFault, KeyedRow, Row, Stamp};
use crate::query::{count, money, spelled, stamp};

/// What moved the balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    Deposit,
    DepositReversal,
    /// A withdrawal the bank has paid.
    Withdrawal,
    /// A withdrawal the bank had paid and that came back.
    WithdrawalReturn,
    /// A bill that was paid, or a part of it.
    BillPayment,
    /// What had paid a bill and came back: the bill was voided or credited, or its write-off undone.
    BillPaymentReturn,
    /// What was left of a receipt.
    Advance,
    /// What had come from a receipt and went back there.
    AdvanceReturn,
    /// An order that was paid.
    OrderPayment,
    /// What had paid an order and came back; the reference is the refund.
    OrderRefund,
}

impl LineKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::DepositReversal => "deposit_reversal",
            Self::Withdrawal => "withdrawal",
            Self::WithdrawalReturn => "withdrawal_return",
            Self::BillPayment => "bill_payment",
            Self::BillPaymentReturn => "bill_payment_return",
            Self::Advance => "advance",
            Self::AdvanceReturn => "advance_return",
            Self::OrderPayment => "order_payment",
            Self::OrderRefund => "order_refund",
        }
    }
}

/// One movement of a wallet's balance. The amount is signed, credits are positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    pub wallet: WalletId,
    pub effective_date: NaiveDate,
    pub kind: LineKind,
    pub source: String,
    pub reference: Option<String>,
    pub remark: Option<String>,
    pub amount: Money,
    pub recorded: Stamp,
}

/// The lines of one wallet and month, summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthRow {
    pub wallet: WalletId,
    /// Its first day.
    pub month: NaiveDate,
    pub credits: Decimal,
    pub debits: Decimal,
    pub line_count: u64,
}

/// The first day of a date's month.
pub(super) fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).expect("every month has a first day")
}

impl MonthRow {
    pub(super) fn empty(wallet: &WalletId, month: NaiveDate) -> Self {
        let wallet = wallet.clone();
        Self { wallet, month, credits: Decimal::ZERO, debits: Decimal::ZERO, line_count: 0 }
    }

    pub(super) fn add(&mut self, amount: Money) -> Result<(), FoldFault> {
        let side = if amount.is_negative() { &mut self.debits } else { &mut self.credits };
        *side =
            side.checked_add(amount.amount().abs()).ok_or(FoldFault::Overflow { what: "the month's sum" })?;
        self.line_count += 1;
        Ok(())
    }
}

impl Row for LineRow {
    const TABLE: &'static str = "wallet_statement_lines";
    const COLUMNS: &'static [Column] = &[
        Column::text("wallet"),
        Column::date("effective_date"),
        Column::number("position"),
        Column::text("kind"),
        Column::text("source"),
        Column::text("reference"),
        Column::text("remark"),
        Column::amount("amount"),
        Column::moment("recorded_at"),
        Column::text("recorded_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("split_part(wallet, '.', 2)");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.wallet);
        fields.put_date(self.effective_date);
        fields.put_count(self.recorded.position);
        fields.put(self.kind.as_str());
        fields.put(&self.source);
        fields.put_option(self.reference.as_ref());
        fields.put_option(self.remark.as_ref());
        fields.put_amount(self.amount.amount());
        fields.put_moment(self.recorded.at);
        fields.put(&self.recorded.by);
    }
}

impl FromRow<'_, PgRow> for LineRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let wallet: WalletId = spelled(row, "wallet")?;
        Ok(Self {
            effective_date: row.try_get("effective_date")?,
            kind: spelled(row, "kind")?,
            source: row.try_get("source")?,
            reference: row.try_get("reference")?,
            remark: row.try_get("remark")?,
            amount: money(row, "amount", wallet.currency())?,
            recorded: stamp(row, "position", "recorded_at", "recorded_by")?,
            wallet,
        })
    }
}

impl Row for MonthRow {
    const TABLE: &'static str = "wallet_statement_months";
    const COLUMNS: &'static [Column] = &[
        Column::text("wallet"),
        Column::date("month"),
        Column::amount("credits"),
        Column::amount("debits"),
        Column::number("line_count"),
    ];
    const CURRENCY: Option<&'static str> = Some("split_part(wallet, '.', 2)");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.wallet);
        fields.put_date(self.month);
        fields.put_amount(self.credits);
        fields.put_amount(self.debits);
        fields.put_count(self.line_count);
    }
}

impl KeyedRow for MonthRow {
    const KEY_COLUMNS: usize = 2;
    type Key = (WalletId, NaiveDate);

    fn key(&self) -> (WalletId, NaiveDate) {
        (self.wallet.clone(), self.month)
    }

    fn encode_key((wallet, month): &(WalletId, NaiveDate), fields: &mut Fields<'_>) {
        fields.put(wallet);
        fields.put_date(*month);
    }

    fn texts(&self) -> usize {
        0
    }
}

impl FromRow<'_, PgRow> for MonthRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            wallet: spelled(row, "wallet")?,
            month: row.try_get("month")?,
            credits: row.try_get("credits")?,
            debits: row.try_get("debits")?,
            line_count: count(row, "line_count")?,
        })
    }
}
