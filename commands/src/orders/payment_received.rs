//! Money has come for a payment: it pays the order, or is booked to be refunded.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use tallybook_domain::channels::ChannelNumber;
use tallybook_domain::dates::check_effective;
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods};
use tallybook_domain::orders::payment::{DoubtReason, OrderStanding, PaymentWord, ReceivedPayment};
use tallybook_domain::orders::{
    Order, OrderCommand, OrderId, OrderRefund, OrderRefundCommand, OrderState, PaidWith, Payment,
    PaymentCommand, PaymentId, PaymentRefusal, RefundId,
};
use tallybook_domain::{Money, Refusal, Requester};
use tallybook_event_store::Decision;

use crate::approvals::{Subject, ask};

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
    let payer = payer(decision, &order);
    if !payer.is_none_or(|payer| decision.holds::<Payment>(payer.as_str())) {
        return Err(not_found());
    }
    let standing = standing(decision.state::<Order>(order.as_str()).state());
    let before = what_came(decision, payment, &received.transaction);
    let (transaction, effective_date) = (received.transaction.clone(), received.effective_date);
    let (word, amount) = (received.word.clone(), received.amount);
    let placed_date = decision.state::<Order>(order.as_str()).placed_date();
    let today = decision.today();
    let receive = PaymentCommand::Receive { payment: payment.clone(), received, order: standing, today };
    decision.decide::<Payment>(payment.as_str(), receive)?;
    let after = what_came(decision, payment, &transaction);
    if before != after && placed_date.is_some_and(|placed| effective_date < placed) {
        came_before_the_order(decision, payment, (word, amount))?;
    }
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

/// The payment the order was paid by, if it was one.
fn payer(decision: &Decision<'_>, order: &OrderId) -> Option<PaymentId> {
    match decision.state::<Order>(order.as_str()).paid_with() {
        Some(PaidWith::Channel { payment, .. }) => Some(payment.clone()),
        Some(PaidWith::Wallet { .. }) | None => None,
    }
}

/// Whoever has confirmed by hand that the order is paid: then it is his word that makes this money excess. He may have
/// mistyped the channel's number of this very money, or invented one.
fn confirmed_by(decision: &Decision<'_>, payment: &PaymentId, order: &OrderId) -> Option<Requester> {
    let of = |payment: &PaymentId| decision.state::<Payment>(payment.as_str()).confirmed_by().cloned();
    of(payment).or_else(|| of(&payer(decision, order)?))
}

/// Somebody may have begun the attempt under the number of another order, whose money it is: a person is told.
fn came_before_the_order(
    decision: &mut Decision<'_>,
    payment: &PaymentId,
    (word, amount): (PaymentWord, Money),
) -> Result<(), Refusal> {
    if let PaymentWord::Channel(notification) = word {
        let (why, amount, refund) = (DoubtReason::BeforeOrder, Some(amount), None);
        let doubt = PaymentCommand::Doubt { payment: payment.clone(), notification, why, amount, refund };
        decision.decide::<Payment>(payment.as_str(), doubt)?;
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
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
    let confirmed_by = confirmed_by(decision, payment, &order);
    let refund = RefundId::of_excess(payment, transaction);
    let subject = Subject::OrderRefund(refund.clone());
    if confirmed_by.is_some() && !subject.holds_approval(decision) {
        return Err(PaymentRefusal::NotFound { payment: payment.clone() }.into());
    }
    let due = OrderRefundCommand::RefundExcess {
        refund: refund.clone(),
        order,
        customer,
        back_to,
        amount,
        why,
        confirmed_by,
        since,
    };
    if decision.decide::<OrderRefund>(refund.as_str(), due)? > 0 {
        ask(decision, &subject, None)?;
    }
    Ok(())
}
