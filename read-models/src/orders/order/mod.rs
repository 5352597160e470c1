//! `orders`: every order, what of its money is where, and the way it took.

mod due;
mod query;
mod row;
mod step;
#[cfg(test)]
mod tests;

use tallybook_domain::money::{Currency, Money};
use tallybook_domain::orders::order::Discount;
use tallybook_domain::orders::{OrderEvent, OrderState, OrderTerms, OrdersEvent, PaidWith, ShippedPart};
use tallybook_domain::{BookEvent, MoneyError, RecordedEvent};

pub use due::orders_due;
pub use query::{OrderFilter, OrderSort, find_order, list_orders};
pub use row::{Order, OrderRow, RowDiscount, RowLine};
pub use step::{OrderStep, StepFacts, StepName};

use self::step::StepRow;
use crate::fold::{Appended, FoldFault, Keyed, Projection, Reads, Share, Stamp, Table, Tables};

#[derive(Debug)]
pub struct Orders;

#[derive(Debug)]
pub struct OrderTables {
    pub orders: Keyed<OrderRow>,
    pub steps: Appended<StepRow>,
}

impl Tables for OrderTables {
    fn cached() -> Self {
        Self { orders: Keyed::cached(), steps: Appended::cached() }
    }

    fn whole(share: Share) -> Self {
        Self { orders: Keyed::whole(share), steps: Appended::whole(share) }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![&mut self.orders, &mut self.steps]
    }
}

impl Projection for Orders {
    const NAME: &'static str = "orders";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["order"]);
    type Tables = OrderTables;

    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Orders(OrdersEvent::Order(change)) => {
                tables.steps.append(|| StepRow::of(event, change));
                apply(event, change, &mut tables.orders)
            }
            BookEvent::Orders(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Approvals(_)
            | BookEvent::Payouts(_) => Ok(()),
        }
    }
}

fn apply(event: &RecordedEvent, change: &OrderEvent, orders: &mut Keyed<OrderRow>) -> Result<(), FoldFault> {
    if let OrderEvent::OrderPlaced { order, terms, placed_date, pay_by } = change {
        let discount = sum_of(&terms.discounts, terms.currency())?;
        return orders.create(order, || OrderRow {
            id: order.clone(),
            order_no: terms.order_no.clone(),
            customer: terms.customer.clone(),
            amount: terms.amount,
            freight: terms.freight,
            discount,
            tax_rate: terms.tax_rate,
            lines: lines(terms),
            discounts: terms.discounts.iter().map(RowDiscount::of).collect(),
            remark: terms.remark.clone(),
            state: OrderState::PendingPayment,
            placed_date: *placed_date,
            paid_date: None,
            method: None,
            payment: None,
            captured: Money::zero(terms.currency()),
            refunded: Money::zero(terms.currency()),
            refund_pending: Money::zero(terms.currency()),
            revenue: Money::zero(terms.currency()),
            tax: Money::zero(terms.currency()),
            due_at: Some(*pay_by),
            created: Stamp::of(event),
            updated: Stamp::of(event),
        });
    }
    orders.change(change.order(), |row| {
        take_in(row, change)?;
        row.updated = Stamp::of(event);
        Ok(())
    })
}

fn take_in(row: &mut OrderRow, change: &OrderEvent) -> Result<(), FoldFault> {
    match change {
        OrderEvent::OrderPlaced { .. } => {}
        OrderEvent::OrderPaid { paid_with, amount, effective_date, .. } => {
            (row.state, row.captured, row.due_at) = (OrderState::Paid, *amount, None);
            row.paid_date = Some(*effective_date);
            row.method = Some(paid_with.as_str().into());
            row.payment = Some(source(paid_with));
        }
        OrderEvent::OrderShipped { parts, receive_by, .. } => {
            row.state = if receive_by.is_some() { OrderState::Shipped } else { OrderState::PartlyShipped };
            row.due_at = *receive_by;
            ship(row, parts)?;
        }
        OrderEvent::OrderReceived { complete_by, .. } => {
            (row.state, row.due_at) = (OrderState::Received, Some(*complete_by));
        }
        OrderEvent::OrderCompleted { amounts, .. } => {
            (row.state, row.due_at) = (OrderState::Completed, None);
            (row.revenue, row.tax) = (amounts.subtotal, amounts.tax);
        }
        OrderEvent::OrderCancelled { .. } => (row.state, row.due_at) = (OrderState::Cancelled, None),
        OrderEvent::OrderRefundRequested { amount, .. } => {
            row.refund_pending = row.refund_pending.checked_add(*amount)?;
        }
        OrderEvent::OrderRefunded { amount, earned, .. } => {
            if let Some(earned) = earned {
                row.revenue = row.revenue.checked_sub(earned.subtotal)?;
                row.tax = row.tax.checked_sub(earned.tax)?;
            }
            row.refund_pending = row.refund_pending.checked_sub(*amount)?;
            row.refunded = row.refunded.checked_add(*amount)?;
        }
        OrderEvent::OrderRefundReleased { amount, .. } => {
            row.refund_pending = row.refund_pending.checked_sub(*amount)?;
        }
        OrderEvent::OrderClosed { .. } => (row.state, row.due_at) = (OrderState::Closed, None),
    }
    Ok(())
}

fn ship(row: &mut OrderRow, parts: &[ShippedPart]) -> Result<(), FoldFault> {
    for part in parts {
        let line = row.lines.iter_mut().find(|line| line.line == part.line);
        let key = || format!("line {} of {}", part.line, row.id);
        let line = line.ok_or_else(|| FoldFault::Missing { table: "orders", key: key() })?;
        line.shipped = line
            .shipped
            .plus(part.quantity)
            .map_err(|_| FoldFault::Overflow { what: "what is shipped of a line" })?;
    }
    Ok(())
}

fn lines(terms: &OrderTerms) -> Vec<RowLine> {
    terms.lines.iter().map(RowLine::of).collect()
}

fn sum_of(discounts: &[Discount], currency: Currency) -> Result<Money, MoneyError> {
    discounts.iter().try_fold(Money::zero(currency), |sum, discount| sum.checked_add(discount.amount))
}

/// The wallet or the payment that paid.
fn source(paid_with: &PaidWith) -> String {
    match paid_with {
        PaidWith::Wallet { wallet } => wallet.to_string(),
        PaidWith::Channel { payment, .. } => payment.to_string(),
    }
}
