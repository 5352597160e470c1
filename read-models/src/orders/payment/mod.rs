//! `payments`: every attempt to pay an order through a channel, what came of it, and what stands out.

mod query;
mod row;
#[cfg(test)]
mod tests;

use tallybook_domain::orders::payment::PaymentExceptionKind;
use tallybook_domain::orders::{OrdersEvent, PaymentEvent, PaymentState};
use tallybook_domain::{BookEvent, Money, RecordedEvent};

pub use query::{ExceptionFilter, PaymentFilter, PaymentOrder, find_payment, list_payments};
pub use row::{PaymentException, PaymentRow};

use crate::fold::{FoldFault, Keyed, Projection, Reads, Stamp};

#[derive(Debug)]
pub struct Payments;

impl Projection for Payments {
    const NAME: &'static str = "payments";
    const VERSION: i32 = 1;
    const READS: Reads = Reads::Aggregates(&["payment"]);
    type Tables = Keyed<PaymentRow>;

    fn apply(event: &RecordedEvent, payments: &mut Self::Tables) -> Result<(), FoldFault> {
        match &event.event {
            BookEvent::Orders(OrdersEvent::Payment(change)) => apply(event, change, payments),
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
    change: &PaymentEvent,
    payments: &mut Keyed<PaymentRow>,
) -> Result<(), FoldFault> {
    match change {
        // Nobody has begun it here: the notification waits in its own list.
        PaymentEvent::PaymentToldEarly { .. } => Ok(()),
        PaymentEvent::PaymentBegun { payment, order, customer, channel, merchant, reference, amount } => {
            let nothing = Money::zero(amount.currency());
            payments.create(payment, || PaymentRow {
                id: payment.clone(),
                order: order.clone(),
                customer: customer.clone(),
                channel: *channel,
                merchant: merchant.clone(),
                reference: reference.clone(),
                amount: *amount,
                state: PaymentState::Pending,
                transaction: None,
                paid_date: None,
                captured: nothing,
                excess: nothing,
                refunded: nothing,
                fee: nothing,
                exceptions: Vec::new(),
                open_exceptions: 0,
                created: Stamp::of(event),
                updated: Stamp::of(event),
            })
        }
        PaymentEvent::PaymentSucceeded { .. }
        | PaymentEvent::ExcessPaymentReceived { .. }
        | PaymentEvent::PaymentClosed { .. }
        | PaymentEvent::PaymentFeeCharged { .. }
        | PaymentEvent::PaymentDoubted { .. }
        | PaymentEvent::PaymentExceptionsResolved { .. }
        | PaymentEvent::PaymentRefundSubmitted { .. }
        | PaymentEvent::PaymentRefunded { .. }
        | PaymentEvent::PaymentRefundReleased { .. } => payments.change(change.payment(), |row| {
            change_row(row, event, change)?;
            row.open_exceptions = row.exceptions.iter().filter(|one| one.resolved.is_none()).count() as u64;
            row.updated = Stamp::of(event);
            Ok(())
        }),
    }
}

fn change_row(row: &mut PaymentRow, event: &RecordedEvent, change: &PaymentEvent) -> Result<(), FoldFault> {
    match change {
        PaymentEvent::PaymentSucceeded { transaction, amount, effective_date, .. } => {
            row.state = PaymentState::Succeeded;
            row.transaction = Some(transaction.clone());
            row.paid_date = Some(*effective_date);
            row.captured = row.captured.checked_add(*amount)?;
        }
        PaymentEvent::ExcessPaymentReceived { transaction, amount, why, refund, .. } => {
            row.excess = row.excess.checked_add(*amount)?;
            row.exceptions.push(PaymentException {
                kind: PaymentExceptionKind::Excess(*why),
                amount: Some(*amount),
                transaction: Some(transaction.clone()),
                refund: Some(refund.clone()),
                notification: None,
                raised: Stamp::of(event),
                resolved: None,
                reason: None,
            });
        }
        PaymentEvent::PaymentDoubted { notification, why, amount, refund, .. } => {
            row.exceptions.push(PaymentException {
                kind: PaymentExceptionKind::Doubt(*why),
                amount: *amount,
                transaction: None,
                refund: refund.clone(),
                notification: Some(notification.clone()),
                raised: Stamp::of(event),
                resolved: None,
                reason: None,
            });
        }
        PaymentEvent::PaymentExceptionsResolved { reason, .. } => {
            for exception in row.exceptions.iter_mut().filter(|one| one.resolved.is_none()) {
                exception.resolved = Some(Stamp::of(event));
                exception.reason = Some(reason.clone());
            }
        }
        PaymentEvent::PaymentClosed { .. } => row.state = PaymentState::Closed,
        PaymentEvent::PaymentFeeCharged { amount, .. } => row.fee = *amount,
        PaymentEvent::PaymentRefunded { amount, .. } => row.refunded = row.refunded.checked_add(*amount)?,
        PaymentEvent::PaymentBegun { .. }
        | PaymentEvent::PaymentToldEarly { .. }
        | PaymentEvent::PaymentRefundSubmitted { .. }
        | PaymentEvent::PaymentRefundReleased { .. } => {}
    }
    Ok(())
}
