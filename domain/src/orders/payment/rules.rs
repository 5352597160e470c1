//! What becomes of money that comes for an order, and of what is said of it.
//!
//! What was said already decides nothing. Money is taken whatever the state of the attempt: a channel that has it does
//! not ask us.

use chrono::NaiveDate;

use super::aggregate::Payment;
use super::attempt::Attempt;
use super::{
    DoubtReason, ExcessReason, OrderStanding, PaymentAttempt, PaymentCommand, PaymentEvent, PaymentRefusal,
    PaymentState, PaymentWord, ReceivedPayment,
};
use crate::dates::{check_effective, check_follows};
use crate::money::{Currency, Money, MoneyError};
use crate::orders::{PaymentId, RefundId};

type Decided = Result<Vec<PaymentEvent>, PaymentRefusal>;

pub(super) fn decide(state: &Payment, command: PaymentCommand) -> Decided {
    use PaymentCommand as Command;
    use PaymentEvent as Event;

    Ok(match command {
        Command::Begin(attempt) => return begin(state, attempt),
        Command::KeepEarly { payment, notification } => {
            let known = state.begun.is_some() || state.told_early().contains(&notification);
            once(!known, Event::PaymentToldEarly { payment, notification })
        }
        Command::Receive { payment, received, order, today } => {
            return receive(begun(state, &payment)?, received, order, today);
        }
        Command::Doubt { payment, notification, why, amount, refund } => {
            begun(state, &payment)?;
            vec![Event::PaymentDoubted { payment, notification, why, amount, refund }]
        }
        Command::Close { payment, reason } => match begun(state, &payment)?.state {
            PaymentState::Pending => vec![Event::PaymentClosed { payment, reason }],
            PaymentState::Closed => Vec::new(),
            state @ PaymentState::Succeeded => return Err(PaymentRefusal::NotPending { payment, state }),
        },
        // A trade that was refunded whole is closed, too.
        Command::ChannelClosed { payment } => {
            let pending = begun(state, &payment)?.state == PaymentState::Pending;
            once(pending, Event::PaymentClosed { payment, reason: None })
        }
        Command::ChargeFee { payment, amount, effective_date, today } => {
            return charge(begun(state, &payment)?, amount, (effective_date, today));
        }
        Command::Resolve { payment, reason, by } => match begun(state, &payment)?.open_exceptions {
            0 => return Err(PaymentRefusal::NothingToResolve { payment }),
            1.. => vec![Event::PaymentExceptionsResolved { payment, reason, resolved_by: by }],
        },
        Command::SubmitRefund { payment, refund, amount } => {
            let attempt = begun(state, &payment)?;
            if attempt.doubted_refunds.contains(&refund) {
                return Err(PaymentRefusal::RefundDoubted { payment, refund });
            }
            check_left(attempt, &refund, amount)?;
            let submitted = attempt.refunding.contains_key(&refund);
            once(!submitted, Event::PaymentRefundSubmitted { payment, refund, amount })
        }
        Command::Refund { payment, refund, amount } => {
            check_left(begun(state, &payment)?, &refund, amount)?;
            vec![Event::PaymentRefunded { payment, refund, amount }]
        }
        Command::ReleaseRefund { payment, refund } => {
            let submitted = begun(state, &payment)?.refunding.contains_key(&refund);
            once(submitted, Event::PaymentRefundReleased { payment, refund })
        }
    })
}

fn once(now: bool, event: PaymentEvent) -> Vec<PaymentEvent> {
    if now { vec![event] } else { Vec::new() }
}

fn begun<'a>(state: &'a Payment, payment: &PaymentId) -> Result<&'a Attempt, PaymentRefusal> {
    state.begun.as_ref().ok_or_else(|| PaymentRefusal::NotFound { payment: payment.clone() })
}

/// The same attempt again is a retry.
fn begin(state: &Payment, attempt: PaymentAttempt) -> Decided {
    let PaymentAttempt { payment, order, customer, channel, merchant, reference, amount } = attempt;
    if let Some(known) = &state.begun {
        if known.order == order && known.amount == amount {
            return Ok(Vec::new());
        }
        return Err(PaymentRefusal::ReferenceTaken { reference, order: known.order.clone() });
    }
    if amount.currency() != Currency::CNY {
        return Err(PaymentRefusal::NotTheChannelsCurrency { given: amount.currency() });
    }
    if !amount.is_positive() {
        return Err(PaymentRefusal::AmountNotPositive { amount });
    }
    Ok(vec![PaymentEvent::PaymentBegun { payment, order, customer, channel, merchant, reference, amount }])
}

/// What is not the order's goes back without being asked for, so only the channel's own word brings such money in: a person
/// could have invented it.
fn receive(attempt: &Attempt, received: ReceivedPayment, order: OrderStanding, today: NaiveDate) -> Decided {
    let amount = received.amount;
    if !amount.is_positive() {
        return Err(PaymentRefusal::AmountNotPositive { amount });
    }
    attempt.amount.checked_sub(amount)?;
    if let Some(known) = attempt.transactions.get(&received.transaction) {
        return told_again(attempt, *known, received);
    }
    check_effective(received.effective_date, today)?;
    // So that it can be said how much came in all.
    attempt.received()?.checked_add(amount)?;
    let why = why_not(attempt, &received, order);
    let by_a_person = match &received.word {
        PaymentWord::Person(_) => true,
        PaymentWord::Channel(_) => false,
    };
    if by_a_person && (why.is_some() || amount != attempt.amount) {
        let (payment, awaited) = (attempt.payment.clone(), attempt.amount);
        return Err(PaymentRefusal::NotAwaited { payment, awaited, given: amount });
    }
    Ok(match why {
        Some(why) => vec![excess(attempt, &received, amount, why)],
        None => {
            let above = amount.checked_sub(attempt.amount)?;
            let mut events = vec![success(attempt, &received)];
            if above.is_positive() {
                events.push(excess(attempt, &received, above, ExcessReason::Overpaid));
            }
            events
        }
    })
}

/// Why none of the money is the order's.
fn why_not(attempt: &Attempt, received: &ReceivedPayment, order: OrderStanding) -> Option<ExcessReason> {
    let here = received.merchant.as_ref().is_none_or(|merchant| *merchant == attempt.merchant);
    match (attempt.state, order) {
        _ if !here => Some(ExcessReason::OtherMerchant),
        (PaymentState::Succeeded, _) => Some(ExcessReason::PaidTwice),
        (PaymentState::Pending | PaymentState::Closed, OrderStanding::Cancelled) => {
            Some(ExcessReason::OrderCancelled)
        }
        (PaymentState::Pending | PaymentState::Closed, OrderStanding::Paid) => Some(ExcessReason::OrderPaid),
        (PaymentState::Pending | PaymentState::Closed, OrderStanding::AwaitsPayment) => {
            let enough = received.amount.amount() >= attempt.amount.amount();
            (!enough).then_some(ExcessReason::Underpaid)
        }
    }
}

/// The same money again. A channel that contradicts itself is not believed; a person is told.
fn told_again(attempt: &Attempt, known: Money, received: ReceivedPayment) -> Decided {
    let ReceivedPayment { transaction, amount: given, word, .. } = received;
    match word {
        _ if known == given => Ok(Vec::new()),
        PaymentWord::Channel(notification) => Ok(vec![PaymentEvent::PaymentDoubted {
            payment: attempt.payment.clone(),
            notification,
            why: DoubtReason::AmountContradicted,
            amount: Some(given),
            refund: None,
        }]),
        PaymentWord::Person(_) => Err(PaymentRefusal::TransactionDiffers { transaction, known, given }),
    }
}

fn success(attempt: &Attempt, received: &ReceivedPayment) -> PaymentEvent {
    let confirmed_by = match &received.word {
        PaymentWord::Person(person) => Some(person.clone()),
        PaymentWord::Channel(_) => None,
    };
    PaymentEvent::PaymentSucceeded {
        payment: attempt.payment.clone(),
        order: attempt.order.clone(),
        customer: attempt.customer.clone(),
        channel: attempt.channel,
        transaction: received.transaction.clone(),
        amount: attempt.amount,
        happened_at: received.happened_at,
        effective_date: received.effective_date,
        confirmed_by,
    }
}

fn excess(attempt: &Attempt, received: &ReceivedPayment, amount: Money, why: ExcessReason) -> PaymentEvent {
    PaymentEvent::ExcessPaymentReceived {
        payment: attempt.payment.clone(),
        order: attempt.order.clone(),
        customer: attempt.customer.clone(),
        channel: attempt.channel,
        transaction: received.transaction.clone(),
        amount,
        why,
        refund: RefundId::of_excess(&attempt.payment, &received.transaction),
        happened_at: received.happened_at,
        effective_date: received.effective_date,
    }
}

/// The same fee again is a retry.
fn charge(attempt: &Attempt, fee: Money, (effective_date, today): (NaiveDate, NaiveDate)) -> Decided {
    let payment = attempt.payment.clone();
    match (attempt.fee, attempt.since) {
        (Some(known), _) if known == fee => return Ok(Vec::new()),
        (Some(fee), _) => return Err(PaymentRefusal::FeeCharged { payment, fee }),
        (None, None) => return Err(PaymentRefusal::NothingCame { payment }),
        (None, Some(since)) => check_follows(effective_date, since, today)?,
    }
    if !fee.is_positive() {
        return Err(PaymentRefusal::AmountNotPositive { amount: fee });
    }
    let received = attempt.received()?;
    if !received.covers(fee)? {
        return Err(PaymentRefusal::FeeAbovePayment { fee, received });
    }
    let channel = attempt.channel;
    Ok(vec![PaymentEvent::PaymentFeeCharged { payment, channel, amount: fee, effective_date }])
}

/// Never more than came.
fn check_left(attempt: &Attempt, refund: &RefundId, requested: Money) -> Result<(), PaymentRefusal> {
    if !requested.is_positive() {
        return Err(PaymentRefusal::AmountNotPositive { amount: requested });
    }
    let left: Result<Money, MoneyError> = attempt.left_for(refund);
    let left = left?;
    if left.covers(requested)? {
        return Ok(());
    }
    Err(PaymentRefusal::RefundAbovePayment { payment: attempt.payment.clone(), left, requested })
}
