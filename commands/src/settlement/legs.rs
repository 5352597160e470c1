//! The legs of a write-off in one decision: what a source gives, its bill takes, and the other way round.
//!
//! The source's part of a leg and the bill's are recorded together, here alone.

use std::collections::HashSet;

use chrono::NaiveDate;
use tallybook_domain::billing::bill::StepDate;
use tallybook_domain::billing::{Bill, BillCommand};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{Wallet, WalletCommand};
use tallybook_domain::settlement::write_off::{Leg, LegSource, StandingDifferences};
use tallybook_domain::settlement::{
    CreditNote, CreditNoteCommand, Receipt, ReceiptCommand, WriteOff, WriteOffCommand, WriteOffEvent,
    WriteOffId, WriteOffRefusal,
};
use tallybook_domain::text::Reason;
use tallybook_domain::{CustomerId, EventSourced, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, StreamKey};

/// A write-off and its legs, which never change.
#[derive(Debug, Clone)]
pub(crate) struct Paper {
    pub(crate) write_off: WriteOffId,
    pub(crate) customer: CustomerId,
    pub(crate) legs: Vec<Leg>,
    /// Whether the rules of matching have found it.
    pub(crate) matched: bool,
}

impl Paper {
    /// Reads them from the first event, before the decision.
    pub(crate) async fn of(book: &Book, write_off: &WriteOffId) -> Result<Self, CommandError> {
        let first = book.event_at(&StreamKey::existing::<WriteOff>(write_off), 1).await?;
        match first.as_ref().and_then(|first| WriteOff::pick(&first.event)) {
            Some(
                WriteOffEvent::WriteOffProposed { customer, legs, matched, .. }
                | WriteOffEvent::WriteOffPosted { customer, legs, matched, .. },
            ) => {
                let (customer, legs, matched) = (customer.clone(), legs.clone(), matched.is_some());
                Ok(Self { write_off: write_off.clone(), customer, legs, matched })
            }
            Some(WriteOffEvent::WriteOffRejected { .. } | WriteOffEvent::WriteOffLegReversed { .. })
            | None => {
                let write_off = write_off.clone();
                Err(Refusal::from(WriteOffRefusal::NotFound { write_off }).into())
            }
        }
    }

    pub(crate) fn streams(&self) -> Vec<StreamKey> {
        let mut streams = streams(&self.legs);
        streams.push(StreamKey::existing::<WriteOff>(&self.write_off));
        streams
    }
}

/// What the legs are about: their sources and bills, each once.
pub(super) fn streams(legs: &[Leg]) -> Vec<StreamKey> {
    let mut seen = HashSet::new();
    let mut streams = Vec::new();
    for Leg { source, bill, .. } in legs {
        let (id, stream) = match source {
            LegSource::Receipt(receipt) => (receipt.as_str(), StreamKey::existing::<Receipt>(receipt)),
            LegSource::Wallet(wallet) => (wallet.as_str(), StreamKey::existing::<Wallet>(wallet)),
            LegSource::CreditNote(note) => (note.as_str(), StreamKey::existing::<CreditNote>(note)),
            LegSource::Difference(_) => (bill.as_str(), StreamKey::existing::<Bill>(bill)),
        };
        // No two kinds of these are written the same.
        if seen.insert(id) {
            streams.push(stream);
        }
        if seen.insert(bill.as_str()) {
            streams.push(StreamKey::existing::<Bill>(bill));
        }
    }
    streams
}

/// Whether everything the legs are about can be looked at. All that is missing is asked for at once.
pub(super) fn all_held(decision: &mut Decision<'_>, legs: &[Leg]) -> bool {
    let mut held = true;
    for Leg { source, bill, .. } in legs {
        held &= decision.holds::<Bill>(bill.as_str());
        held &= match source {
            LegSource::Receipt(receipt) => decision.holds::<Receipt>(receipt.as_str()),
            LegSource::Wallet(wallet) => decision.holds::<Wallet>(wallet.as_str()),
            LegSource::CreditNote(note) => decision.holds::<CreditNote>(note.as_str()),
            LegSource::Difference(_) => true,
        };
    }
    held
}

/// The business date of a write-off nobody gave one: `from`, or the first day on which all its sources and bills are there.
pub(super) fn date_by_default(decision: &Decision<'_>, legs: &[Leg], from: NaiveDate) -> NaiveDate {
    let begin = |leg: &Leg| {
        let source = match &leg.source {
            LegSource::Receipt(receipt) => decision.state::<Receipt>(receipt.as_str()).since(),
            LegSource::CreditNote(note) => decision.state::<CreditNote>(note.as_str()).since(),
            LegSource::Wallet(_) | LegSource::Difference(_) => None,
        };
        source.max(decision.state::<Bill>(leg.bill.as_str()).owed_from())
    };
    legs.iter().filter_map(begin).fold(from, NaiveDate::max)
}

/// What stands on the bills of these legs that nobody paid.
pub(super) fn standing_differences(decision: &Decision<'_>, legs: &[Leg]) -> StandingDifferences {
    let mut standing = Vec::new();
    for Leg { bill, .. } in legs.iter().filter(|leg| !leg.source.is_money()) {
        let amounts = decision.state::<Bill>(bill.as_str()).amounts();
        let differences = amounts.into_iter().flat_map(|amounts| &amounts.differences);
        standing.extend(differences.map(|(reason, amount)| (bill.clone(), *reason, *amount)));
    }
    StandingDifferences::new(standing)
}

/// Receipts among the sources nobody has said whose they are become the customer's, of a write-off the rules of matching
/// have found and that was just posted.
pub(super) fn identify(
    decision: &mut Decision<'_>,
    write_off: &WriteOffId,
    effective_date: NaiveDate,
) -> Result<(), Refusal> {
    let legs = live_legs(decision, write_off);
    identify_legs(decision, write_off, &legs, effective_date)
}

fn live_legs(decision: &Decision<'_>, write_off: &WriteOffId) -> Vec<Leg> {
    decision.state::<WriteOff>(write_off.as_str()).live_legs().cloned().collect()
}

fn identify_legs(
    decision: &mut Decision<'_>,
    write_off: &WriteOffId,
    legs: &[Leg],
    effective_date: NaiveDate,
) -> Result<(), Refusal> {
    let today = decision.today();
    for Leg { source, bill, .. } in legs.iter().cloned() {
        let LegSource::Receipt(receipt) = source else { continue };
        let known = decision.state::<Receipt>(receipt.as_str());
        if known.amount().is_none() || known.customer().is_some() {
            continue;
        }
        let (customer, id) = (bill.customer(), receipt.clone());
        decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
        let matched = Some(write_off.clone());
        let identify = ReceiptCommand::Identify { receipt, customer, matched, effective_date, today };
        decision.decide::<Receipt>(id.as_str(), identify)?;
    }
    Ok(())
}

/// Has all legs of a write-off that was just posted take and settle.
pub(super) fn apply(
    decision: &mut Decision<'_>,
    write_off: &WriteOffId,
    effective_date: NaiveDate,
) -> Result<(), Refusal> {
    let legs = live_legs(decision, write_off);
    apply_legs(decision, write_off, legs, effective_date)
}

/// Whether a write-off that has to wait could happen now: what nobody could approve is not proposed.
pub(super) fn try_out(
    decision: &mut Decision<'_>,
    write_off: &WriteOffId,
    (legs, matched): (Vec<Leg>, bool),
    effective_date: NaiveDate,
) -> Result<(), Refusal> {
    decision.try_out(|trial| {
        if matched {
            identify_legs(trial, write_off, &legs, effective_date)?;
        }
        apply_legs(trial, write_off, legs, effective_date)
    })
}

fn apply_legs(
    decision: &mut Decision<'_>,
    write_off: &WriteOffId,
    legs: Vec<Leg>,
    effective_date: NaiveDate,
) -> Result<(), Refusal> {
    for leg in legs {
        take(decision, write_off, &leg, effective_date)?;
        let date = StepDate { given: Some(effective_date), today: decision.today() };
        let bill = leg.bill.clone();
        let settle = BillCommand::Apply { write_off: write_off.clone(), leg, date };
        decision.decide::<Bill>(bill.as_str(), settle)?;
    }
    Ok(())
}

fn take(
    decision: &mut Decision<'_>,
    write_off: &WriteOffId,
    leg: &Leg,
    effective_date: NaiveDate,
) -> Result<(), Refusal> {
    let (write_off, today) = (write_off.clone(), decision.today());
    let Leg { leg, source, bill, amount } = leg.clone();
    let customer: CustomerId = bill.customer();
    match source {
        LegSource::Receipt(id) => {
            let receipt = id.clone();
            let apply =
                ReceiptCommand::Apply { receipt, customer, write_off, leg, amount, effective_date, today };
            decision.decide::<Receipt>(id.as_str(), apply)?;
        }
        LegSource::Wallet(id) => {
            let wallet = id.clone();
            let apply = WalletCommand::Apply { wallet, write_off, leg, bill, amount, effective_date };
            decision.decide::<Wallet>(id.as_str(), apply)?;
        }
        LegSource::CreditNote(id) => {
            let credit_note = id.clone();
            let apply = CreditNoteCommand::Apply {
                credit_note,
                customer,
                write_off,
                leg,
                amount,
                effective_date,
                today,
            };
            decision.decide::<CreditNote>(id.as_str(), apply)?;
        }
        LegSource::Difference(_) => {}
    }
    Ok(())
}

/// Undoes a leg, if it stands, and the differences that are none without it: each source has back what it gave, and the
/// bill owes it again.
pub(super) fn undo(
    decision: &mut Decision<'_>,
    write_off: &WriteOffId,
    leg: &Leg,
    (reason, given): (&Reason, Option<NaiveDate>),
) -> Result<(), Refusal> {
    let today = decision.today();
    let paper = decision.state::<WriteOff>(write_off.as_str());
    let live: Vec<Leg> = paper.live_legs().filter(|other| other.bill == leg.bill).cloned().collect();
    let effective_date = given.unwrap_or_else(|| paper.effective_date_by_default(today));
    let (of, number, reason) = (write_off.clone(), leg.leg, reason.clone());
    let reverse = WriteOffCommand::ReverseLeg { write_off: of, leg: number, reason, effective_date, today };
    decision.decide::<WriteOff>(write_off.as_str(), reverse)?;
    let paper = decision.state::<WriteOff>(write_off.as_str());
    let standing: HashSet<u32> = paper.live_legs().map(|leg| leg.leg).collect();
    for leg in live.into_iter().filter(|leg| !standing.contains(&leg.leg)) {
        give_back(decision, write_off, &leg, effective_date)?;
        let bill = leg.bill.clone();
        let reopen = BillCommand::Reopen { write_off: write_off.clone(), leg, effective_date };
        decision.decide::<Bill>(bill.as_str(), reopen)?;
    }
    Ok(())
}

fn give_back(
    decision: &mut Decision<'_>,
    write_off: &WriteOffId,
    leg: &Leg,
    effective_date: NaiveDate,
) -> Result<(), Refusal> {
    let write_off = write_off.clone();
    let Leg { leg, source, bill, amount } = leg.clone();
    match source {
        LegSource::Receipt(id) => {
            let receipt = id.clone();
            let free = ReceiptCommand::Free { receipt, write_off, leg, amount, effective_date };
            decision.decide::<Receipt>(id.as_str(), free)?;
        }
        LegSource::Wallet(id) => {
            let wallet = id.clone();
            let free = WalletCommand::Free { wallet, write_off, leg, bill, amount, effective_date };
            decision.decide::<Wallet>(id.as_str(), free)?;
        }
        LegSource::CreditNote(id) => {
            let credit_note = id.clone();
            let free = CreditNoteCommand::Free { credit_note, write_off, leg, amount, effective_date };
            decision.decide::<CreditNote>(id.as_str(), free)?;
        }
        LegSource::Difference(_) => {}
    }
    Ok(())
}
