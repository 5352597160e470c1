//! Who may take which step of a withdrawal, and when.
//!
//! A step that was taken already decides nothing: a bank's second notice is a retry, the first one's date and reason
//! stand, and its own are not looked at.

use chrono::NaiveDate;

use super::aggregate::{Request, Withdrawal};
use super::{WithdrawalAction, WithdrawalCommand, WithdrawalEvent, WithdrawalRefusal, WithdrawalState};
use crate::actor::Actor;
use crate::dates::{EARLIEST_EFFECTIVE_DATE, check_follows};
use crate::deposits::ChannelReference;
use crate::ids::{WalletId, WithdrawalId};
use crate::money::{Money, MoneyError};

type Step<'a> = Result<Option<&'a Request>, WithdrawalRefusal>;

pub(super) fn decide(
    state: &Withdrawal,
    command: WithdrawalCommand,
) -> Result<Option<WithdrawalEvent>, WithdrawalRefusal> {
    use WithdrawalAction as Action;
    use WithdrawalCommand as Command;
    use WithdrawalEvent as Event;

    Ok(match command {
        Command::Request { withdrawal, wallet, amount, reference, destination, requested_by } => {
            may_request(state, &wallet, amount)?;
            Some(Event::WithdrawalRequested {
                withdrawal,
                wallet,
                amount,
                reference,
                destination,
                requested_by,
            })
        }
        Command::Approve { withdrawal, by } => may_approve(state, &withdrawal, &by)?
            .map(|_| Event::WithdrawalApproved { withdrawal, approved_by: by }),
        Command::Reject { withdrawal, by, reason } => may_decide(state, &withdrawal, Action::Reject, &by)?
            .map(|_| Event::WithdrawalRejected { withdrawal, rejected_by: by, reason }),
        Command::Cancel { withdrawal, reason } => may_take(state, &withdrawal, Action::Cancel)?
            .map(|_| Event::WithdrawalCancelled { withdrawal, reason }),
        Command::Submit { withdrawal, channel_reference, effective_date, today } => may_submit(
            state,
            &withdrawal,
            channel_reference.as_ref(),
            (effective_date, today),
        )?
        .map(|request| {
            let Request { wallet, amount, .. } = request.clone();
            Event::WithdrawalSubmitted { withdrawal, wallet, amount, effective_date, channel_reference }
        }),
        Command::SubmitAfterAll { withdrawal, effective_date, today } => {
            let request = failed(state, &withdrawal)?;
            check_after_last(request, (effective_date, today))?;
            let Request { wallet, amount, .. } = request.clone();
            let channel_reference = None;
            Some(Event::WithdrawalSubmitted { withdrawal, wallet, amount, effective_date, channel_reference })
        }
        Command::Succeed { withdrawal, effective_date, today } => {
            may_move(state, &withdrawal, Action::Succeed, (effective_date, today))?.map(|request| {
                let Request { wallet, amount, .. } = request.clone();
                Event::WithdrawalSucceeded { withdrawal, wallet, amount, effective_date }
            })
        }
        Command::Fail { withdrawal, reason, effective_date, today } => {
            may_move(state, &withdrawal, Action::Fail, (effective_date, today))?.map(|request| {
                let Request { wallet, amount, .. } = request.clone();
                Event::WithdrawalFailed { withdrawal, wallet, amount, reason, effective_date }
            })
        }
        Command::Return { withdrawal, reason, effective_date, today } => {
            may_move(state, &withdrawal, Action::Return, (effective_date, today))?.map(|request| {
                let Request { wallet, amount, .. } = request.clone();
                Event::WithdrawalReturned { withdrawal, wallet, amount, reason, effective_date }
            })
        }
    })
}

fn may_request(state: &Withdrawal, wallet: &WalletId, amount: Money) -> Result<(), WithdrawalRefusal> {
    if let Some(request) = &state.request {
        return Err(WithdrawalRefusal::AlreadyRequested { withdrawal: request.withdrawal.clone() });
    }
    let (expected, given) = (wallet.currency(), amount.currency());
    if expected != given {
        return Err(MoneyError::CurrencyMismatch { expected, given }.into());
    }
    if !amount.is_positive() {
        return Err(WithdrawalRefusal::AmountNotPositive { amount });
    }
    Ok(())
}

/// The request if the step may be taken now, nothing if it was taken already.
fn may_take<'a>(state: &'a Withdrawal, withdrawal: &WithdrawalId, action: WithdrawalAction) -> Step<'a> {
    let request = requested(state, withdrawal)?;
    if action.is_open_from(request.state) {
        return Ok(Some(request));
    }
    if request.state == action.target() { Ok(None) } else { Err(not_now(request, action)) }
}

/// A step on which money moves: not before the step it follows.
fn may_move<'a>(
    state: &'a Withdrawal,
    withdrawal: &WithdrawalId,
    action: WithdrawalAction,
    (effective_date, today): (NaiveDate, NaiveDate),
) -> Step<'a> {
    let step = may_take(state, withdrawal, action)?;
    if let Some(request) = step {
        check_after_last(request, (effective_date, today))?;
    }
    Ok(step)
}

fn check_after_last(
    request: &Request,
    (effective_date, today): (NaiveDate, NaiveDate),
) -> Result<(), WithdrawalRefusal> {
    let earliest = request.last_effective.unwrap_or(EARLIEST_EFFECTIVE_DATE);
    Ok(check_follows(effective_date, earliest, today)?)
}

/// The same order again is a retry; under another number it would be another order.
fn may_submit<'a>(
    state: &'a Withdrawal,
    withdrawal: &WithdrawalId,
    reference: Option<&ChannelReference>,
    dates: (NaiveDate, NaiveDate),
) -> Step<'a> {
    let step = may_move(state, withdrawal, WithdrawalAction::Submit, dates)?;
    let known = requested(state, withdrawal)?.channel_reference.as_ref();
    if step.is_none() && known != reference {
        return Err(WithdrawalRefusal::SubmittedOtherwise {
            withdrawal: withdrawal.clone(),
            known: known.cloned(),
            given: reference.cloned(),
        });
    }
    Ok(step)
}

fn failed<'a>(state: &'a Withdrawal, withdrawal: &WithdrawalId) -> Result<&'a Request, WithdrawalRefusal> {
    let request = requested(state, withdrawal)?;
    if request.state == WithdrawalState::Failed {
        Ok(request)
    } else {
        Err(not_now(request, WithdrawalAction::Submit))
    }
}

/// A step that is someone's decision: only they may repeat it.
fn may_decide<'a>(
    state: &'a Withdrawal,
    withdrawal: &WithdrawalId,
    action: WithdrawalAction,
    by: &Actor,
) -> Step<'a> {
    let step = may_take(state, withdrawal, action)?;
    let request = requested(state, withdrawal)?;
    if step.is_none() && request.decided_by.as_ref() != Some(by) {
        return Err(not_now(request, action));
    }
    Ok(step)
}

/// Four eyes: whoever asked for the money, or made or holds the API key that did, cannot be the one who approves it.
fn may_approve<'a>(state: &'a Withdrawal, withdrawal: &WithdrawalId, by: &Actor) -> Step<'a> {
    let step = may_decide(state, withdrawal, WithdrawalAction::Approve, by)?;
    match step {
        Some(request) if request.requested_by.is(by) => {
            let requested_by = request.requested_by.actor().clone();
            Err(WithdrawalRefusal::SelfApproval { requested_by })
        }
        Some(_) | None => Ok(step),
    }
}

fn requested<'a>(state: &'a Withdrawal, withdrawal: &WithdrawalId) -> Result<&'a Request, WithdrawalRefusal> {
    state.request.as_ref().ok_or_else(|| WithdrawalRefusal::NotFound { withdrawal: withdrawal.clone() })
}

fn not_now(request: &Request, action: WithdrawalAction) -> WithdrawalRefusal {
    WithdrawalRefusal::NotInState { withdrawal: request.withdrawal.clone(), state: request.state, action }
}
