//! What may be written off, and undone.
//!
//! What was done already decides nothing: a second reversal of a leg is a retry, the first one's date and reason stand.

use chrono::NaiveDate;

use super::aggregate::{Made, Phase};
use super::{
    Leg, LegSource, WriteOff, WriteOffCommand, WriteOffEvent, WriteOffId, WriteOffRefusal, WriteOffTerms,
};
use crate::actor::Actor;
use crate::dates::{check_effective, check_follows};
use crate::requester::Requester;

/// More than one person looks over, and few enough for one decision.
const LEGS_AT_MOST: usize = 500;

type Decided = Result<Vec<WriteOffEvent>, WriteOffRefusal>;

pub(super) fn decide(state: &WriteOff, command: WriteOffCommand) -> Decided {
    match command {
        WriteOffCommand::Make { terms, requested_by, limits, standing, today } => {
            check_new(state, &terms, today)?;
            let alone = limits.allow(&terms.legs, &standing)?;
            Ok(vec![make(terms, requested_by, alone)])
        }
        WriteOffCommand::Approve { write_off, approved_by, effective_date, today } => {
            approve(in_phase(state, &write_off, Phase::Proposed)?, approved_by, (effective_date, today))
        }
        WriteOffCommand::Reject { write_off, rejected_by, reason } => {
            in_phase(state, &write_off, Phase::Proposed)?;
            Ok(vec![WriteOffEvent::WriteOffRejected { write_off, rejected_by, reason }])
        }
        WriteOffCommand::ReverseLeg { write_off, leg, reason, effective_date, today } => {
            let made = in_phase(state, &write_off, Phase::Posted)?;
            let Some((_, standing, reversed)) = made.leg(leg) else {
                return Err(WriteOffRefusal::LegNotFound { write_off, leg });
            };
            if reversed {
                return Ok(vec![]);
            }
            check_follows(effective_date, made.effective_date, today)?;
            let undone = [standing].into_iter().chain(made.goes_with(standing));
            let undone = undone.map(|leg| {
                let (write_off, leg, reason) = (write_off.clone(), leg.clone(), reason.clone());
                WriteOffEvent::WriteOffLegReversed { write_off, leg, reason, effective_date }
            });
            Ok(undone.collect())
        }
    }
}

/// Posted, if its maker may post these differences alone.
fn make(terms: WriteOffTerms, requested_by: Requester, alone: bool) -> WriteOffEvent {
    let WriteOffTerms { write_off, customer, legs, effective_date, matched } = terms;
    if alone {
        let approved_by = None;
        WriteOffEvent::WriteOffPosted { write_off, customer, legs, approved_by, effective_date, matched }
    } else {
        WriteOffEvent::WriteOffProposed { write_off, customer, legs, requested_by, effective_date, matched }
    }
}

/// What is left of its sources and bills may have become less since it was proposed: each of them says so.
fn approve(made: &Made, approved_by: Actor, (effective_date, today): (NaiveDate, NaiveDate)) -> Decided {
    let write_off = made.write_off.clone();
    if let Some(requested_by) = made.requested_by.as_ref().filter(|requester| requester.is(&approved_by)) {
        let requested_by = requested_by.actor().clone();
        return Err(WriteOffRefusal::SelfApproval { write_off, requested_by });
    }
    check_effective(effective_date, today)?;
    let (customer, legs, approved_by) = (made.customer.clone(), made.legs.clone(), Some(approved_by));
    let matched = None;
    let posted =
        WriteOffEvent::WriteOffPosted { write_off, customer, legs, approved_by, effective_date, matched };
    Ok(vec![posted])
}

/// Accepts a number of legs. Who has a list looks before doing anything with it.
pub fn check_legs(legs: usize) -> Result<(), WriteOffRefusal> {
    let most = LEGS_AT_MOST;
    match legs {
        0 => Err(WriteOffRefusal::NoLegs),
        legs if legs > most => Err(WriteOffRefusal::TooManyLegs { legs, most }),
        _ => Ok(()),
    }
}

fn check_new(state: &WriteOff, terms: &WriteOffTerms, today: NaiveDate) -> Result<(), WriteOffRefusal> {
    if state.made.is_some() {
        return Err(WriteOffRefusal::AlreadyMade { write_off: terms.write_off.clone() });
    }
    check_legs(terms.legs.len())?;
    for (place, leg) in (1..).zip(&terms.legs) {
        check_leg(terms, place, leg)?;
    }
    Ok(check_effective(terms.effective_date, today)?)
}

/// Whose receipts and credit notes are, they say themselves.
fn check_leg(terms: &WriteOffTerms, place: usize, leg: &Leg) -> Result<(), WriteOffRefusal> {
    let Leg { leg: number, source, bill, amount } = leg;
    if usize::try_from(*number) != Ok(place) {
        return Err(WriteOffRefusal::Misnumbered { leg: place, number: *number });
    }
    if !amount.is_positive() {
        return Err(WriteOffRefusal::AmountNotPositive { amount: *amount });
    }
    let customer = terms.customer.clone();
    if bill.customer() != customer {
        return Err(WriteOffRefusal::StrangeBill { bill: bill.clone(), customer });
    }
    match source {
        LegSource::Wallet(wallet) if wallet.customer() != customer => {
            Err(WriteOffRefusal::StrangeWallet { wallet: wallet.clone(), customer })
        }
        LegSource::Wallet(_)
        | LegSource::Receipt(_)
        | LegSource::CreditNote(_)
        | LegSource::Difference(_) => Ok(()),
    }
}

fn in_phase<'a>(
    state: &'a WriteOff,
    write_off: &WriteOffId,
    phase: Phase,
) -> Result<&'a Made, WriteOffRefusal> {
    let not_found = || WriteOffRefusal::NotFound { write_off: write_off.clone() };
    let made = state.made.as_ref().ok_or_else(not_found)?;
    if made.phase == phase {
        return Ok(made);
    }
    Err(WriteOffRefusal::NotInState { write_off: write_off.clone(), state: made.state() })
}
