//! The things that take a second person, each with what has to be loaded to decide it and with its own step.

use chrono::NaiveDate;
use tallybook_domain::approvals::{Approval, ApprovalRules, ApprovalSubject, Given};
use tallybook_domain::billing::{Bill, BillId, PlanCode, PricePlan, Subscription};
use tallybook_domain::customers::Customer;
use tallybook_domain::orders::{OrderRefund, RefundGround, RefundId};
use tallybook_domain::settlement::{CreditNote, CreditNoteId, Receipt, ReceiptId};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, CustomerId, Money, Month, Refusal, Requester};
use tallybook_event_store::{Book, CommandError, Decision, StreamKey};

use crate::deposits::{self, Parties};
use crate::settlement::{self, Paper};
use crate::{billing, ledger, orders};

#[derive(Debug, Clone)]
pub(crate) enum Subject {
    Withdrawal(Parties),
    Refund(ReceiptId),
    WriteOff(Paper),
    CreditNote(CreditNoteId),
    BadDebt(BillId),
    PeriodReopening(Month),
    OrderRefund(RefundId),
    PricePlanVersion(PlanCode),
    PricePlanChange(CustomerId),
}

/// What waits for a second person.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) requested_by: Requester,
    pub(crate) customer: Option<CustomerId>,
    /// One in each currency.
    pub(crate) amounts: Vec<Money>,
    /// As far as the thing itself knows.
    pub(crate) why: Option<Reason>,
}

impl Subject {
    /// Reads of it what never changes, before the decision.
    pub(crate) async fn of(book: &Book, subject: ApprovalSubject) -> Result<Self, CommandError> {
        Ok(match subject {
            ApprovalSubject::Withdrawal(withdrawal) => {
                Self::Withdrawal(Parties::of(book, &withdrawal).await?)
            }
            ApprovalSubject::Refund(receipt) => Self::Refund(receipt),
            ApprovalSubject::WriteOff(write_off) => Self::WriteOff(Paper::of(book, &write_off).await?),
            ApprovalSubject::CreditNote(credit_note) => Self::CreditNote(credit_note),
            ApprovalSubject::BadDebt(bill) => Self::BadDebt(bill),
            ApprovalSubject::PeriodReopening(period) => Self::PeriodReopening(period),
            ApprovalSubject::OrderRefund(refund) => Self::OrderRefund(refund),
            ApprovalSubject::PricePlanVersion(plan) => Self::PricePlanVersion(plan),
            ApprovalSubject::PricePlanChange(customer) => Self::PricePlanChange(customer),
        })
    }

    pub(crate) fn name(&self) -> ApprovalSubject {
        match self {
            Self::Withdrawal(parties) => ApprovalSubject::Withdrawal(parties.withdrawal.clone()),
            Self::Refund(receipt) => ApprovalSubject::Refund(receipt.clone()),
            Self::WriteOff(paper) => ApprovalSubject::WriteOff(paper.write_off.clone()),
            Self::CreditNote(credit_note) => ApprovalSubject::CreditNote(credit_note.clone()),
            Self::BadDebt(bill) => ApprovalSubject::BadDebt(bill.clone()),
            Self::PeriodReopening(period) => ApprovalSubject::PeriodReopening(*period),
            Self::OrderRefund(refund) => ApprovalSubject::OrderRefund(refund.clone()),
            Self::PricePlanVersion(plan) => ApprovalSubject::PricePlanVersion(plan.clone()),
            Self::PricePlanChange(customer) => ApprovalSubject::PricePlanChange(customer.clone()),
        }
    }

    /// Of the approval alone: for who asks, and has the thing itself already.
    pub(crate) fn streams_of_approval(&self) -> [StreamKey; 2] {
        [
            StreamKey::existing::<ApprovalRules>(ApprovalRules::STREAM),
            StreamKey::existing::<Approval>(self.name().to_string()),
        ]
    }

    /// Whether a decision that did not know of it before has these at hand; if not, it is made again with them.
    pub(crate) fn holds_approval(&self, decision: &mut Decision<'_>) -> bool {
        decision.holds::<ApprovalRules>(ApprovalRules::STREAM)
            & decision.holds::<Approval>(&self.name().to_string())
    }

    /// The same, of what was just made: nobody has asked for it.
    pub(crate) fn fresh_streams_of_approval(&self) -> [StreamKey; 2] {
        [
            StreamKey::existing::<ApprovalRules>(ApprovalRules::STREAM),
            StreamKey::fresh::<Approval>(self.name().to_string()),
        ]
    }

    /// All it takes to decide it.
    pub(crate) fn streams(&self) -> Vec<StreamKey> {
        let mut streams = match self {
            Self::Withdrawal(parties) => parties.streams(),
            Self::Refund(receipt) => vec![StreamKey::existing::<Receipt>(receipt)],
            Self::WriteOff(paper) => {
                let mut streams = paper.streams();
                streams.push(StreamKey::existing::<Customer>(&paper.customer));
                streams
            }
            Self::CreditNote(credit_note) => vec![StreamKey::existing::<CreditNote>(credit_note)],
            Self::BadDebt(bill) => vec![StreamKey::existing::<Bill>(bill)],
            // Their stream is part of every decision.
            Self::PeriodReopening(_) => Vec::new(),
            // The decision finds out the rest: what a refund is of does not follow from its name.
            Self::OrderRefund(refund) => vec![StreamKey::existing::<OrderRefund>(refund)],
            Self::PricePlanVersion(plan) => vec![StreamKey::existing::<PricePlan>(plan.stream())],
            // The same: the plan and the bills follow from what is asked for.
            Self::PricePlanChange(customer) => vec![
                StreamKey::existing::<Customer>(customer),
                StreamKey::existing::<Subscription>(Subscription::stream_of(customer)),
            ],
        };
        streams.extend(self.streams_of_approval());
        streams
    }

    /// `None` once it does not wait for approval any more.
    pub(crate) fn waiting(&self, decision: &Decision<'_>) -> Result<Option<Waiting>, Refusal> {
        match self {
            Self::Withdrawal(parties) => Ok(deposits::waiting_withdrawal(decision, parties)),
            Self::Refund(receipt) => Ok(settlement::waiting_refund(decision, receipt)),
            Self::WriteOff(paper) => settlement::waiting_write_off(decision, paper),
            Self::CreditNote(credit_note) => Ok(settlement::waiting_credit(decision, credit_note)),
            Self::BadDebt(bill) => Ok(billing::waiting_bad_debt(decision, bill)),
            Self::PeriodReopening(period) => Ok(ledger::waiting_reopening(decision, *period)),
            Self::OrderRefund(refund) => Ok(orders::waiting_order_refund(decision, refund)),
            Self::PricePlanVersion(plan) => Ok(billing::waiting_plan_version(decision, plan)),
            Self::PricePlanChange(customer) => Ok(billing::waiting_plan_change(decision, customer)),
        }
    }

    /// Whether it is somebody's money however long nobody looks at it, so that it must not end by itself.
    pub(super) fn is_owed(&self, decision: &Decision<'_>) -> bool {
        match self {
            Self::OrderRefund(refund) => {
                decision.state::<OrderRefund>(refund.as_str()).ground() == Some(RefundGround::Excess)
            }
            Self::Withdrawal(_)
            | Self::Refund(_)
            | Self::WriteOff(_)
            | Self::CreditNote(_)
            | Self::BadDebt(_)
            | Self::PeriodReopening(_)
            | Self::PricePlanVersion(_)
            | Self::PricePlanChange(_) => false,
        }
    }

    /// What stands in the way of any approval, also of one that is not the last.
    pub(super) fn check_may_approve(
        &self,
        decision: &mut Decision<'_>,
        given: &Given,
    ) -> Result<(), Refusal> {
        match self {
            Self::Withdrawal(parties) => deposits::check_may_approve(decision, parties, given),
            Self::OrderRefund(refund) => orders::check_may_approve_refund(decision, refund),
            Self::Refund(receipt) => settlement::check_may_approve_refund(decision, receipt),
            Self::PricePlanChange(customer) => billing::check_may_change_plan(decision, customer),
            Self::WriteOff(_)
            | Self::CreditNote(_)
            | Self::BadDebt(_)
            | Self::PeriodReopening(_)
            | Self::PricePlanVersion(_) => Ok(()),
        }
    }

    /// Its own step, once as many have agreed as it takes.
    pub(super) fn approve(
        &self,
        decision: &mut Decision<'_>,
        by: &Actor,
        effective_date: Option<NaiveDate>,
    ) -> Result<(), Refusal> {
        match self {
            Self::Withdrawal(parties) => deposits::approve(decision, parties, by),
            Self::Refund(receipt) => settlement::approve_refund_of(decision, receipt, by, effective_date),
            Self::WriteOff(paper) => settlement::approve_paper(decision, paper, by, effective_date),
            Self::CreditNote(note) => settlement::approve_credit_note(decision, note, by, effective_date),
            Self::BadDebt(bill) => billing::approve_bad_debt_of(decision, bill, by, effective_date),
            Self::PeriodReopening(period) => ledger::reopen(decision, *period, by),
            Self::OrderRefund(refund) => orders::approve_refund_of_order(decision, refund, by),
            Self::PricePlanVersion(plan) => billing::approve_plan_version(decision, plan, by),
            Self::PricePlanChange(customer) => billing::approve_plan_change(decision, customer, by),
        }
    }

    /// Its own step, when somebody does not agree.
    pub(super) fn reject(
        &self,
        decision: &mut Decision<'_>,
        by: &Actor,
        reason: &Reason,
    ) -> Result<(), Refusal> {
        match self {
            Self::Withdrawal(parties) => deposits::reject(decision, parties, by, reason),
            Self::Refund(receipt) => settlement::reject_refund_of(decision, receipt, by, reason),
            Self::WriteOff(paper) => settlement::reject_paper(decision, paper, by, reason),
            Self::CreditNote(note) => settlement::reject_credit_note(decision, note, by, reason),
            Self::BadDebt(bill) => billing::reject_bad_debt_of(decision, bill, by, reason),
            Self::PeriodReopening(period) => ledger::leave_closed(decision, *period, by, reason),
            Self::OrderRefund(refund) => orders::reject_refund_of_order(decision, refund, by, reason),
            Self::PricePlanVersion(plan) => billing::reject_plan_version(decision, plan, by, reason),
            Self::PricePlanChange(customer) => billing::reject_plan_change(decision, customer, by, reason),
        }
    }
}
