//! What may become of a credit note: granted by two people, never used beyond what it is.
//!
//! What was done already decides nothing: a second reversal is a retry, the first one's date and reason stand.

use chrono::NaiveDate;

use super::aggregate::{Made, Phase};
use super::{CreditNote, CreditNoteCommand, CreditNoteEvent, CreditNoteId, CreditNoteRefusal};
use crate::actor::Actor;
use crate::billing::bill::Amounts;
use crate::dates::{check_effective, check_follows};
use crate::money::Money;
use crate::text::Reason;

type Decided = Result<Option<CreditNoteEvent>, CreditNoteRefusal>;

/// The business date of a step and the book's today.
type Dates = (NaiveDate, NaiveDate);

pub(super) fn decide(state: &CreditNote, command: CreditNoteCommand) -> Decided {
    use CreditNoteCommand as Command;
    use CreditNoteEvent as Event;

    match command {
        Command::Propose { credit_note, customer, amounts, reason, requested_by, effective_date, today } => {
            if state.made.is_some() {
                return Err(CreditNoteRefusal::AlreadyMade { credit_note });
            }
            check_amounts(&amounts)?;
            check_effective(effective_date, today)?;
            Ok(Some(Event::CreditProposed {
                credit_note,
                customer,
                amounts,
                reason,
                requested_by,
                effective_date,
            }))
        }
        Command::Approve { credit_note, approved_by, effective_date, today } => {
            let made = in_phase(state, &credit_note, Phase::Proposed)?;
            approve(made, approved_by, (effective_date, today))
        }
        Command::Reject { credit_note, rejected_by, reason } => {
            in_phase(state, &credit_note, Phase::Proposed)?;
            Ok(Some(Event::CreditRejected { credit_note, rejected_by, reason }))
        }
        Command::Reverse { credit_note, reason, effective_date, today } => {
            let made = made(state, &credit_note)?;
            reverse(made, reason, (effective_date, today))
        }
        Command::Apply { credit_note, customer, write_off, leg, amount, effective_date, today } => {
            let granted = in_phase(state, &credit_note, Phase::Granted)?;
            if granted.customer != customer {
                let customer = granted.customer.clone();
                return Err(CreditNoteRefusal::OfAnother { credit_note, customer });
            }
            check_left(granted, amount)?;
            check_follows(effective_date, granted.since, today)?;
            Ok(Some(Event::CreditApplied { credit_note, write_off, leg, amount, effective_date }))
        }
        Command::Free { credit_note, write_off, leg, amount, effective_date } => {
            if !in_phase(state, &credit_note, Phase::Granted)?.legs.holds(&write_off, leg, amount) {
                return Err(CreditNoteRefusal::NotApplied { credit_note, write_off, leg });
            }
            Ok(Some(Event::CreditFreed { credit_note, write_off, leg, amount, effective_date }))
        }
    }
}

fn approve(made: &Made, approved_by: Actor, (effective_date, today): Dates) -> Decided {
    let credit_note = made.credit_note.clone();
    if let Some(requested_by) = made.requested_by.as_ref().filter(|requester| requester.is(&approved_by)) {
        let requested_by = requested_by.actor().clone();
        return Err(CreditNoteRefusal::SelfApproval { credit_note, requested_by });
    }
    check_effective(effective_date, today)?;
    Ok(Some(CreditNoteEvent::CreditGranted {
        credit_note,
        customer: made.customer.clone(),
        amounts: made.amounts,
        reason: made.reason.clone(),
        effective_date,
        approved_by: Some(approved_by),
    }))
}

/// Only of one nothing is used of: what was written off is undone first.
fn reverse(made: &Made, reason: Reason, (effective_date, today): Dates) -> Decided {
    let credit_note = made.credit_note.clone();
    match made.phase {
        Phase::Reversed => return Ok(None),
        Phase::Granted => {}
        Phase::Proposed | Phase::Rejected => {
            return Err(CreditNoteRefusal::NotInState { credit_note, state: made.state() });
        }
    }
    if !made.applied.is_zero() {
        return Err(CreditNoteRefusal::InUse { credit_note, applied: made.applied });
    }
    check_follows(effective_date, made.last_effective, today)?;
    let (customer, amounts) = (made.customer.clone(), made.amounts);
    Ok(Some(CreditNoteEvent::CreditReversed { credit_note, customer, amounts, reason, effective_date }))
}

fn made<'a>(state: &'a CreditNote, credit_note: &CreditNoteId) -> Result<&'a Made, CreditNoteRefusal> {
    let not_found = || CreditNoteRefusal::NotFound { credit_note: credit_note.clone() };
    state.made.as_ref().ok_or_else(not_found)
}

fn in_phase<'a>(
    state: &'a CreditNote,
    credit_note: &CreditNoteId,
    phase: Phase,
) -> Result<&'a Made, CreditNoteRefusal> {
    let made = made(state, credit_note)?;
    if made.phase == phase {
        return Ok(made);
    }
    Err(CreditNoteRefusal::NotInState { credit_note: credit_note.clone(), state: made.state() })
}

/// Accepts an amount up to what is left.
pub(super) fn check_left(made: &Made, requested: Money) -> Result<(), CreditNoteRefusal> {
    if !requested.is_positive() {
        return Err(CreditNoteRefusal::AmountNotPositive { amount: requested });
    }
    let unapplied = made.unapplied()?;
    if unapplied.covers(requested)? {
        return Ok(());
    }
    let credit_note = made.credit_note.clone();
    Err(CreditNoteRefusal::AboveUnapplied { credit_note, unapplied, requested })
}

/// No tax is more than what it is on.
fn check_amounts(amounts: &Amounts) -> Result<(), CreditNoteRefusal> {
    let Amounts { subtotal, tax, total } = *amounts;
    Amounts::new(subtotal, tax)?;
    if !subtotal.is_positive() {
        return Err(CreditNoteRefusal::AmountNotPositive { amount: total });
    }
    if tax.is_negative() || !subtotal.covers(tax)? {
        return Err(CreditNoteRefusal::TaxOutOfRange { subtotal, tax });
    }
    Ok(())
}
