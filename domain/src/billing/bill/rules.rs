//! What may happen to a bill, command by command.

use chrono::NaiveDate;

use super::aggregate::{Bill, Dispute, Drafted};
use super::open::sum_of_note;
use super::payment_return::check_paid;
use super::{
    BadDebtRequest, BillAction, BillCommand, BillEvent, BillRefusal, BillState, DisputeOutcome, NoteLine,
    NoteLines, StepDate, sum_of,
};
use crate::actor::Actor;
use crate::billing::BillId;
use crate::dates::EARLIEST_EFFECTIVE_DATE;
use crate::money::{Money, MoneyError};
use crate::requester::Requester;
use crate::text::Reason;

/// No event means that what was asked for has happened already.
pub(super) fn decide(bill: &Bill, command: BillCommand) -> Result<Option<BillEvent>, BillRefusal> {
    match command {
        BillCommand::Draft { bill: id, currency, parts, replaces } => {
            check_new(bill, &id)?;
            let amounts = sum_of(&parts, currency)?;
            Ok(Some(BillEvent::BillDrafted { bill: id, parts, amounts, replaces, amends: None }))
        }
        BillCommand::DraftDelta { bill: id, currency, parts, amends } => {
            check_new(bill, &id)?;
            let (amounts, amends) = (sum_of(&parts, currency)?, Some(amends));
            Ok(Some(BillEvent::BillDrafted { bill: id, parts, amounts, replaces: None, amends }))
        }
        BillCommand::Issue { bill: id, number, issue_date, due_date } => {
            let drafted = in_state(bill, &id, BillState::Draft, BillAction::Issue)?;
            let amounts = drafted.amounts.owed;
            Ok(Some(BillEvent::BillIssued { bill: id, number, amounts, issue_date, due_date }))
        }
        BillCommand::Void { bill: id, reason, date } => void(bill, id, reason, date),
        BillCommand::Credit { bill: id, lines, reason, date } => {
            credit(issued(bill, &id, BillAction::Credit)?, id, &lines, reason, date).map(Some)
        }
        BillCommand::Debit { bill: id, lines, reason, date } => {
            debit(issued(bill, &id, BillAction::Debit)?, id, &lines, reason, date).map(Some)
        }
        BillCommand::OpenDispute { bill: id, reason } => {
            match issued(bill, &id, BillAction::Dispute)?.dispute {
                Dispute::Open => Err(BillRefusal::InDispute { bill: id }),
                Dispute::None | Dispute::Won | Dispute::Lost => {
                    Ok(Some(BillEvent::BillDisputeOpened { bill: id, reason }))
                }
            }
        }
        BillCommand::CloseDispute { bill: id, won, reason } => {
            match issued(bill, &id, BillAction::Dispute)?.dispute {
                Dispute::Open => {
                    let outcome = if won { DisputeOutcome::Won } else { DisputeOutcome::Lost };
                    Ok(Some(BillEvent::BillDisputeClosed { bill: id, outcome, reason }))
                }
                Dispute::None | Dispute::Won | Dispute::Lost => Err(BillRefusal::NotInDispute { bill: id }),
            }
        }
        BillCommand::RequestBadDebt { bill: id, amount, reason, requested_by } => {
            request_bad_debt(issued(bill, &id, BillAction::WriteOff)?, id, amount, reason, requested_by)
        }
        BillCommand::ApproveBadDebt { bill: id, amount, approved_by, date } => {
            approve_bad_debt(issued(bill, &id, BillAction::WriteOff)?, id, (amount, approved_by), date)
        }
        BillCommand::RejectBadDebt { bill: id, rejected_by, reason } => {
            requested(issued(bill, &id, BillAction::WriteOff)?, &id)?;
            Ok(Some(BillEvent::BadDebtRejected { bill: id, rejected_by, reason }))
        }
        BillCommand::PayFromWallet { bill: id, wallet, amount, effective_date } => {
            let drafted = issued(bill, &id, BillAction::Pay)?;
            check_open(drafted, &id, amount)?;
            Ok(Some(BillEvent::BillPaidFromWallet { bill: id, wallet, amount, effective_date }))
        }
        BillCommand::ReturnPayment { bill: id, wallet, amount, effective_date } => {
            let drafted = issued(bill, &id, BillAction::ReturnPayment)?;
            check_positive(amount)?;
            check_paid(&drafted.amounts, &id, amount)?;
            Ok(Some(BillEvent::BillPaymentReturnedToWallet { bill: id, wallet, amount, effective_date }))
        }
        BillCommand::Apply { write_off, leg, date } => {
            let drafted = issued(bill, &leg.bill, BillAction::Settle)?;
            check_open(drafted, &leg.bill, leg.amount)?;
            let effective_date = date_of(drafted, date)?;
            Ok(Some(BillEvent::BillApplied { write_off, leg, effective_date }))
        }
        BillCommand::Reopen { write_off, leg, effective_date } => {
            let drafted = issued(bill, &leg.bill, BillAction::Settle)?;
            if !drafted.amounts.applied.holds(&write_off, leg.leg, leg.amount) {
                return Err(BillRefusal::NotApplied { bill: leg.bill, write_off, leg: leg.leg });
            }
            Ok(Some(BillEvent::BillReopened { write_off, leg, effective_date }))
        }
    }
}

fn check_new(bill: &Bill, id: &BillId) -> Result<(), BillRefusal> {
    if bill.drafted.is_none() { Ok(()) } else { Err(BillRefusal::AlreadyDrafted { bill: id.clone() }) }
}

fn drafted<'a>(bill: &'a Bill, id: &BillId) -> Result<&'a Drafted, BillRefusal> {
    bill.drafted.as_ref().ok_or_else(|| BillRefusal::NotFound { bill: id.clone() })
}

fn in_state<'a>(
    bill: &'a Bill,
    id: &BillId,
    expected: BillState,
    action: BillAction,
) -> Result<&'a Drafted, BillRefusal> {
    let drafted = drafted(bill, id)?;
    if drafted.state == expected {
        return Ok(drafted);
    }
    Err(BillRefusal::NotInState { bill: id.clone(), state: drafted.state, action })
}

pub(super) fn issued<'a>(
    bill: &'a Bill,
    id: &BillId,
    action: BillAction,
) -> Result<&'a Drafted, BillRefusal> {
    in_state(bill, id, BillState::Issued, action)
}

/// A second voiding is a retry. What something was applied to is credited, not voided.
fn void(bill: &Bill, id: BillId, reason: Reason, date: StepDate) -> Result<Option<BillEvent>, BillRefusal> {
    let drafted = drafted(bill, &id)?;
    let owed = match drafted.state {
        BillState::Voided => return Ok(None),
        BillState::Draft => None,
        BillState::Issued => Some(drafted.amounts.owed),
    };
    if !drafted.amounts.settled.is_zero() {
        return Err(partly_settled(drafted, id)?);
    }
    check_only_paid(drafted, &id)?;
    let effective_date = date_of(drafted, date)?;
    Ok(Some(BillEvent::BillVoided { bill: id, reason, effective_date, owed }))
}

/// Accepts a bill nothing was applied to but what its wallet paid, which can go back.
pub(super) fn check_only_paid(drafted: &Drafted, bill: &BillId) -> Result<(), BillRefusal> {
    let amounts = &drafted.amounts;
    if amounts.settled != amounts.paid || amounts.notes > 0 {
        return Err(partly_settled(drafted, bill.clone())?);
    }
    match drafted.bad_debt.clone() {
        Some(BadDebtRequest { amount, requested_by }) => {
            let requested_by = requested_by.actor().clone();
            Err(BillRefusal::BadDebtUnderWay { bill: bill.clone(), amount, requested_by })
        }
        None => Ok(()),
    }
}

fn partly_settled(drafted: &Drafted, bill: BillId) -> Result<BillRefusal, MoneyError> {
    let (total, open) = (drafted.amounts.owed.total, drafted.amounts.open()?);
    Ok(BillRefusal::PartlySettled { bill, total, open })
}

fn credit(
    drafted: &Drafted,
    bill: BillId,
    asked: &NoteLines,
    reason: Reason,
    date: StepDate,
) -> Result<BillEvent, BillRefusal> {
    let lines = drafted.amounts.clone().credit(&bill, asked)?;
    let amounts = sum_of_note(&lines, drafted.amounts.currency())?;
    check_open(drafted, &bill, amounts.total)?;
    let note = drafted.amounts.notes + 1;
    let effective_date = date_of(drafted, date)?;
    Ok(BillEvent::CreditNoteIssued { bill, note, lines, amounts, reason, effective_date })
}

fn debit(
    drafted: &Drafted,
    bill: BillId,
    asked: &NoteLines,
    reason: Reason,
    date: StepDate,
) -> Result<BillEvent, BillRefusal> {
    let lines: Vec<NoteLine> = drafted.amounts.debit(&bill, asked)?;
    let amounts = sum_of_note(&lines, drafted.amounts.currency())?;
    drafted.amounts.owed.checked_add(amounts)?;
    check_positive(amounts.total)?;
    let note = drafted.amounts.notes + 1;
    let effective_date = date.after(drafted.issue_date.unwrap_or(EARLIEST_EFFECTIVE_DATE))?;
    Ok(BillEvent::DebitNoteIssued { bill, note, lines, amounts, reason, effective_date })
}

fn request_bad_debt(
    drafted: &Drafted,
    bill: BillId,
    amount: Money,
    reason: Reason,
    requested_by: Requester,
) -> Result<Option<BillEvent>, BillRefusal> {
    if let Some(BadDebtRequest { amount, requested_by }) = drafted.bad_debt.clone() {
        let requested_by = requested_by.actor().clone();
        return Err(BillRefusal::BadDebtUnderWay { bill, amount, requested_by });
    }
    check_open(drafted, &bill, amount)?;
    Ok(Some(BillEvent::BadDebtRequested { bill, amount, reason, requested_by }))
}

/// What is left may have become less since it was asked for.
fn approve_bad_debt(
    drafted: &Drafted,
    bill: BillId,
    (meant, approved_by): (Option<Money>, Actor),
    date: StepDate,
) -> Result<Option<BillEvent>, BillRefusal> {
    let request = requested(drafted, &bill)?;
    check_meant(&bill, request, meant)?;
    let BadDebtRequest { amount, requested_by } = request;
    if requested_by.is(&approved_by) {
        let requested_by = requested_by.actor().clone();
        return Err(BillRefusal::SelfApproval { bill, requested_by });
    }
    check_open(drafted, &bill, *amount)?;
    let effective_date = date_of(drafted, date)?;
    Ok(Some(BillEvent::BadDebtWrittenOff { bill, amount: *amount, approved_by, effective_date }))
}

/// Who approves has looked at one request, and another may stand by now.
pub(super) fn check_meant(
    bill: &BillId,
    request: &BadDebtRequest,
    meant: Option<Money>,
) -> Result<(), BillRefusal> {
    let BadDebtRequest { amount, requested_by } = request;
    if meant.is_some_and(|meant| meant != *amount) {
        let (bill, requested_by) = (bill.clone(), requested_by.actor().clone());
        return Err(BillRefusal::BadDebtUnderWay { bill, amount: *amount, requested_by });
    }
    Ok(())
}

fn requested<'a>(drafted: &'a Drafted, bill: &BillId) -> Result<&'a BadDebtRequest, BillRefusal> {
    drafted.bad_debt.as_ref().ok_or_else(|| BillRefusal::BadDebtNotRequested { bill: bill.clone() })
}

/// The date of a step that makes the bill less: not before the latest day on which it became more.
pub(super) fn date_of(drafted: &Drafted, date: StepDate) -> Result<NaiveDate, BillRefusal> {
    Ok(date.after(drafted.owed_from.unwrap_or(EARLIEST_EFFECTIVE_DATE))?)
}

/// Accepts an amount up to what is left of the bill.
fn check_open(drafted: &Drafted, bill: &BillId, amount: Money) -> Result<(), BillRefusal> {
    check_positive(amount)?;
    let open = drafted.amounts.open()?;
    if open.covers(amount)? {
        return Ok(());
    }
    Err(BillRefusal::AboveOpen { bill: bill.clone(), open, requested: amount })
}

fn check_positive(amount: Money) -> Result<(), BillRefusal> {
    if amount.is_positive() { Ok(()) } else { Err(BillRefusal::AmountNotPositive { amount }) }
}
