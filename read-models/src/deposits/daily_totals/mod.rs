//! `daily_totals`: what came in, what went out and what was ordered, per business day and currency. The dashboard.

mod query;
mod row;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use tallybook_domain::deposits::{WalletEvent, WithdrawalEvent};
use tallybook_domain::orders::{OrderEvent, OrdersEvent};
use tallybook_domain::{BookEvent, Money, RecordedEvent};

pub use query::{CurrencyDays, Dashboard, DayTurnover, Turnover, daily_totals};
pub use row::DailyTotalsRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads};

#[derive(Debug)]
pub struct DailyTotals;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Deposit,
    Reversal,
    Withdrawal,
    Return,
}

/// What is counted of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OrderFlow {
    Placed,
    Converted,
    Payment,
    Refund,
}

impl Projection for DailyTotals {
    const NAME: &'static str = "daily_totals";
    const VERSION: i32 = 2;
    const READS: Reads = Reads::Aggregates(&["wallet", "withdrawal", "order"]);
    type Tables = Keyed<DailyTotalsRow>;

    fn apply(event: &RecordedEvent, days: &mut Self::Tables) -> Result<(), FoldFault> {
        if let BookEvent::Orders(OrdersEvent::Order(change)) = &event.event {
            return apply_order(change, days);
        }
        match flow(&event.event) {
            Some((flow, amount, effective_date)) => days.change_or_create(
                &(effective_date, amount.currency()),
                || DailyTotalsRow::empty(effective_date, amount.currency()),
                |day| day.add(flow, amount.amount()),
            ),
            None => Ok(()),
        }
    }
}

/// An order is converted on the day it was placed, and paid and refunded on the days the money moved.
fn apply_order(change: &OrderEvent, days: &mut Keyed<DailyTotalsRow>) -> Result<(), FoldFault> {
    let mut add = |flow: OrderFlow, amount: Money, date: NaiveDate| {
        days.change_or_create(
            &(date, amount.currency()),
            || DailyTotalsRow::empty(date, amount.currency()),
            |day| day.add_order(flow, amount.amount()),
        )
    };
    match change {
        OrderEvent::OrderPlaced { terms, placed_date, .. } => {
            add(OrderFlow::Placed, terms.amount, *placed_date)
        }
        OrderEvent::OrderPaid { amount, placed_date, effective_date, .. } => {
            add(OrderFlow::Converted, *amount, *placed_date)?;
            add(OrderFlow::Payment, *amount, *effective_date)
        }
        OrderEvent::OrderRefunded { amount, effective_date, .. } => {
            add(OrderFlow::Refund, *amount, *effective_date)
        }
        OrderEvent::OrderShipped { .. }
        | OrderEvent::OrderReceived { .. }
        | OrderEvent::OrderCompleted { .. }
        | OrderEvent::OrderCancelled { .. }
        | OrderEvent::OrderRefundRequested { .. }
        | OrderEvent::OrderRefundReleased { .. }
        | OrderEvent::OrderClosed { .. } => Ok(()),
    }
}

/// A withdrawal counts on the day the bank has paid it.
fn flow(event: &BookEvent) -> Option<(Flow, Money, NaiveDate)> {
    match event {
        BookEvent::Customer(_)
        | BookEvent::Period(_)
        | BookEvent::ChannelNotification(_)
        | BookEvent::Payouts(_)
        | BookEvent::Settlement(_)
        | BookEvent::Risk(_)
        | BookEvent::Orders(_)
        | BookEvent::Approvals(_)
        | BookEvent::Billing(_) => None,
        BookEvent::Wallet(event) => match event {
            WalletEvent::DepositRecorded { amount, effective_date, .. } => {
                Some((Flow::Deposit, *amount, *effective_date))
            }
            WalletEvent::DepositReversed { amount, effective_date, .. } => {
                Some((Flow::Reversal, *amount, *effective_date))
            }
            WalletEvent::FundsHeld { .. }
            | WalletEvent::HoldReleased { .. }
            | WalletEvent::HoldPaidOut { .. }
            | WalletEvent::ReturnCredited { .. }
            | WalletEvent::BillPaid { .. }
            | WalletEvent::OrderPaymentTaken { .. }
            | WalletEvent::BillPaymentReturned { .. }
            | WalletEvent::OrderRefundCredited { .. }
            | WalletEvent::FundsApplied { .. }
            | WalletEvent::FundsFreed { .. }
            | WalletEvent::AdvanceCredited { .. }
            | WalletEvent::AdvanceReturned { .. } => None,
        },
        BookEvent::Withdrawal(event) => match event {
            WithdrawalEvent::WithdrawalSucceeded { amount, effective_date, .. } => {
                Some((Flow::Withdrawal, *amount, *effective_date))
            }
            WithdrawalEvent::WithdrawalReturned { amount, effective_date, .. } => {
                Some((Flow::Return, *amount, *effective_date))
            }
            WithdrawalEvent::WithdrawalRequested { .. }
            | WithdrawalEvent::WithdrawalApproved { .. }
            | WithdrawalEvent::WithdrawalRejected { .. }
            | WithdrawalEvent::WithdrawalCancelled { .. }
            | WithdrawalEvent::WithdrawalSubmitted { .. }
            | WithdrawalEvent::WithdrawalFailed { .. } => None,
        },
    }
}
