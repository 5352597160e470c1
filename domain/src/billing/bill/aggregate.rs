//! The bill: drafted, issued, and then paid, credited, disputed, given up or taken back.
//!
//! Must never know whether it is overdue; that follows from the date.

use chrono::{Days, NaiveDate};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::open::Broken;
use super::payment_return::check_paid;
use super::{
    BadDebtRequest, BillAction, BillCommand, BillEvent, BillRefusal, BillState, OpenBill, StepDate, rules,
};
use crate::billing::{BillId, BillNumber, BillingEvent};
use crate::dates::EARLIEST_EFFECTIVE_DATE;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::money::{Money, MoneyError};

/// A bill; by default one nobody has drafted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    pub(super) drafted: Option<Drafted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Drafted {
    pub(super) bill: BillId,
    pub(super) state: BillState,
    pub(super) number: Option<BillNumber>,
    pub(super) issue_date: Option<NaiveDate>,
    pub(super) due_date: Option<NaiveDate>,
    /// The latest day on which more became owed of it. Nothing makes it less before, or less than nothing would be owed
    /// in between.
    pub(super) owed_from: Option<NaiveDate>,
    /// The day from which on nobody owes it any longer.
    pub(super) voided_on: Option<NaiveDate>,
    pub(super) amounts: OpenBill,
    pub(super) dispute: Dispute,
    /// What somebody has asked to write off as lost.
    pub(super) bad_debt: Option<BadDebtRequest>,
}

/// Whether the customer contests it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    None,
    Open,
    Won,
    Lost,
}

impl Dispute {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

impl std::fmt::Display for Dispute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Bill {
    /// `None` before it is drafted.
    pub fn state(&self) -> Option<BillState> {
        self.drafted.as_ref().map(|drafted| drafted.state)
    }

    /// `None` before it is issued.
    pub fn number(&self) -> Option<&BillNumber> {
        self.drafted.as_ref().and_then(|drafted| drafted.number.as_ref())
    }

    /// `None` before it is drafted.
    pub fn amounts(&self) -> Option<&OpenBill> {
        self.drafted.as_ref().map(|drafted| &drafted.amounts)
    }

    /// Whether the customer contests it; `None` before it is drafted.
    pub fn dispute(&self) -> Option<Dispute> {
        self.drafted.as_ref().map(|drafted| drafted.dispute)
    }

    /// `None` before it is issued.
    pub fn issue_date(&self) -> Option<NaiveDate> {
        self.drafted.as_ref().and_then(|drafted| drafted.issue_date)
    }

    /// The first business date on which something can settle it; `None` before it is issued.
    pub fn owed_from(&self) -> Option<NaiveDate> {
        self.drafted.as_ref().and_then(|drafted| drafted.owed_from)
    }

    /// `None` before it is issued.
    pub fn due_date(&self) -> Option<NaiveDate> {
        self.drafted.as_ref().and_then(|drafted| drafted.due_date)
    }

    /// From the issue date to the due date; `None` before it is issued.
    pub fn payment_term(&self) -> Option<Days> {
        let drafted = self.drafted.as_ref()?;
        let term = drafted.due_date?.signed_duration_since(drafted.issue_date?).num_days();
        u64::try_from(term).ok().map(Days::new)
    }

    /// The day from which on an issued bill is owed no longer; `None` of one that is owed, or never was.
    pub fn owed_until(&self) -> Option<NaiveDate> {
        self.drafted.as_ref().and_then(|drafted| drafted.issue_date.and(drafted.voided_on))
    }

    /// The issue date of the bill in the place of this one, which has to be a voided one of a whole month: not before the
    /// day from which on this one is owed no longer, nor any other bill that counted what was used in the month, or both
    /// would be owed between the two.
    pub fn replaced_on(
        &self,
        bill: &BillId,
        date: StepDate,
        unbilled_on: Option<NaiveDate>,
    ) -> Result<NaiveDate, BillRefusal> {
        if bill.is_delta() && self.drafted.is_some() {
            return Err(BillRefusal::DeltaNotRegenerated { bill: bill.clone() });
        }
        match self.state() {
            Some(BillState::Voided) => {}
            Some(state @ (BillState::Draft | BillState::Issued)) => {
                let action = BillAction::Regenerate;
                return Err(BillRefusal::NotInState { bill: bill.clone(), state, action });
            }
            None => return Err(BillRefusal::NotFound { bill: bill.clone() }),
        }
        let voided_on = self.drafted.as_ref().and_then(|drafted| drafted.voided_on).max(unbilled_on);
        date.after(voided_on.unwrap_or(EARLIEST_EFFECTIVE_DATE)).map_err(|dates| match voided_on {
            Some(voided_on) if dates.effective_date < voided_on => {
                BillRefusal::BeforeVoiding { bill: bill.clone(), dates }
            }
            Some(_) | None => dates.into(),
        })
    }

    /// What waits for somebody to let it be written off.
    pub fn bad_debt(&self) -> Option<&BadDebtRequest> {
        self.drafted.as_ref().and_then(|drafted| drafted.bad_debt.as_ref())
    }

    /// Refuses an approval of another bad debt than is asked for. Of whatever is asked for, if nothing is said.
    pub fn check_bad_debt_is(&self, bill: &BillId, meant: Option<Money>) -> Result<(), BillRefusal> {
        self.bad_debt().map_or(Ok(()), |request| rules::check_meant(bill, request, meant))
    }

    /// What is owed of it now: nothing before it is issued, and nothing once it is voided.
    pub fn open(&self) -> Result<Option<Money>, MoneyError> {
        match &self.drafted {
            Some(drafted) if drafted.state == BillState::Issued => drafted.amounts.open().map(Some),
            Some(_) | None => Ok(None),
        }
    }
}

impl EventSourced for Bill {
    fn decide(&self, command: BillCommand) -> Result<Vec<BillEvent>, BillRefusal> {
        Ok(rules::decide(self, command)?.into_iter().collect())
    }

    fn evolve(&mut self, event: &BillEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: String| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.bill()))
        };
        match (&mut self.drafted, event) {
            (None, BillEvent::BillDrafted { bill, parts, amounts, .. }) => {
                self.drafted = Some(Drafted {
                    bill: bill.clone(),
                    state: BillState::Draft,
                    number: None,
                    issue_date: None,
                    due_date: None,
                    owed_from: None,
                    voided_on: None,
                    amounts: OpenBill::new(parts, *amounts),
                    dispute: Dispute::None,
                    bad_debt: None,
                });
                Ok(())
            }
            (Some(_), BillEvent::BillDrafted { .. }) => Err(corrupt("drafted twice".into())),
            (Some(drafted), _) if drafted.bill != *event.bill() => {
                Err(corrupt("belongs to another bill".into()))
            }
            (Some(drafted), _) => drafted.take_in(event).map_err(corrupt),
            (None, _) => Err(corrupt("never drafted".into())),
        }
    }

    fn pick(event: &BookEvent) -> Option<&BillEvent> {
        match event {
            BookEvent::Billing(BillingEvent::Bill(event)) => Some(event),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => None,
        }
    }
}

impl Drafted {
    /// Takes in what happened after the draft.
    fn take_in(&mut self, event: &BillEvent) -> Result<(), String> {
        let expected = match event {
            BillEvent::BillDrafted { .. } | BillEvent::BillIssued { .. } => BillState::Draft,
            BillEvent::BillVoided { owed: None, .. } => BillState::Draft,
            BillEvent::BillVoided { owed: Some(_), .. }
            | BillEvent::CreditNoteIssued { .. }
            | BillEvent::DebitNoteIssued { .. }
            | BillEvent::BillDisputeOpened { .. }
            | BillEvent::BillDisputeClosed { .. }
            | BillEvent::BadDebtRequested { .. }
            | BillEvent::BadDebtWrittenOff { .. }
            | BillEvent::BadDebtRejected { .. }
            | BillEvent::BillPaidFromWallet { .. }
            | BillEvent::BillPaymentReturnedToWallet { .. }
            | BillEvent::BillApplied { .. }
            | BillEvent::BillReopened { .. } => BillState::Issued,
        };
        if self.state != expected {
            return Err(format!("met a bill that is {}", self.state));
        }
        self.change(event).map_err(|error| error.to_string())
    }

    fn change(&mut self, event: &BillEvent) -> Result<(), Broken> {
        match event {
            BillEvent::BillDrafted { .. } => {}
            BillEvent::BillIssued { number, issue_date, due_date, .. } => {
                self.state = BillState::Issued;
                self.number = Some(number.clone());
                (self.issue_date, self.due_date) = (Some(*issue_date), Some(*due_date));
                self.owed_from = Some(*issue_date);
            }
            BillEvent::BillVoided { effective_date, .. } => {
                (self.state, self.voided_on) = (BillState::Voided, Some(*effective_date));
            }
            BillEvent::CreditNoteIssued { bill, lines, .. } => {
                self.amounts.take_in(bill, lines, true)?;
                self.amounts.notes += 1;
            }
            BillEvent::DebitNoteIssued { bill, lines, effective_date, .. } => {
                self.owes_more(*effective_date);
                self.amounts.take_in(bill, lines, false)?;
                self.amounts.notes += 1;
            }
            BillEvent::BillDisputeOpened { .. } => self.dispute = Dispute::Open,
            BillEvent::BillDisputeClosed { outcome, .. } => {
                self.dispute = match outcome {
                    super::DisputeOutcome::Won => Dispute::Won,
                    super::DisputeOutcome::Lost => Dispute::Lost,
                };
            }
            BillEvent::BadDebtRequested { amount, requested_by, .. } => {
                self.bad_debt = Some(BadDebtRequest { amount: *amount, requested_by: requested_by.clone() });
            }
            BillEvent::BadDebtWrittenOff { amount, .. } => {
                self.bad_debt = None;
                self.amounts.give_up(*amount)?;
            }
            BillEvent::BadDebtRejected { .. } => self.bad_debt = None,
            BillEvent::BillPaidFromWallet { amount, .. } => self.amounts.pay(*amount)?,
            BillEvent::BillPaymentReturnedToWallet { bill, amount, effective_date, .. } => {
                self.owes_more(*effective_date);
                check_paid(&self.amounts, bill, *amount)?;
                self.amounts.return_payment(*amount)?;
            }
            BillEvent::BillApplied { write_off, leg, .. } => self.amounts.apply(write_off, leg)?,
            BillEvent::BillReopened { write_off, leg, effective_date } => {
                self.owes_more(*effective_date);
                self.amounts.reopen(write_off, leg)?;
            }
        }
        Ok(())
    }

    fn owes_more(&mut self, date: NaiveDate) {
        self.owed_from = self.owed_from.max(Some(date));
    }
}

impl Aggregate for Bill {
    const TYPE: &'static str = "bill";
    type Command = BillCommand;
    type Event = BillEvent;
    type Error = BillRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: BillCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), BillRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: BillEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
