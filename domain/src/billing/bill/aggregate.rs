//! The bill: drafted, issued, and then paid, credited, disputed, given up or taken back.
//!
//! Must never know whether it is overdue; that follows from the date.

use chrono::{Days, NaiveDate};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::payment_return::check_paid;
use super::{BadDebtRequest, BillAction, BillCommand, BillEvent, BillRefusal, BillState, OpenBill, rules};
use crate::billing::{BillId, BillNumber, BillingEvent};
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
    pub fn due_date(&self) -> Option<NaiveDate> {
        self.drafted.as_ref().and_then(|drafted| drafted.due_date)
    }

    /// From the issue date to the due date; `None` before it is issued.
    pub fn payment_term(&self) -> Option<Days> {
        let drafted = self.drafted.as_ref()?;
        let term = drafted.due_date?.signed_duration_since(drafted.issue_date?).num_days();
        u64::try_from(term).ok().map(Days::new)
    }

    /// Accepts a bill in whose place another may stand: a voided one of a whole month.
    pub fn check_replaceable(&self, bill: &BillId) -> Result<(), BillRefusal> {
        if bill.is_delta() && self.drafted.is_some() {
            return Err(BillRefusal::DeltaNotRegenerated { bill: bill.clone() });
        }
        match self.state() {
            Some(BillState::Voided) => Ok(()),
            Some(state @ (BillState::Draft | BillState::Issued)) => {
                let action = BillAction::Regenerate;
                Err(BillRefusal::NotInState { bill: bill.clone(), state, action })
            }
            None => Err(BillRefusal::NotFound { bill: bill.clone() }),
        }
    }

    /// What waits for somebody to let it be written off.
    pub fn bad_debt(&self) -> Option<&BadDebtRequest> {
        self.drafted.as_ref().and_then(|drafted| drafted.bad_debt.as_ref())
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
            | BookEvent::Period(_) => None,
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
            | BillEvent::BillPaymentReturnedToWallet { .. } => BillState::Issued,
        };
        if self.state != expected {
            return Err(format!("met a bill that is {}", self.state));
        }
        self.change(event).map_err(|error| error.to_string())
    }

    fn change(&mut self, event: &BillEvent) -> Result<(), BillRefusal> {
        match event {
            BillEvent::BillDrafted { .. } => {}
            BillEvent::BillIssued { number, issue_date, due_date, .. } => {
                self.state = BillState::Issued;
                self.number = Some(number.clone());
                (self.issue_date, self.due_date) = (Some(*issue_date), Some(*due_date));
            }
            BillEvent::BillVoided { .. } => self.state = BillState::Voided,
            BillEvent::CreditNoteIssued { bill, lines, .. } => {
                self.amounts.take_in(bill, lines, true)?;
                self.amounts.notes += 1;
            }
            BillEvent::DebitNoteIssued { bill, lines, .. } => {
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
            BillEvent::BillPaymentReturnedToWallet { bill, amount, .. } => {
                check_paid(&self.amounts, bill, *amount)?;
                self.amounts.return_payment(*amount)?;
            }
        }
        Ok(())
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
