//! When a payout is sent, and what of what is heard is believed.
//!
//! An answer may repeat what was said before, or go on from there: accepted, then succeeded, then returned; or accepted,
//! then failed. One that comes late and says less than is known changes nothing. What contradicts is doubted: it moves
//! nothing, and a person decides.

use chrono::{Days, NaiveDate};

use super::aggregate::{Order, Payout};
use super::{
    AnsweredStatus, Heard, PayoutAnswer, PayoutCommand, PayoutDoubt, PayoutEvent, PayoutRefusal, PayoutState,
    Prepared, UnknownCause,
};
use crate::payouts::PayoutAdapterKind;
use crate::text::Reason;

type Decided = Result<Vec<PayoutEvent>, PayoutRefusal>;

pub(super) fn decide(state: &Payout, command: PayoutCommand) -> Decided {
    match (command, &state.order) {
        (PayoutCommand::Prepare(prepared), None) => prepare(prepared),
        (PayoutCommand::Prepare(prepared), Some(_)) => {
            Err(PayoutRefusal::AlreadyPrepared { payout: prepared.payout })
        }
        (
            PayoutCommand::BeginSending
            | PayoutCommand::Hear { .. }
            | PayoutCommand::HearAfterAll { .. }
            | PayoutCommand::Succeed { .. }
            | PayoutCommand::Fail { .. }
            | PayoutCommand::Return { .. }
            | PayoutCommand::ResolveDoubt { .. },
            None,
        ) => Err(PayoutRefusal::NotPrepared),
        (PayoutCommand::BeginSending, Some(order)) => begin_sending(order),
        (PayoutCommand::Hear { heard, today }, Some(order)) => Ok(hear(order, heard, today)),
        (PayoutCommand::HearAfterAll { answer, today }, Some(order)) => {
            Ok(hear_after_all(order, answer, today))
        }
        (PayoutCommand::Succeed { paid_date }, Some(order)) => {
            let (payout, bank_reference) = (order.payout.clone(), None);
            let succeeded = PayoutEvent::PayoutSucceeded { payout, bank_reference, paid_date };
            end_by_hand(order, PayoutState::Succeeded, succeeded)
        }
        (PayoutCommand::Fail { reason }, Some(order)) => {
            let failed = PayoutEvent::PayoutFailed { payout: order.payout.clone(), reason, by_hand: true };
            end_by_hand(order, PayoutState::Failed, failed)
        }
        (PayoutCommand::Return { reason, returned_date }, Some(order)) => {
            come_back(order, reason, returned_date)
        }
        (PayoutCommand::ResolveDoubt { reason }, Some(order)) => resolve_doubt(order, reason),
    }
}

fn prepare(prepared: Prepared) -> Decided {
    if !prepared.amount.is_positive() {
        return Err(PayoutRefusal::AmountNotPositive { amount: prepared.amount });
    }
    Ok(vec![PayoutEvent::PayoutPrepared(prepared)])
}

/// Not even a repeat is answered with "done already": who is not told that he begins must not send.
fn begin_sending(Order { payout, adapter, state, .. }: &Order) -> Decided {
    let (payout, state) = (payout.clone(), *state);
    match adapter {
        PayoutAdapterKind::Manual => Err(PayoutRefusal::ByHand { payout }),
        PayoutAdapterKind::Http if state == PayoutState::Prepared => {
            Ok(vec![PayoutEvent::PayoutSendingBegan { payout }])
        }
        PayoutAdapterKind::Http => Err(PayoutRefusal::NotToBeSent { payout, state }),
    }
}

fn hear(order: &Order, heard: Heard, today: NaiveDate) -> Vec<PayoutEvent> {
    match heard {
        Heard::Answer(answer) => match disbelief(order, &answer, today) {
            Some(doubt) => doubted(order, doubt),
            None => believe(order, answer, today),
        },
        Heard::NotFound => match order.state {
            PayoutState::Unknown => unknown(order, UnknownCause::NotFound),
            PayoutState::Accepted => doubted(order, PayoutDoubt::Forgotten),
            // Not sent, on its way, in a person's hands, or so long ago that it need not be known any more.
            PayoutState::Prepared
            | PayoutState::Sending
            | PayoutState::Doubted
            | PayoutState::Succeeded
            | PayoutState::Failed
            | PayoutState::Returned => Vec::new(),
        },
        Heard::Nothing(cause) if order.state == PayoutState::Sending => unknown(order, cause),
        Heard::Nothing(_) => Vec::new(),
    }
}

/// A person had called it failed, and the bank says that it has paid: so it has, whatever the person meant.
fn hear_after_all(order: &Order, answer: PayoutAnswer, today: NaiveDate) -> Vec<PayoutEvent> {
    if !order.is_given_up() || answer.status != AnsweredStatus::Succeeded {
        return hear(order, Heard::Answer(answer), today);
    }
    if let Some(doubt) = of_another(order, &answer, today) {
        return doubted(order, doubt);
    }
    let PayoutAnswer { bank_reference, paid_date, .. } = answer;
    let (payout, paid_date) = (order.payout.clone(), paid_date.unwrap_or(today));
    vec![PayoutEvent::PayoutSucceeded { payout, bank_reference, paid_date }]
}

fn unknown(order: &Order, cause: UnknownCause) -> Vec<PayoutEvent> {
    if order.cause == Some(cause) {
        return Vec::new();
    }
    vec![PayoutEvent::PayoutOutcomeUnknown { payout: order.payout.clone(), cause }]
}

/// The same doubt is recorded once.
fn doubted(order: &Order, doubt: PayoutDoubt) -> Vec<PayoutEvent> {
    if order.doubt == Some(doubt) {
        return Vec::new();
    }
    vec![PayoutEvent::PayoutDoubted { payout: order.payout.clone(), doubt }]
}

/// Why an answer is not believed, if it is not.
fn disbelief(order: &Order, answer: &PayoutAnswer, today: NaiveDate) -> Option<PayoutDoubt> {
    let contradicts = match (order.state, answer.status) {
        (PayoutState::Succeeded | PayoutState::Returned, AnsweredStatus::Failed)
        | (PayoutState::Failed, AnsweredStatus::Succeeded | AnsweredStatus::Returned) => true,
        (_, _) => false,
    };
    of_another(order, answer, today)
        .or_else(|| contradicts.then_some(PayoutDoubt::Contradiction { status: answer.status }))
}

/// Why an answer cannot be about this payout, whatever is known of it.
fn of_another(order: &Order, answer: &PayoutAnswer, today: NaiveDate) -> Option<PayoutDoubt> {
    if answer.payout.as_ref() != Some(&order.payout) {
        return Some(PayoutDoubt::AnotherPayout);
    }
    if let Some(amount) = answer.amount.filter(|said| *said != order.amount) {
        return Some(PayoutDoubt::AnotherAmount { amount });
    }
    // A bank's day may begin before or after ours.
    let earliest = order.submitted_date.checked_sub_days(Days::new(1)).unwrap_or(order.submitted_date);
    let latest = today.checked_add_days(Days::new(1)).unwrap_or(today).max(order.submitted_date);
    if let Some(paid_date) = answer.paid_date.filter(|said| !(earliest..=latest).contains(said)) {
        return Some(PayoutDoubt::PaidDate { paid_date });
    }
    None
}

/// What follows from an answer that fits. Once anything was doubted, answers alone decide nothing any more.
fn believe(order: &Order, answer: PayoutAnswer, today: NaiveDate) -> Vec<PayoutEvent> {
    use AnsweredStatus as Said;
    use PayoutState as S;

    let payout = || order.payout.clone();
    let reason = answer.explained();
    let PayoutAnswer { status, bank_reference, paid_date, .. } = answer;
    let succeeded = |bank_reference| PayoutEvent::PayoutSucceeded {
        payout: payout(),
        bank_reference,
        paid_date: paid_date.unwrap_or(today),
    };
    let returned = |reason| PayoutEvent::PayoutReturned { payout: payout(), reason, returned_date: today };
    match (order.state, status) {
        (S::Doubted, _) | (S::Accepted, Said::Accepted) => Vec::new(),
        (S::Prepared | S::Sending | S::Unknown, Said::Accepted) => {
            vec![PayoutEvent::PayoutAccepted { payout: payout(), bank_reference }]
        }
        (S::Prepared | S::Sending | S::Unknown | S::Accepted, Said::Succeeded) => {
            vec![succeeded(bank_reference)]
        }
        (S::Prepared | S::Sending | S::Unknown | S::Accepted, Said::Failed) => {
            vec![PayoutEvent::PayoutFailed { payout: payout(), reason, by_hand: false }]
        }
        (S::Prepared | S::Sending | S::Unknown | S::Accepted, Said::Returned) => {
            vec![succeeded(bank_reference), returned(reason)]
        }
        (S::Succeeded, Said::Returned) => vec![returned(reason)],
        (S::Succeeded | S::Failed | S::Returned, _) => Vec::new(),
    }
}

/// A person says what became of it: the last word, but for one that is being sent this moment.
fn end_by_hand(order: &Order, target: PayoutState, event: PayoutEvent) -> Decided {
    let (payout, state) = (order.payout.clone(), order.state);
    match state {
        PayoutState::Sending => Err(PayoutRefusal::BeingSent { payout }),
        PayoutState::Prepared | PayoutState::Unknown | PayoutState::Accepted | PayoutState::Doubted => {
            Ok(vec![event])
        }
        PayoutState::Succeeded | PayoutState::Failed | PayoutState::Returned if state == target => {
            Ok(Vec::new())
        }
        PayoutState::Succeeded | PayoutState::Failed | PayoutState::Returned => {
            Err(PayoutRefusal::Ended { payout, state })
        }
    }
}

fn come_back(order: &Order, reason: Reason, returned_date: NaiveDate) -> Decided {
    let (payout, state) = (order.payout.clone(), order.state);
    match state {
        PayoutState::Succeeded => Ok(vec![PayoutEvent::PayoutReturned { payout, reason, returned_date }]),
        PayoutState::Returned => Ok(Vec::new()),
        PayoutState::Prepared
        | PayoutState::Sending
        | PayoutState::Unknown
        | PayoutState::Accepted
        | PayoutState::Doubted
        | PayoutState::Failed => Err(PayoutRefusal::NotPaid { payout, state }),
    }
}

fn resolve_doubt(order: &Order, reason: Reason) -> Decided {
    let payout = order.payout.clone();
    if order.state == PayoutState::Doubted {
        return Err(PayoutRefusal::OutcomeOpen { payout });
    }
    Ok(order.doubt.map(|_| PayoutEvent::PayoutDoubtResolved { payout, reason }).into_iter().collect())
}
