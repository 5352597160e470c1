//! Who may take which step of a refund, and when.
//!
//! A step that was taken already decides nothing: a channel's second notice is a retry.

use chrono::NaiveDate;

use super::aggregate::{OrderRefund, Paper};
use super::{
    OrderRefundAction, OrderRefundCommand, OrderRefundEvent, OrderRefundRefusal, OrderRefundState,
    RefundGround,
};
use crate::actor::Actor;
use crate::dates::check_follows;
use crate::money::Money;
use crate::orders::{PaidWith, RefundId};

type Step<'a> = Result<Option<&'a Paper>, OrderRefundRefusal>;

pub(super) fn decide(
    state: &OrderRefund,
    command: OrderRefundCommand,
) -> Result<Option<OrderRefundEvent>, OrderRefundRefusal> {
    use OrderRefundAction as Action;
    use OrderRefundCommand as Command;
    use OrderRefundEvent as Event;

    Ok(match command {
        Command::Request { refund, order, customer, back_to, amount, lines, reason, requested_by, since } => {
            may_begin(state, amount)?;
            Some(Event::RefundRequested {
                refund,
                order,
                customer,
                back_to,
                amount,
                lines,
                reason,
                requested_by,
                since,
            })
        }
        Command::RefundExcess { refund, order, customer, back_to, amount, why, confirmed_by, since } => {
            may_begin(state, amount)?;
            Some(Event::ExcessRefundDue {
                refund,
                order,
                customer,
                back_to,
                amount,
                why,
                confirmed_by,
                since,
            })
        }
        Command::Approve { refund, by } => {
            may_approve(state, &refund, &by)?.map(|_| Event::RefundApproved { refund, approved_by: by })
        }
        Command::Reject { refund, by, reason } => may_reject(state, &refund, &by)?
            .map(|_| Event::RefundRejected { refund, rejected_by: by, reason }),
        Command::Submit { refund } => may_submit(state, &refund)?.map(|paper| {
            let number = paper.next_number();
            Event::RefundSubmitted { refund, number }
        }),
        Command::Succeed { refund, effective_date, today } => {
            succeeded(may_take(state, &refund, Action::Succeed)?, (effective_date, today))?
        }
        Command::SucceedAfterAll { refund, effective_date, today } => {
            let step = may_settle(state, &refund, Action::Succeed)?;
            succeeded(step, (effective_date, today))?
        }
        Command::Fail { refund, reason } => {
            let step = match reason {
                Some(_) => may_take(state, &refund, Action::Fail)?,
                None => may_settle(state, &refund, Action::Fail)?,
            };
            step.map(|_| Event::RefundFailed { refund, reason })
        }
        Command::FindAbnormal { refund } => {
            may_take(state, &refund, Action::FindAbnormal)?.map(|_| Event::RefundFoundAbnormal { refund })
        }
    })
}

fn may_begin(state: &OrderRefund, amount: Money) -> Result<(), OrderRefundRefusal> {
    if let Some(paper) = &state.paper {
        return Err(OrderRefundRefusal::AlreadyRequested { refund: paper.refund.clone() });
    }
    if !amount.is_positive() {
        return Err(OrderRefundRefusal::AmountNotPositive { amount });
    }
    Ok(())
}

/// The paper if the step may be taken now, nothing if it was taken already.
fn may_take<'a>(state: &'a OrderRefund, refund: &RefundId, action: OrderRefundAction) -> Step<'a> {
    let paper = asked_for(state, refund)?;
    if action.is_open_from(paper.state, paper.ground == RefundGround::Excess) {
        return Ok(Some(paper));
    }
    if paper.state == action.target() { Ok(None) } else { Err(not_now(paper, action)) }
}

/// The same of a channel, whose word also counts for what a person has called failed.
fn may_settle<'a>(state: &'a OrderRefund, refund: &RefundId, action: OrderRefundAction) -> Step<'a> {
    let paper = asked_for(state, refund)?;
    if paper.is_open_to(action) { Ok(Some(paper)) } else { may_take(state, refund, action) }
}

fn succeeded(
    step: Option<&Paper>,
    (effective_date, today): (NaiveDate, NaiveDate),
) -> Result<Option<OrderRefundEvent>, OrderRefundRefusal> {
    let Some(paper) = step else { return Ok(None) };
    check_follows(effective_date, paper.since, today)?;
    let Paper { refund, order, customer, ground, back_to, amount, .. } = paper.clone();
    Ok(Some(OrderRefundEvent::RefundSucceeded {
        refund,
        order,
        customer,
        ground,
        back_to,
        amount,
        effective_date,
    }))
}

/// A step that is someone's decision: only they may repeat it. What is back in the wallet by the approval is approved.
fn may_decide<'a>(
    state: &'a OrderRefund,
    refund: &RefundId,
    action: OrderRefundAction,
    by: &Actor,
) -> Step<'a> {
    let paper = asked_for(state, refund)?;
    let by_the_same = paper.decided_by.as_ref() == Some(by);
    let approved = action == OrderRefundAction::Approve
        && matches!(paper.back_to, PaidWith::Wallet { .. })
        && paper.state == OrderRefundState::Succeeded;
    if approved && by_the_same {
        return Ok(None);
    }
    match may_take(state, refund, action)? {
        None if !by_the_same => Err(not_now(paper, action)),
        step => Ok(step),
    }
}

/// Four eyes: whoever asked for the money, or made or holds the API key that did, cannot be the one who approves it.
fn may_approve<'a>(state: &'a OrderRefund, refund: &RefundId, by: &Actor) -> Step<'a> {
    let step = may_decide(state, refund, OrderRefundAction::Approve, by)?;
    match step {
        Some(paper) => by_another(paper, by).map(Some),
        None => Ok(None),
    }
}

/// Who has asked for money of the order may take that back. Excess money is somebody else's, and once rejected does not go
/// back: that too takes another than whose word has made it excess.
fn may_reject<'a>(state: &'a OrderRefund, refund: &RefundId, by: &Actor) -> Step<'a> {
    match may_decide(state, refund, OrderRefundAction::Reject, by)? {
        Some(paper) if paper.ground == RefundGround::Excess => by_another(paper, by).map(Some),
        step => Ok(step),
    }
}

fn by_another<'a>(paper: &'a Paper, by: &Actor) -> Result<&'a Paper, OrderRefundRefusal> {
    match paper.requested_by.as_ref().filter(|asked| asked.is(by)) {
        Some(asked) => Err(OrderRefundRefusal::SelfApproval {
            refund: paper.refund.clone(),
            requested_by: asked.actor().clone(),
        }),
        None => Ok(paper),
    }
}

fn may_submit<'a>(state: &'a OrderRefund, refund: &RefundId) -> Step<'a> {
    match asked_for(state, refund)?.back_to {
        PaidWith::Wallet { .. } => Err(OrderRefundRefusal::ToTheWallet { refund: refund.clone() }),
        PaidWith::Channel { .. } => may_take(state, refund, OrderRefundAction::Submit),
    }
}

fn asked_for<'a>(state: &'a OrderRefund, refund: &RefundId) -> Result<&'a Paper, OrderRefundRefusal> {
    state.paper.as_ref().ok_or_else(|| OrderRefundRefusal::NotFound { refund: refund.clone() })
}

fn not_now(paper: &Paper, action: OrderRefundAction) -> OrderRefundRefusal {
    OrderRefundRefusal::NotInState { refund: paper.refund.clone(), state: paper.state, action }
}
