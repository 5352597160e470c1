//! What a channel's notification means for the payment it is about.

use chrono_tz::Tz;
use tallybook_domain::channels::{
    ChannelNotification, ChannelNotificationCommand, ChannelNumber, Notification, RefundedAmount, Said,
};
use tallybook_domain::orders::payment::{DoubtReason, PaymentWord, ReceivedPayment};
use tallybook_domain::orders::{
    OrderRefund, OrderRefundCommand, OrderRefundState, PaidWith, Payment, PaymentCommand, PaymentId,
    PaymentRefusal, RefundId, RefundNumber,
};
use tallybook_domain::{Money, MoneyError, Refusal};
use tallybook_event_store::Decision;

use super::payment_received::{date_of, receive};
use super::refund_step::{self, RefundParties};

/// Lets the payment take up a notification that has just come. One of a payment nobody has begun is kept for it.
pub(crate) fn take_up(decision: &mut Decision<'_>, told: &Notification, zone: Tz) -> Result<(), Refusal> {
    let payment = PaymentId::of(told.channel, &told.reference);
    if decision.state::<Payment>(payment.as_str()).state().is_none() {
        let keep = PaymentCommand::KeepEarly { payment: payment.clone(), notification: told.id() };
        decision.decide::<Payment>(payment.as_str(), keep)?;
        return Ok(());
    }
    apply(decision, &payment, told, zone)
}

/// Applies it to a payment that is begun. What is not believed is recorded as doubted, never refused: the channel would
/// only say it again.
pub(super) fn apply(
    decision: &mut Decision<'_>,
    payment: &PaymentId,
    told: &Notification,
    zone: Tz,
) -> Result<(), Refusal> {
    match &told.said {
        Said::Pending => {}
        Said::Closed => {
            let closed = PaymentCommand::ChannelClosed { payment: payment.clone() };
            decision.decide::<Payment>(payment.as_str(), closed)?;
        }
        Said::Paid { amount } => {
            let received = ReceivedPayment {
                transaction: told.transaction.clone(),
                amount: *amount,
                merchant: Some(told.merchant.clone()),
                happened_at: told.happened_at,
                effective_date: date_of(decision, told.happened_at, zone),
                word: PaymentWord::Channel(told.id()),
            };
            receive(decision, payment, received)?;
        }
        Said::Refunded { refund, .. } | Said::RefundClosed { refund } | Said::RefundAbnormal { refund } => {
            refund_told(decision, payment, refund, (told, zone))?;
        }
    }
    let id = told.id();
    let taken_up = ChannelNotificationCommand::Apply { notification: id.clone(), payment: payment.clone() };
    decision.decide::<ChannelNotification>(id.as_str(), taken_up)?;
    Ok(())
}

/// What the channel says of a refund, against what is known of it.
enum Heard {
    /// It was known.
    Known,
    Succeeded,
    /// A person had said that it failed.
    SucceededAfterAll,
    Failed,
    Abnormal,
    Doubted(DoubtReason),
}

fn refund_told(
    decision: &mut Decision<'_>,
    payment: &PaymentId,
    number: &ChannelNumber,
    (told, zone): (&Notification, Tz),
) -> Result<(), Refusal> {
    let Some((refund, attempt)) = RefundNumber::of(number) else {
        return doubt(decision, payment, told, (DoubtReason::RefundUnknown, None));
    };
    if decision.holds::<OrderRefund>(refund.as_str())
        && !is_of(decision.state::<OrderRefund>(refund.as_str()), payment)
    {
        return doubt(decision, payment, told, (DoubtReason::RefundUnknown, None));
    }
    let parties = RefundParties::of(decision, &refund)?;
    match heard(decision, &parties, attempt, told).map_err(PaymentRefusal::from)? {
        Heard::Known => Ok(()),
        Heard::Succeeded => {
            let day = date_of(decision, told.happened_at, zone);
            let effective_date = parties.date_of_step(decision, day);
            refund_step::succeed(decision, &parties, effective_date)
        }
        Heard::SucceededAfterAll => {
            let day = date_of(decision, told.happened_at, zone);
            let effective_date = parties.date_of_step(decision, day);
            refund_step::succeed_after_all(decision, &parties, effective_date)
        }
        Heard::Failed => refund_step::fail(decision, &parties, None),
        Heard::Abnormal => {
            let abnormal = OrderRefundCommand::FindAbnormal { refund: refund.clone() };
            decision.decide::<OrderRefund>(refund.as_str(), abnormal)?;
            Ok(())
        }
        Heard::Doubted(why) => doubt(decision, payment, told, (why, Some(refund))),
    }
}

fn is_of(refund: &OrderRefund, payment: &PaymentId) -> bool {
    match refund.back_to() {
        Some(PaidWith::Channel { payment: of, .. }) => of == payment,
        Some(PaidWith::Wallet { .. }) | None => false,
    }
}

fn heard(
    decision: &Decision<'_>,
    parties: &RefundParties,
    attempt: u32,
    told: &Notification,
) -> Result<Heard, MoneyError> {
    use OrderRefundState as State;

    let refund = decision.state::<OrderRefund>(parties.refund.as_str());
    let last = refund.attempts().max(1);
    let open = match refund.state() {
        Some(State::Approved | State::Submitted | State::Abnormal) => attempt == last,
        Some(State::Requested | State::Rejected | State::Succeeded | State::Failed) | None => false,
    };
    let contradicted = Heard::Doubted(DoubtReason::RefundContradicted);
    Ok(match (&told.said, refund.state()) {
        _ if attempt > last => Heard::Doubted(DoubtReason::RefundUnknown),
        (Said::Refunded { amount, .. }, Some(State::Succeeded)) if attempt == last => match amount {
            RefundedAmount::Alone(alone) if *alone != parties.amount => {
                Heard::Doubted(DoubtReason::RefundAmountDiffers)
            }
            RefundedAmount::Alone(_) | RefundedAmount::SoFar(_) => Heard::Known,
        },
        (Said::Refunded { amount, .. }, _) if open => {
            if is_right(decision, parties, *amount)? {
                Heard::Succeeded
            } else {
                Heard::Doubted(DoubtReason::RefundAmountDiffers)
            }
        }
        (Said::Refunded { amount, .. }, _) if refund.is_given_up() && attempt == last => {
            if !is_right(decision, parties, *amount)? {
                Heard::Doubted(DoubtReason::RefundAmountDiffers)
            } else if refund_step::may_succeed_after_all(decision, parties)? {
                Heard::SucceededAfterAll
            } else {
                contradicted
            }
        }
        (Said::RefundClosed { .. }, _) if open || (refund.is_given_up() && attempt == last) => Heard::Failed,
        (Said::RefundAbnormal { .. }, Some(State::Abnormal)) => Heard::Known,
        (Said::RefundAbnormal { .. }, _) if open => Heard::Abnormal,
        // It failed then, and was tried again.
        (Said::RefundClosed { .. } | Said::RefundAbnormal { .. }, _) if attempt < last => Heard::Known,
        (Said::RefundClosed { .. }, Some(State::Failed)) => Heard::Known,
        (Said::Refunded { .. } | Said::RefundClosed { .. } | Said::RefundAbnormal { .. }, _) => contradicted,
        // Not of a refund.
        (Said::Pending | Said::Paid { .. } | Said::Closed, _) => Heard::Known,
    })
}

fn is_right(
    decision: &Decision<'_>,
    parties: &RefundParties,
    told: RefundedAmount,
) -> Result<bool, MoneyError> {
    match (told, &parties.back_to) {
        (RefundedAmount::Alone(alone), _) => Ok(alone == parties.amount),
        (RefundedAmount::SoFar(so_far), PaidWith::Channel { payment, .. }) => {
            let payment = decision.state::<Payment>(payment.as_str());
            payment.may_have_refunded(&parties.refund, parties.amount, so_far)
        }
        (RefundedAmount::SoFar(_), PaidWith::Wallet { .. }) => Ok(false),
    }
}

fn doubt(
    decision: &mut Decision<'_>,
    payment: &PaymentId,
    told: &Notification,
    (why, refund): (DoubtReason, Option<RefundId>),
) -> Result<(), Refusal> {
    let (notification, amount): (_, Option<Money>) = (told.id(), told.said.amount());
    let doubt = PaymentCommand::Doubt { payment: payment.clone(), notification, why, amount, refund };
    decision.decide::<Payment>(payment.as_str(), doubt)?;
    Ok(())
}
