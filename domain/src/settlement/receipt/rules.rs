//! What may become of money that came in.
//!
//! Money that is entered again, is identified again or reversed again decides nothing: it is a retry.

use chrono::NaiveDate;

use super::aggregate::{Recorded, Reversal};
use super::{Receipt, ReceiptCommand, ReceiptEvent, ReceiptId, ReceiptRefusal, ReceivedMoney, RefundRequest};
use crate::dates::{check_effective, check_follows};
use crate::ids::{CustomerId, WalletId, WriteOffId};
use crate::money::Money;
use crate::text::Reason;

type Decided = Result<Option<ReceiptEvent>, ReceiptRefusal>;

/// The business date of a step and the book's today.
type Dates = (NaiveDate, NaiveDate);

pub(super) fn decide(state: &Receipt, command: ReceiptCommand) -> Decided {
    use ReceiptCommand as Command;
    use ReceiptEvent as Event;

    match command {
        Command::Record { received, holds_reference, today } => {
            record(state, received, (holds_reference, today))
        }
        Command::Identify { receipt, customer, matched, effective_date, today } => {
            identify(standing(state, &receipt)?, (customer, matched), (effective_date, today))
        }
        Command::Apply { receipt, customer, write_off, leg, amount, effective_date, today } => {
            let recorded = standing(state, &receipt)?;
            check_customer(recorded, &customer)?;
            check_left(recorded, amount)?;
            check_follows(effective_date, recorded.since, today)?;
            Ok(Some(Event::ReceiptApplied { receipt, write_off, leg, amount, effective_date }))
        }
        Command::Free { receipt, write_off, leg, amount, effective_date } => {
            if !standing(state, &receipt)?.funds.legs.holds(&write_off, leg, amount) {
                return Err(ReceiptRefusal::NotApplied { receipt, write_off, leg });
            }
            Ok(Some(Event::ReceiptFreed { receipt, write_off, leg, amount, effective_date }))
        }
        Command::Reverse { receipt, entry, reason, effective_date, today } => {
            let recorded = meant(recorded(state, &receipt)?, entry)?;
            reverse(recorded, reason, (effective_date, today))
        }
        Command::MoveToWallet { receipt, amount, effective_date, today } => {
            let (recorded, customer) = identified(state, &receipt)?;
            check_left(recorded, amount)?;
            check_follows(effective_date, recorded.since, today)?;
            let wallet = WalletId::new(customer, amount.currency());
            Ok(Some(Event::AdvanceMovedToWallet { receipt, wallet, amount, effective_date }))
        }
        Command::ReturnFromWallet { receipt, amount, effective_date, today } => {
            let (recorded, customer) = identified(state, &receipt)?;
            check_gone(recorded, recorded.funds.moved, amount)?;
            check_follows(effective_date, recorded.last_effective, today)?;
            let wallet = WalletId::new(customer, amount.currency());
            Ok(Some(Event::AdvanceMovedBack { receipt, wallet, amount, effective_date }))
        }
        Command::RequestRefund { receipt, amount, reason, requested_by } => {
            let (recorded, _) = identified(state, &receipt)?;
            if let Some(RefundRequest { amount, requested_by }) = recorded.refund.clone() {
                let requested_by = requested_by.actor().clone();
                return Err(ReceiptRefusal::RefundUnderWay { receipt, amount, requested_by });
            }
            check_left(recorded, amount)?;
            Ok(Some(Event::AdvanceRefundRequested { receipt, amount, reason, requested_by }))
        }
        Command::ApproveRefund { receipt, amount: meant, approved_by, effective_date, today } => {
            let recorded = standing(state, &receipt)?;
            let request = refund(recorded)?;
            check_meant(&receipt, request, meant)?;
            let RefundRequest { amount, requested_by } = request;
            if requested_by.is(&approved_by) {
                let requested_by = requested_by.actor().clone();
                return Err(ReceiptRefusal::SelfApproval { receipt, requested_by });
            }
            check_follows(effective_date, recorded.since, today)?;
            Ok(Some(Event::AdvanceRefunded { receipt, amount: *amount, approved_by, effective_date }))
        }
        Command::ReturnRefund { receipt, amount, reason, effective_date, today } => {
            let recorded = standing(state, &receipt)?;
            check_gone(recorded, recorded.funds.refunded, amount)?;
            check_follows(effective_date, recorded.last_effective, today)?;
            Ok(Some(Event::AdvanceRefundReturned { receipt, amount, reason, effective_date }))
        }
        Command::RejectRefund { receipt, rejected_by, reason } => {
            let amount = refund(standing(state, &receipt)?)?.amount;
            Ok(Some(Event::AdvanceRefundRejected { receipt, amount, rejected_by, reason }))
        }
    }
}

/// A second entry of the same money is a retry, whatever it says of the payer and the text. What was reversed is not
/// there again because a bank's list is read again: somebody has to say so.
fn record(state: &Receipt, received: ReceivedMoney, (holds_reference, today): (bool, NaiveDate)) -> Decided {
    let Some(recorded) = &state.recorded else { return enter(received, None, (holds_reference, today)) };
    match &recorded.reversal {
        None => enter_again(recorded, received, today),
        Some(reversal) if received.again => {
            enter(received, Some(reversal.effective_date), (holds_reference, today))
        }
        Some(Reversal { reason, effective_date }) => {
            let (reason, effective_date) = (reason.clone(), *effective_date);
            Err(ReceiptRefusal::ReversedBefore { receipt: received.receipt(), effective_date, reason })
        }
    }
}

/// Not before the day from which on the same money was reversed before, or there would be twice as much in between.
fn enter(
    received: ReceivedMoney,
    reversed: Option<NaiveDate>,
    (holds_reference, today): (bool, NaiveDate),
) -> Decided {
    let receipt = received.receipt();
    let ReceivedMoney { account, reference, amount, method, customer, payer, text, .. } = received;
    check_positive(amount)?;
    let received_date = received.received_date.unwrap_or(today);
    check_effective(received_date, today)?;
    let earliest = reversed.map_or(received_date, |reversed| reversed.max(received_date));
    let effective_date = received.effective_date.unwrap_or(earliest);
    check_follows(effective_date, earliest, today)?;
    Ok(Some(ReceiptEvent::ReceiptRecorded {
        receipt,
        account,
        reference,
        amount,
        method,
        received_date,
        customer,
        payer,
        text,
        effective_date: (effective_date != received_date).then_some(effective_date),
        holds_reference,
    }))
}

/// Money that stands already. Who says by now whose it is, identifies it.
fn enter_again(recorded: &Recorded, received: ReceivedMoney, today: NaiveDate) -> Decided {
    let known = (recorded.funds.received, recorded.method, recorded.received_date);
    let received_date = received.received_date.unwrap_or(recorded.received_date);
    if known != (received.amount, received.method, received_date) {
        let (amount, method, received_date) = known;
        let receipt = received.receipt();
        return Err(ReceiptRefusal::Differs { receipt, amount, method, received_date });
    }
    match received.customer {
        None => Ok(None),
        Some(customer) => identify(recorded, (customer, None), (recorded.last_effective.max(today), today)),
    }
}

fn identify(
    recorded: &Recorded,
    (customer, matched): (CustomerId, Option<WriteOffId>),
    (effective_date, today): Dates,
) -> Decided {
    let receipt = recorded.receipt.clone();
    match &recorded.customer {
        Some(known) if *known == customer => Ok(None),
        Some(known) => Err(ReceiptRefusal::OfAnother { receipt, customer: known.clone() }),
        None => {
            check_follows(effective_date, recorded.since, today)?;
            let amount = recorded.funds.received;
            Ok(Some(ReceiptEvent::ReceiptIdentified { receipt, customer, amount, effective_date, matched }))
        }
    }
}

/// Only of one nothing has become of yet: what was written off is undone first, what is asked back is rejected first.
fn reverse(recorded: &Recorded, reason: Reason, (effective_date, today): Dates) -> Decided {
    if recorded.reversal.is_some() {
        return Ok(None);
    }
    let receipt = recorded.receipt.clone();
    let (applied, gone) = (recorded.funds.applied, recorded.funds.gone()?);
    if !applied.is_zero() {
        return Err(ReceiptRefusal::InUse { receipt, applied });
    }
    if !gone.is_zero() {
        return Err(ReceiptRefusal::Gone { receipt, gone });
    }
    if let Some(RefundRequest { amount, requested_by }) = recorded.refund.clone() {
        let requested_by = requested_by.actor().clone();
        return Err(ReceiptRefusal::RefundUnderWay { receipt, amount, requested_by });
    }
    check_follows(effective_date, recorded.last_effective, today)?;
    let (amount, method) = (recorded.funds.received, recorded.method);
    let customer = recorded.customer.clone();
    Ok(Some(ReceiptEvent::ReceiptReversed { receipt, amount, method, customer, reason, effective_date }))
}

fn recorded<'a>(state: &'a Receipt, receipt: &ReceiptId) -> Result<&'a Recorded, ReceiptRefusal> {
    state.recorded.as_ref().ok_or_else(|| ReceiptRefusal::NotFound { receipt: receipt.clone() })
}

/// The one that was meant: who reverses again what was recorded anew since must not reverse that.
fn meant(recorded: &Recorded, entry: Option<u32>) -> Result<&Recorded, ReceiptRefusal> {
    match entry {
        Some(entry) if entry != recorded.entry => {
            Err(ReceiptRefusal::RecordedAnew { receipt: recorded.receipt.clone(), entry: recorded.entry })
        }
        Some(_) | None => Ok(recorded),
    }
}

/// One that is not reversed.
fn standing<'a>(state: &'a Receipt, receipt: &ReceiptId) -> Result<&'a Recorded, ReceiptRefusal> {
    let recorded = recorded(state, receipt)?;
    match recorded.reversal.clone() {
        None => Ok(recorded),
        Some(Reversal { reason, effective_date }) => {
            Err(ReceiptRefusal::Reversed { receipt: receipt.clone(), effective_date, reason })
        }
    }
}

/// One that somebody has said whose it is.
fn identified<'a>(
    state: &'a Receipt,
    receipt: &ReceiptId,
) -> Result<(&'a Recorded, &'a CustomerId), ReceiptRefusal> {
    let recorded = standing(state, receipt)?;
    match &recorded.customer {
        Some(customer) => Ok((recorded, customer)),
        None => Err(ReceiptRefusal::Unidentified { receipt: receipt.clone() }),
    }
}

/// Who approves has looked at one request, and another may stand by now.
pub(super) fn check_meant(
    receipt: &ReceiptId,
    request: &RefundRequest,
    meant: Option<Money>,
) -> Result<(), ReceiptRefusal> {
    let RefundRequest { amount, requested_by } = request;
    if meant.is_some_and(|meant| meant != *amount) {
        let (receipt, requested_by) = (receipt.clone(), requested_by.actor().clone());
        return Err(ReceiptRefusal::RefundUnderWay { receipt, amount: *amount, requested_by });
    }
    Ok(())
}

fn refund(recorded: &Recorded) -> Result<&RefundRequest, ReceiptRefusal> {
    let not_requested = || ReceiptRefusal::RefundNotRequested { receipt: recorded.receipt.clone() };
    recorded.refund.as_ref().ok_or_else(not_requested)
}

fn check_customer(recorded: &Recorded, customer: &CustomerId) -> Result<(), ReceiptRefusal> {
    let receipt = recorded.receipt.clone();
    match &recorded.customer {
        Some(known) if known == customer => Ok(()),
        Some(known) => Err(ReceiptRefusal::OfAnother { receipt, customer: known.clone() }),
        None => Err(ReceiptRefusal::Unidentified { receipt }),
    }
}

/// Accepts an amount up to what is left.
fn check_left(recorded: &Recorded, requested: Money) -> Result<(), ReceiptRefusal> {
    check_positive(requested)?;
    let unapplied = recorded.funds.unapplied()?;
    if unapplied.covers(requested)? {
        return Ok(());
    }
    Err(ReceiptRefusal::AboveUnapplied { receipt: recorded.receipt.clone(), unapplied, requested })
}

/// Accepts an amount up to what has gone this way and not come back.
fn check_gone(recorded: &Recorded, gone: Money, requested: Money) -> Result<(), ReceiptRefusal> {
    check_positive(requested)?;
    if gone.covers(requested)? {
        return Ok(());
    }
    Err(ReceiptRefusal::AboveGone { receipt: recorded.receipt.clone(), gone, requested })
}

fn check_positive(amount: Money) -> Result<(), ReceiptRefusal> {
    if amount.is_positive() { Ok(()) } else { Err(ReceiptRefusal::AmountNotPositive { amount }) }
}
