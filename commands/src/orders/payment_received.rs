//! Money has come for a payment: it pays the order, or is booked to be refunded.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use tallybook_domain::channels::ChannelNumber;
use tallybook_domain::dates::check_effective;
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods};
use tallybook_domain::orders::payment::{OrderStanding, ReceivedPayment};
use tallybook_domain::orders::{
    Order, OrderCommand, OrderRefund, OrderRefundCommand, OrderState, PaidWith, Payment, PaymentCommand,
    PaymentId, PaymentRefusal, RefundId,
};
use tallybook_domain::{Money, Refusal};
use tallybook_event_store::Decision;

/// The business date of what a channel says happened: that day; today, if it is in a closed period or cannot be. What a
/// channel says is never refused for its date.
pub(super) fn date_of(decision: &Decision<'_>, happened_at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    let (today, day) = (decision.today(), happened_at.with_timezone(&zone).date_naive());
    let periods = decision.state::<AccountingPeriods>(ACCOUNTING_PERIODS);
    if check_effective(day, today).is_ok() && periods.check_open(day).is_ok() { day } else { today }
}

/// Takes the money in. What is the order's pays it; what is not is refunded without being asked for. Money that is known
/// already decides nothing.
pub(super) fn receive(
    decision: &mut Decision<'_>,
    payment: &PaymentId,
    received: ReceivedPayment,
) -> Result<(), Refusal> {
    let not_found = || Refusal::from(PaymentRefusal::NotFound { payment: payment.clone() });
    let order = decision.state::<Payment>(payment.as_str()).order().cloned().ok_or_else(not_found)?;
    let refund = RefundId::of_excess(payment, &received.transaction);
    if !(decision.holds::<Order>(order.as_str()) & decision.holds::<OrderRefund>(refund.as_str())) {
        return Err(not_found());
    }
    let standing = standing(decision.state::<Order>(order.as_str()).state());
    let before = what_came(decision, payment, &received.transaction);
    let (transaction, effective_date) = (received.transaction.clone(), received.effective_date);
    let today = decision.today();
    let receive = PaymentCommand::Receive { payment: payment.clone(), received, order: standing, today };
    decision.decide::<Payment>(payment.as_str(), receive)?;
    let after = what_came(decision, payment, &transaction);
    if let (None, Some(amount)) = (before.captured, after.captured) {
        let paid_with = paid_with(decision, payment)?;
        let order = order.clone();
        let pay = OrderCommand::Pay { order: order.clone(), paid_with, amount, effective_date, today };
        decision.decide::<Order>(order.as_str(), pay)?;
    }
    if before.excess.is_none() && after.excess.is_some() {
        refund_excess(decision, payment, &transaction, effective_date)?;
    }
    Ok(())
}

struct Came {
    /// What has paid the order.
    captured: Option<Money>,
    /// What of this money is not the order's.
    excess: Option<Money>,
}

fn what_came(decision: &Decision<'_>, payment: &PaymentId, transaction: &ChannelNumber) -> Came {
    let state = decision.state::<Payment>(payment.as_str());
    Came {
        captured: state.captured().filter(Money::is_positive),
        excess: state.excess_of(transaction).map(|(amount, _)| amount),
    }
}

fn standing(order: Option<OrderState>) -> OrderStanding {
    match order {
        Some(OrderState::PendingPayment) => OrderStanding::AwaitsPayment,
        // An order that was never placed cannot be paid; its payment could not have been begun.
        Some(OrderState::Cancelled) | None => OrderStanding::Cancelled,
        Some(
            OrderState::Paid
            | OrderState::PartlyShipped
            | OrderState::Shipped
            | OrderState::Received
            | OrderState::Completed
            | OrderState::Closed,
        ) => OrderStanding::Paid,
    }
}

fn paid_with(decision: &Decision<'_>, payment: &PaymentId) -> Result<PaidWith, Refusal> {
    let channel = decision.state::<Payment>(payment.as_str()).channel();
    let channel = channel.ok_or_else(|| PaymentRefusal::NotFound { payment: payment.clone() })?;
    Ok(PaidWith::Channel { channel, payment: payment.clone() })
}

fn refund_excess(
    decision: &mut Decision<'_>,
    payment: &PaymentId,
    transaction: &ChannelNumber,
    since: NaiveDate,
) -> Result<(), Refusal> {
    let back_to = paid_with(decision, payment)?;
    let state = decision.state::<Payment>(payment.as_str());
    let (Some(order), Some(customer), Some((amount, why))) =
        (state.order().cloned(), state.customer().cloned(), state.excess_of(transaction))
    else {
        return Err(PaymentRefusal::NotFound { payment: payment.clone() }.into());
    };
    let refund = RefundId::of_excess(payment, transaction);
    let due = OrderRefundCommand::RefundExcess {
        refund: refund.clone(),
        order,
        customer,
        back_to,
        amount,
        why,
        since,
    };
    decision.decide::<OrderRefund>(refund.as_str(), due)?;
    Ok(())
}
