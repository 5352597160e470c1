//! A voided bill is billed again: the next revision of its month, by the plans and the usage as they are now.
//!
//! The revision that follows a bill is always the same, so two at once make one, and who comes later is told of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::Refusal;
use tallybook_domain::billing::bill::{BillPart, StepDate};
use tallybook_domain::billing::{
    Bill, BillCommand, BillId, BillRefusal, CreditPolicy, MonthRefusal, PlanCode, PricePlan, Subscription,
    Usage, UsageId, month_parts,
};
use tallybook_domain::customers::Customer;
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::IssuedBill;
use super::issue_drafted::{issue_drafted, not_held, streams};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegenerateBill {
    pub bill: BillId,
    /// Today, or the day of the voiding if that is later, if not given.
    #[serde(default)]
    pub issue_date: Option<NaiveDate>,
}

/// The bill in the voided one's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegeneratedBill {
    #[serde(flatten)]
    pub bill: IssuedBill,
    pub replaces: BillId,
    /// False if it was there already.
    pub new: bool,
}

/// Issues the revision that follows a voided bill, or answers with it if it is there. `policy` says what becomes of one
/// that passes the credit limit.
pub async fn regenerate_bill(
    book: &Book,
    context: CommandContext,
    regenerate: RegenerateBill,
    policy: CreditPolicy,
) -> Result<Receipt<RegeneratedBill>, CommandError> {
    let request = context.request("regenerate_bill", &regenerate)?;
    let voided = &regenerate.bill;
    let mut streams = streams(voided);
    streams.extend(voided.next_revision().map(StreamKey::existing::<Bill>));
    streams.push(StreamKey::existing::<Subscription>(Subscription::stream_of(&voided.customer())));
    book.execute(request, streams, move |decision| regenerate.decide(decision, policy)).await
}

impl RegenerateBill {
    fn decide(&self, decision: &mut Decision<'_>, policy: CreditPolicy) -> Result<RegeneratedBill, Refusal> {
        let (voided, customer) = (&self.bill, self.bill.customer());
        let answer = |bill: IssuedBill, new| RegeneratedBill { bill, replaces: voided.clone(), new };
        let next = voided.next_revision();
        if let Some(next) = &next
            && decision.state::<Bill>(next.as_str()).state().is_some()
        {
            return Ok(answer(IssuedBill::of(decision, next)?, false));
        }
        let date = StepDate { given: self.issue_date, today: decision.today() };
        let usage = UsageId::new(&customer, voided.month());
        let unbilled_on = decision.state::<Usage>(usage.as_str()).unbilled_on();
        let issue_date = decision.state::<Bill>(voided.as_str()).replaced_on(voided, date, unbilled_on)?;
        let next = next.ok_or_else(|| BillRefusal::DeltaNotRegenerated { bill: voided.clone() })?;
        decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
        let parts = self.price(decision)?;
        let Some(first) = parts.first() else { return Err(MonthRefusal::NoPlan.into()) };
        let currency = first.quote.subtotal.currency();
        let (bill, replaces) = (next.clone(), Some(voided.clone()));
        let draft = BillCommand::Draft { bill, currency, parts, replaces };
        decision.decide::<Bill>(next.as_str(), draft)?;
        Ok(answer(issue_drafted(decision, &next, issue_date, voided, policy)?, true))
    }

    /// What the month comes to now.
    fn price(&self, decision: &mut Decision<'_>) -> Result<Vec<BillPart>, Refusal> {
        let (customer, month) = (self.bill.customer(), self.bill.month());
        let stream = Subscription::stream_of(&customer);
        let in_force = decision.state::<Subscription>(&stream).between(month.first_day(), month.last_day());
        let plans: Vec<PlanCode> = in_force.into_iter().map(|period| period.plan).collect();
        if !hold_plans(decision, &plans) {
            return Err(not_held(&self.bill));
        }
        let subscription = decision.state::<Subscription>(&stream);
        let used = decision.state::<Usage>(UsageId::new(&customer, month).as_str());
        Ok(month_parts(month, subscription, used, |code| Some(decision.state::<PricePlan>(&code.stream())))?)
    }
}

/// Whether all of these plans can be looked at.
pub(super) fn hold_plans<'p>(
    decision: &mut Decision<'_>,
    plans: impl IntoIterator<Item = &'p PlanCode>,
) -> bool {
    plans.into_iter().filter(|plan| !decision.holds::<PricePlan>(&plan.stream())).count() == 0
}
