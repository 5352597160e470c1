//! The receipt: money that came in once, and what has become of it.
//!
//! Must never know a bill: what a write-off takes of it is decided together with the bill.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::funds::{Broken, Funds};
use super::{OwnAccount, ReceiptCommand, ReceiptEvent, ReceiptId, ReceiptRefusal, ReceiptState, rules};
use crate::deposits::{BankReference, DepositMethod};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::{CustomerId, WriteOffId};
use crate::money::{Money, MoneyError};
use crate::requester::Requester;
use crate::settlement::SettlementEvent;
use crate::text::Reason;

/// Money that came in; by default none nobody has entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub(super) recorded: Option<Recorded>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recorded {
    pub(super) receipt: ReceiptId,
    pub(super) method: DepositMethod,
    pub(super) received_date: NaiveDate,
    pub(super) customer: Option<CustomerId>,
    pub(super) funds: Funds,
    pub(super) refund: Option<RefundRequest>,
    pub(super) reversal: Option<Reversal>,
    /// How often it was recorded: once, and once more after each reversal.
    pub(super) entry: u32,
    /// The bank's number of it in which account, if no deposit had that number.
    pub(super) held_reference: Option<(BankReference, OwnAccount)>,
    /// From when on all that is free of it has been: since it came in, was identified, or last came back. Nothing takes of
    /// it before, or it would be used twice in between.
    pub(super) since: NaiveDate,
    /// The latest business date of its steps.
    pub(super) last_effective: NaiveDate,
}

/// Why it should not have been recorded, and from when on it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reversal {
    pub(super) reason: Reason,
    pub(super) effective_date: NaiveDate,
}

/// What somebody has asked to pay back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequest {
    pub amount: Money,
    #[serde(flatten)]
    pub requested_by: Requester,
}

impl Receipt {
    /// Whose money it is; `None` before somebody has said so.
    pub fn customer(&self) -> Option<&CustomerId> {
        self.recorded.as_ref().and_then(|recorded| recorded.customer.as_ref())
    }

    /// All that came in; `None` before it is recorded.
    pub fn amount(&self) -> Option<Money> {
        self.recorded.as_ref().map(|recorded| recorded.funds.received)
    }

    /// What is still free of it; `None` before it is recorded.
    pub fn unapplied(&self) -> Result<Option<Money>, MoneyError> {
        self.recorded.as_ref().map(Recorded::unapplied).transpose()
    }

    /// What of it went to the wallet and did not come back; `None` before it is recorded.
    pub fn moved(&self) -> Option<Money> {
        self.recorded.as_ref().map(|recorded| recorded.funds.moved)
    }

    /// What of it was paid back and not returned by the bank; `None` before it is recorded.
    pub fn refunded(&self) -> Option<Money> {
        self.recorded.as_ref().map(|recorded| recorded.funds.refunded)
    }

    /// `None` before it is recorded.
    pub fn state(&self) -> Option<ReceiptState> {
        let recorded = self.recorded.as_ref()?;
        if recorded.reversal.is_some() {
            return Some(ReceiptState::Reversed);
        }
        let used_up = recorded.funds.unapplied().is_ok_and(|unapplied| unapplied.is_zero());
        Some(ReceiptState::of(recorded.customer.is_some(), used_up))
    }

    /// The first business date on which a write-off can take of it; `None` before it is recorded.
    pub fn since(&self) -> Option<NaiveDate> {
        self.recorded.as_ref().map(|recorded| recorded.since)
    }

    /// How often it was recorded, with this time; 0 before the first.
    pub fn entry(&self) -> u32 {
        self.recorded.as_ref().map_or(0, |recorded| recorded.entry)
    }

    /// The bank's number of it in which account, if no deposit had that number.
    pub fn held_reference(&self) -> Option<&(BankReference, OwnAccount)> {
        self.recorded.as_ref().and_then(|recorded| recorded.held_reference.as_ref())
    }

    /// What waits for somebody to approve it.
    pub fn refund(&self) -> Option<&RefundRequest> {
        self.recorded.as_ref().and_then(|recorded| recorded.refund.as_ref())
    }

    /// Refuses an approval of another refund than is asked for. Of whatever is asked for, if nothing is said.
    pub fn check_refund_is(&self, receipt: &ReceiptId, meant: Option<Money>) -> Result<(), ReceiptRefusal> {
        self.refund().map_or(Ok(()), |request| rules::check_meant(receipt, request, meant))
    }

    /// The legs that hold a part of it: write-off, number and amount.
    pub fn live_legs(&self) -> impl Iterator<Item = (&WriteOffId, u32, Money)> {
        self.recorded.iter().flat_map(|recorded| recorded.funds.legs.iter())
    }

    /// The business date of a step nobody gave one: today, or the latest of the steps before, if that is later.
    pub fn effective_date_by_default(&self, today: NaiveDate) -> NaiveDate {
        self.recorded.as_ref().map_or(today, |recorded| recorded.last_effective.max(today))
    }
}

/// How a receipt begins, for the first time or anew.
fn begin(event: &ReceiptEvent, before: u32) -> Option<Recorded> {
    let ReceiptEvent::ReceiptRecorded {
        receipt,
        account,
        reference,
        amount,
        method,
        received_date,
        customer,
        effective_date,
        holds_reference,
        ..
    } = event
    else {
        return None;
    };
    let since = effective_date.unwrap_or(*received_date);
    Some(Recorded {
        receipt: receipt.clone(),
        method: *method,
        received_date: *received_date,
        customer: customer.clone(),
        funds: Funds::new(*amount),
        refund: None,
        reversal: None,
        entry: before.saturating_add(1),
        held_reference: holds_reference.then(|| (reference.clone(), account.clone())),
        since,
        last_effective: since,
    })
}

impl Recorded {
    /// Nothing of one that is reversed.
    fn unapplied(&self) -> Result<Money, MoneyError> {
        match self.reversal {
            Some(_) => Ok(Money::zero(self.funds.received.currency())),
            None => self.funds.unapplied(),
        }
    }

    fn take_in(&mut self, event: &ReceiptEvent) -> Result<(), Broken> {
        match event {
            ReceiptEvent::ReceiptRecorded { .. } => {}
            ReceiptEvent::ReceiptIdentified { customer, effective_date, .. } => {
                self.customer = Some(customer.clone());
                self.since = *effective_date;
            }
            ReceiptEvent::ReceiptApplied { write_off, leg, amount, .. } => {
                self.funds.apply(write_off, *leg, *amount)?;
            }
            ReceiptEvent::ReceiptFreed { write_off, leg, amount, effective_date, .. } => {
                self.funds.free(write_off, *leg, *amount)?;
                self.since = self.since.max(*effective_date);
            }
            ReceiptEvent::ReceiptReversed { amount, reason, effective_date, .. } => {
                self.funds.check_whole(*amount)?;
                let (reason, effective_date) = (reason.clone(), *effective_date);
                self.reversal = Some(Reversal { reason, effective_date });
            }
            ReceiptEvent::AdvanceMovedToWallet { amount, .. } => self.funds.move_out(*amount)?,
            ReceiptEvent::AdvanceMovedBack { amount, effective_date, .. } => {
                self.funds.move_back(*amount)?;
                self.since = self.since.max(*effective_date);
            }
            ReceiptEvent::AdvanceRefundReturned { amount, effective_date, .. } => {
                self.funds.return_refund(*amount)?;
                self.since = self.since.max(*effective_date);
            }
            ReceiptEvent::AdvanceRefundRequested { amount, requested_by, .. } => {
                self.funds.hold(*amount)?;
                self.refund = Some(RefundRequest { amount: *amount, requested_by: requested_by.clone() });
            }
            ReceiptEvent::AdvanceRefunded { amount, .. } => {
                self.funds.release(*amount)?;
                self.funds.pay_back(*amount)?;
                self.refund = None;
            }
            ReceiptEvent::AdvanceRefundRejected { amount, .. } => {
                self.funds.release(*amount)?;
                self.refund = None;
            }
        }
        self.last_effective =
            event.effective_date().map_or(self.last_effective, |date| date.max(self.last_effective));
        Ok(())
    }
}

impl EventSourced for Receipt {
    fn decide(&self, command: ReceiptCommand) -> Result<Vec<ReceiptEvent>, ReceiptRefusal> {
        Ok(rules::decide(self, command)?.into_iter().collect())
    }

    fn evolve(&mut self, event: &ReceiptEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &dyn std::fmt::Display| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.receipt()))
        };
        let begun = begin(event, self.entry());
        match (&mut self.recorded, begun) {
            (None, None) => Err(corrupt(&"never recorded")),
            (Some(recorded), _) if recorded.receipt != *event.receipt() => {
                Err(corrupt(&"belongs to another receipt"))
            }
            (Some(recorded), Some(_)) if recorded.reversal.is_none() => Err(corrupt(&"recorded twice")),
            (recorded, Some(begun)) => {
                *recorded = Some(begun);
                Ok(())
            }
            (Some(recorded), None) if recorded.reversal.is_some() => Err(corrupt(&"reversed already")),
            (Some(recorded), None) => recorded.take_in(event).map_err(|broken| corrupt(&broken)),
        }
    }

    fn pick(event: &BookEvent) -> Option<&ReceiptEvent> {
        match event {
            BookEvent::Settlement(SettlementEvent::Receipt(event)) => Some(event),
            BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Billing(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

impl Aggregate for Receipt {
    const TYPE: &'static str = "receipt";
    type Command = ReceiptCommand;
    type Event = ReceiptEvent;
    type Error = ReceiptRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: ReceiptCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ReceiptRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ReceiptEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
