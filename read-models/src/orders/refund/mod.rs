//! `order_refunds`: every refund of an order, and of money that came for one and is not its.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::orders::{
    OrderId, OrderRefundEvent, OrderRefundState, OrdersEvent, PaidWith, RefundGround, RefundId, RefundNumber,
};
use tallybook_domain::{BookEvent, CustomerId, Money, RecordedEvent};

pub use query::{OrderRefundFilter, OrderRefundOrder, find_order_refund, list_order_refunds};
pub use row::OrderRefundRow;

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct OrderRefunds;

impl Projection for OrderRefunds {
    const NAME: &'static str = "order_refunds";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["order_refund"]);
    type Tables = Keyed<OrderRefundRow>;

    fn apply(event: &RecordedEvent, refunds: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Orders(OrdersEvent::Refund(change)) => apply(event, change, refunds),
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

fn apply(
    event: &RecordedEvent,
    change: &OrderRefundEvent,
    refunds: &mut Keyed<OrderRefundRow>,
) -> Result<(), FoldFault> {
    match change {
        OrderRefundEvent::RefundRequested {
            refund,
            order,
            customer,
            back_to,
            amount,
            lines,
            reason,
            requested_by,
            since: _,
        } => refunds.create(refund, || OrderRefundRow {
            lines: lines.clone(),
            reason: Some(reason.clone()),
            requested_by: Some(requested_by.actor().clone()),
            ..begun(event, (refund, order, customer), back_to, *amount)
        }),
        OrderRefundEvent::ExcessRefundDue {
            refund,
            order,
            customer,
            back_to,
            amount,
            why,
            confirmed_by,
            since: _,
        } => refunds.create(refund, || OrderRefundRow {
            ground: RefundGround::Excess,
            why: Some(*why),
            state: match confirmed_by {
                Some(_) => OrderRefundState::Requested,
                None => OrderRefundState::Approved,
            },
            requested_by: confirmed_by.as_ref().map(|person| person.actor().clone()),
            ..begun(event, (refund, order, customer), back_to, *amount)
        }),
        OrderRefundEvent::RefundApproved { .. }
        | OrderRefundEvent::RefundRejected { .. }
        | OrderRefundEvent::RefundSubmitted { .. }
        | OrderRefundEvent::RefundSucceeded { .. }
        | OrderRefundEvent::RefundFailed { .. }
        | OrderRefundEvent::RefundFoundAbnormal { .. } => refunds.change(change.refund(), |row| {
            take_step(row, change);
            row.updated = Stamp::of(event);
            Ok(())
        }),
    }
}

fn begun(
    event: &RecordedEvent,
    (refund, order, customer): (&RefundId, &OrderId, &CustomerId),
    back_to: &PaidWith,
    amount: Money,
) -> OrderRefundRow {
    let (wallet, channel, payment) = match back_to {
        PaidWith::Wallet { wallet } => (Some(wallet.clone()), None, None),
        PaidWith::Channel { channel, payment } => (None, Some(*channel), Some(payment.clone())),
    };
    OrderRefundRow {
        id: refund.clone(),
        order: order.clone(),
        customer: customer.clone(),
        ground: RefundGround::Order,
        wallet,
        channel,
        number: channel.map(|_| RefundNumber::new(refund, 1)),
        payment,
        amount,
        lines: Vec::new(),
        reason: None,
        why: None,
        state: OrderRefundState::Requested,
        requested_by: None,
        decided_by: None,
        refunded_date: None,
        ending: None,
        created: Stamp::of(event),
        updated: Stamp::of(event),
    }
}

fn take_step(row: &mut OrderRefundRow, change: &OrderRefundEvent) {
    match change {
        OrderRefundEvent::RefundRequested { .. } | OrderRefundEvent::ExcessRefundDue { .. } => {}
        OrderRefundEvent::RefundApproved { approved_by, .. } => {
            row.state = OrderRefundState::Approved;
            row.decided_by = Some(approved_by.clone());
        }
        OrderRefundEvent::RefundRejected { rejected_by, reason, .. } => {
            row.state = OrderRefundState::Rejected;
            row.decided_by = Some(rejected_by.clone());
            row.ending = Some(reason.clone());
        }
        OrderRefundEvent::RefundSubmitted { number, .. } => {
            row.state = OrderRefundState::Submitted;
            row.number = Some(number.clone());
            row.ending = None;
        }
        OrderRefundEvent::RefundSucceeded { effective_date, .. } => {
            row.state = OrderRefundState::Succeeded;
            row.refunded_date = Some(*effective_date);
        }
        OrderRefundEvent::RefundFailed { reason, .. } => {
            row.state = OrderRefundState::Failed;
            row.ending.clone_from(reason);
        }
        OrderRefundEvent::RefundFoundAbnormal { .. } => row.state = OrderRefundState::Abnormal,
    }
}
