//! What a customer is billed by changes from a day on: at once or, if the rules of approval say so, once somebody else
//! has approved.

use chrono::NaiveDate;
use tallybook_domain::approvals::ApprovalRules;
use tallybook_domain::billing::{
    PlanChangeRequest, PlanCode, PricePlan, Subscription, SubscriptionCommand, SubscriptionRefusal,
};
use tallybook_domain::customers::{Customer, CustomerRefusal};
use tallybook_domain::text::Reason;
use tallybook_domain::{CustomerId, Refusal, Requester};
use tallybook_event_store::{Book, CommandError, CommandRequest, Decision, Receipt, StreamKey};

use super::SubscriptionOutcome;
use super::touched_bills::{check_unbilled, hold_touched};
use crate::approvals::{Subject, ask, missing_approvals, open_approval, price_plan_changes_wait};

/// From this day on, this plan or none.
#[derive(Debug, Clone)]
pub(super) struct PlanChange {
    pub(super) customer: CustomerId,
    /// `None`: no plan.
    pub(super) plan: Option<PlanCode>,
    pub(super) from: NaiveDate,
}

/// Who wants a change, and why.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub(super) requested_by: Requester,
    pub(super) reason: Option<Reason>,
}

/// What became of a change somebody wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// It was so already.
    Unchanged,
    Changed,
    /// Somebody else has to approve.
    Requested,
}

impl PlanChange {
    pub(super) async fn carry_out(
        self,
        book: &Book,
        request: CommandRequest,
        asking: Asking,
    ) -> Result<Receipt<SubscriptionOutcome>, CommandError> {
        book.execute(request, self.streams(), move |decision| {
            hold_all(decision, std::slice::from_ref(&self))?;
            let became = self.decide(decision, &asking)?;
            Ok(self.outcome(decision, became))
        })
        .await
    }

    /// The decision finds out which bills it takes besides.
    pub(super) fn streams(&self) -> Vec<StreamKey> {
        let mut streams = vec![
            StreamKey::existing::<Customer>(&self.customer),
            StreamKey::existing::<Subscription>(Subscription::stream_of(&self.customer)),
            StreamKey::existing::<ApprovalRules>(ApprovalRules::STREAM),
        ];
        streams.extend(self.plan.iter().map(|plan| StreamKey::existing::<PricePlan>(plan.stream())));
        streams
    }

    fn hold(&self, decision: &mut Decision<'_>) -> bool {
        let plan = self.plan.as_ref().is_none_or(|plan| decision.holds::<PricePlan>(&plan.stream()));
        let bills = hold_touched(decision, &self.customer, self.from);
        let approval = !price_plan_changes_wait(decision) || self.subject().holds_approval(decision);
        plan && bills && approval
    }

    /// All that it looks at has to be at hand.
    pub(super) fn decide(&self, decision: &mut Decision<'_>, asking: &Asking) -> Result<Became, Refusal> {
        self.check_parties(decision)?;
        let (waits, stream) = (price_plan_changes_wait(decision), Subscription::stream_of(&self.customer));
        let command = if waits { self.request(asking) } else { self.change() };
        if decision.decide::<Subscription>(&stream, command)? == 0 {
            return Ok(Became::Unchanged);
        }
        check_unbilled(decision, &self.customer, self.from)?;
        if !waits {
            return Ok(Became::Changed);
        }
        ask(decision, &self.subject(), asking.reason.as_ref())?;
        Ok(Became::Requested)
    }

    fn change(&self) -> SubscriptionCommand {
        let Self { customer, plan, from } = self.clone();
        match plan {
            Some(plan) => SubscriptionCommand::Assign { customer, plan, from },
            None => SubscriptionCommand::End { customer, from },
        }
    }

    fn request(&self, asking: &Asking) -> SubscriptionCommand {
        let (Self { customer, plan, from }, Asking { requested_by, reason }) = (self.clone(), asking.clone());
        let request = PlanChangeRequest { plan, from, reason, requested_by };
        SubscriptionCommand::RequestChange { customer, request }
    }

    fn subject(&self) -> Subject {
        Subject::PricePlanChange(self.customer.clone())
    }

    fn outcome(&self, decision: &Decision<'_>, became: Became) -> SubscriptionOutcome {
        let Self { customer, plan, from } = self.clone();
        let (approval, missing_approvals) = match became {
            Became::Unchanged | Became::Changed => (None, None),
            Became::Requested => {
                let subject = self.subject();
                (open_approval(decision, &subject), missing_approvals(decision, &subject))
            }
        };
        SubscriptionOutcome { customer, plan, from, approval, missing_approvals }
    }

    /// Refuses what may not be so by now, whoever has approved it: by the rules of a change nobody has to approve.
    pub(super) fn check(&self, decision: &Decision<'_>) -> Result<(), Refusal> {
        self.check_parties(decision)?;
        check_unbilled(decision, &self.customer, self.from)
    }

    /// A closed customer gets no plan. Whoever has one can always lose it.
    fn check_parties(&self, decision: &Decision<'_>) -> Result<(), Refusal> {
        let customer = decision.state::<Customer>(self.customer.as_str());
        match &self.plan {
            None => Ok(customer.check_registered(&self.customer)?),
            Some(plan) => {
                customer.check_open(&self.customer)?;
                self.check_plan(decision, plan)
            }
        }
    }

    /// On its first day a customer's plan has to say something, and in the currency the customer is billed in.
    fn check_plan(&self, decision: &Decision<'_>, plan: &PlanCode) -> Result<(), Refusal> {
        let (customer, plan, from) = (self.customer.clone(), plan.clone(), self.from);
        let state = decision.state::<PricePlan>(&plan.stream());
        state.check_exists(&plan)?;
        let Some(first) = state.versions().first() else { return Ok(()) };
        if first.effective_from > from {
            let begins = first.effective_from;
            return Err(SubscriptionRefusal::PlanNotBegun { plan, from, begins }.into());
        }
        let profile = decision.state::<Customer>(customer.as_str()).profile();
        match profile.and_then(|profile| profile.currency) {
            Some(expected) if expected != first.terms.currency() => {
                let given = first.terms.currency();
                Err(SubscriptionRefusal::AnotherCurrency { customer, plan, expected, given }.into())
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// All that these changes look at is at hand after this. If it is not yet, the refusal is dropped with the rest, and the
/// command decided anew.
pub(super) fn hold_all(decision: &mut Decision<'_>, changes: &[PlanChange]) -> Result<(), Refusal> {
    let mut missing = None;
    for change in changes {
        if !change.hold(decision) {
            missing = Some(change);
        }
    }
    match missing {
        Some(PlanChange { customer, .. }) => {
            Err(CustomerRefusal::NotFound { customer: customer.clone() }.into())
        }
        None => Ok(()),
    }
}
