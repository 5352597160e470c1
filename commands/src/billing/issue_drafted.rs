//! A bill issued by itself, outside a run: under the next number, and its usage counted.

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::{
    Bill, BillCommand, BillId, BillNumber, BillNumbers, BillNumbersCommand, BillRefusal, CreditPolicy, Usage,
    UsageCommand, UsageId,
};
use tallybook_domain::customers::{Customer, PaymentTermDays};
use tallybook_domain::{Money, Refusal};
use tallybook_event_store::{Decision, StreamKey};

use super::BillOutcome;
use super::credit_limit::check_issued;
use super::prepaid::pay_from_wallet;

/// A bill that was just issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedBill {
    #[serde(flatten)]
    pub bill: BillOutcome,
    pub total: Money,
    pub due_date: Option<NaiveDate>,
}

/// What a decision about a customer's month looks at from the beginning.
pub(super) fn streams(bill: &BillId) -> Vec<StreamKey> {
    let customer = bill.customer();
    vec![
        StreamKey::existing::<Bill>(bill),
        StreamKey::existing::<Usage>(UsageId::new(&customer, bill.month())),
        StreamKey::existing::<Customer>(customer),
    ]
}

/// What is answered as long as not everything a decision needs is held: it is dropped, and the decision made again.
pub(super) fn not_held(bill: &BillId) -> Refusal {
    BillRefusal::NotFound { bill: bill.clone() }.into()
}

/// Issues a draft. It is due by the customer's own payment term, or else by the one of the bill it belongs to; a prepaid
/// customer's wallet pays what it can, and what is left may pass the credit limit. A closed customer is not billed.
pub(super) fn issue_drafted(
    decision: &mut Decision<'_>,
    bill: &BillId,
    issue_date: NaiveDate,
    belongs_to: &BillId,
    policy: CreditPolicy,
) -> Result<IssuedBill, Refusal> {
    let (customer, year) = (bill.customer(), issue_date.year());
    decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
    let numbers = BillNumbers::stream_of(year);
    if !decision.holds::<BillNumbers>(&numbers) {
        return Err(not_held(bill));
    }
    decision.decide::<BillNumbers>(&numbers, BillNumbersCommand::Take { year, bills: 1 })?;
    let number = BillNumber::new(year, decision.state::<BillNumbers>(&numbers).last());
    let own = decision.state::<Customer>(customer.as_str()).profile();
    let own = own.and_then(|profile| profile.payment_term_days).map(PaymentTermDays::get);
    let term = own.map(|days| Days::new(u64::from(days)));
    let term = term.or_else(|| decision.state::<Bill>(belongs_to.as_str()).payment_term());
    let due_date = term.and_then(|term| issue_date.checked_add_days(term)).unwrap_or(issue_date);
    let issue = BillCommand::Issue { bill: bill.clone(), number, issue_date, due_date };
    decision.decide::<Bill>(bill.as_str(), issue)?;
    let usage = UsageId::new(&customer, bill.month());
    let count = UsageCommand::Bill { usage: usage.clone(), bill: bill.clone() };
    decision.decide::<Usage>(usage.as_str(), count)?;
    pay_from_wallet(decision, bill, issue_date)?;
    check_issued(decision, bill, None, policy)?;
    IssuedBill::of(decision, bill)
}

impl IssuedBill {
    pub(super) fn of(decision: &Decision<'_>, bill: &BillId) -> Result<Self, Refusal> {
        let state = decision.state::<Bill>(bill.as_str());
        let not_found = || BillRefusal::NotFound { bill: bill.clone() };
        Ok(Self {
            bill: BillOutcome::of(decision, bill)?,
            total: state.amounts().ok_or_else(not_found)?.owed.total,
            due_date: state.due_date(),
        })
    }
}
