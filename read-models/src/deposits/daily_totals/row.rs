//! A row of `daily_totals`.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::Currency;

use super::{Flow, OrderFlow};
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
    /// Placed on the day.
    pub orders: u64,
    /// How many of those were paid, whenever that was.
    pub orders_converted: u64,
    pub order_payments: Decimal,
    pub order_payment_count: u64,
    pub order_refunds: Decimal,
    pub order_refund_count: u64,
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
            orders: 0,
            orders_converted: 0,
            order_payments: Decimal::ZERO,
            order_payment_count: 0,
            order_refunds: Decimal::ZERO,
            order_refund_count: 0,
        }
    }

    /// What becomes of orders. What pays them has come in before, or comes in through a channel: it is not in `net`.
    pub(super) fn add_order(&mut self, flow: OrderFlow, amount: Decimal) -> Result<(), FoldFault> {
        let (sum, count) = match flow {
            OrderFlow::Placed => {
                self.orders += 1;
                return Ok(());
            }
            OrderFlow::Converted => {
                self.orders_converted += 1;
                return Ok(());
            }
            OrderFlow::Payment => (&mut self.order_payments, &mut self.order_payment_count),
            OrderFlow::Refund => (&mut self.order_refunds, &mut self.order_refund_count),
        };
        *sum = sum.checked_add(amount).ok_or(FoldFault::Overflow { what: "the day's sum" })?;
        *count += 1;
        Ok(())
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
        Column::number("orders"),
        Column::number("orders_converted"),
        Column::amount("order_payments"),
        Column::number("order_payment_count"),
        Column::amount("order_refunds"),
        Column::number("order_refund_count"),
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
        fields.put_count(self.orders);
        fields.put_count(self.orders_converted);
        fields.put_amount(self.order_payments);
        fields.put_count(self.order_payment_count);
        fields.put_amount(self.order_refunds);
        fields.put_count(self.order_refund_count);
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
            orders: count(row, "orders")?,
            orders_converted: count(row, "orders_converted")?,
            order_payments: row.try_get("order_payments")?,
            order_payment_count: count(row, "order_payment_count")?,
            order_refunds: row.try_get("order_refunds")?,
            order_refund_count: count(row, "order_refund_count")?,
        })
    }
}
