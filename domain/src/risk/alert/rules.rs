//! Who may look at an alert, and decide it.
//!
//! What one has done already decides nothing: the first reason stands.

use super::aggregate::{Raised, RiskAlert};
use super::{AlertState, Resolution, RiskAlertCommand, RiskAlertEvent, RiskAlertRefusal};
use crate::actor::Actor;
use crate::ids::WithdrawalId;
use crate::risk::RiskOutcome;

pub(super) fn decide(
    state: &RiskAlert,
    command: RiskAlertCommand,
) -> Result<Option<RiskAlertEvent>, RiskAlertRefusal> {
    use RiskAlertCommand as Command;
    use RiskAlertEvent as Event;

    Ok(match command {
        Command::Raise { withdrawal, wallet, amount, outcome, score, requested_by } => {
            may_raise(state, &withdrawal, outcome)?;
            Some(Event::RiskAlertRaised { withdrawal, wallet, amount, outcome, score, requested_by })
        }
        Command::Claim { withdrawal, by } => {
            let raised = may_look(state, &withdrawal, &by)?;
            if raised.claimed_by.as_ref() == Some(&by) {
                return Ok(None);
            }
            check_open(raised)?;
            Some(Event::RiskAlertClaimed { withdrawal, claimed_by: by })
        }
        Command::Resolve { withdrawal, by, resolution, reason } => {
            let raised = may_look(state, &withdrawal, &by)?;
            if is_repeated(raised, &by, resolution) {
                return Ok(None);
            }
            check_open(raised)?;
            Some(Event::RiskAlertResolved { withdrawal, resolved_by: by, resolution, reason })
        }
        Command::Close { ended } => state
            .raised
            .as_ref()
            .filter(|raised| raised.state.is_open())
            .map(|raised| Event::RiskAlertClosed { withdrawal: raised.withdrawal.clone(), ended }),
    })
}

fn may_raise(
    state: &RiskAlert,
    withdrawal: &WithdrawalId,
    outcome: RiskOutcome,
) -> Result<(), RiskAlertRefusal> {
    let alert = withdrawal.clone();
    match (&state.raised, outcome) {
        (Some(_), _) => Err(RiskAlertRefusal::AlreadyRaised { alert }),
        (None, RiskOutcome::Pass) => Err(RiskAlertRefusal::NothingToSee { alert }),
        (None, RiskOutcome::Review | RiskOutcome::Block) => Ok(()),
    }
}

/// Whoever asked for the money, or made or holds the API key that did, does not judge it; nor does anybody while another does.
fn may_look<'a>(
    state: &'a RiskAlert,
    withdrawal: &WithdrawalId,
    by: &Actor,
) -> Result<&'a Raised, RiskAlertRefusal> {
    let alert = withdrawal.clone();
    let Some(raised) = &state.raised else { return Err(RiskAlertRefusal::NotFound { alert }) };
    if raised.requested_by.is(by) {
        let requested_by = raised.requested_by.actor().clone();
        return Err(RiskAlertRefusal::OwnRequest { alert, requested_by });
    }
    match &raised.claimed_by {
        Some(claimed_by) if claimed_by != by && raised.state.is_open() => {
            Err(RiskAlertRefusal::ClaimedByAnother { alert, claimed_by: claimed_by.clone() })
        }
        Some(_) | None => Ok(raised),
    }
}

fn is_repeated(raised: &Raised, by: &Actor, resolution: Resolution) -> bool {
    raised.state == resolution.state() && raised.resolved_by.as_ref() == Some(by)
}

fn check_open(raised: &Raised) -> Result<(), RiskAlertRefusal> {
    match raised.state {
        AlertState::Open | AlertState::Claimed => Ok(()),
        state @ (AlertState::Released | AlertState::Rejected | AlertState::Closed) => {
            Err(RiskAlertRefusal::NotOpen { alert: raised.withdrawal.clone(), state })
        }
    }
}
