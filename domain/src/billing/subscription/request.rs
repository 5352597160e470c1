//! A change that waits for somebody else.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Subscription, SubscriptionEvent, SubscriptionRefusal};
use crate::actor::Actor;
use crate::billing::price_plan::PlanCode;
use crate::ids::CustomerId;
use crate::requester::Requester;
use crate::text::Reason;

/// What somebody wants a customer to be billed by from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChangeRequest {
    /// `None`: no plan.
    pub plan: Option<PlanCode>,
    pub from: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    #[serde(flatten)]
    pub requested_by: Requester,
}

type Decided = Result<Vec<SubscriptionEvent>, SubscriptionRefusal>;

impl Subscription {
    /// The change that waits.
    pub fn requested(&self) -> Option<&PlanChangeRequest> {
        self.requested.as_ref()
    }

    /// One at a time: while one waits, no other is asked for or made.
    pub(super) fn check_nothing_requested(&self, customer: &CustomerId) -> Result<(), SubscriptionRefusal> {
        let Some(PlanChangeRequest { requested_by, .. }) = &self.requested else { return Ok(()) };
        let requested_by = requested_by.actor().clone();
        Err(SubscriptionRefusal::ChangeUnderWay { customer: customer.clone(), requested_by })
    }

    /// Nobody is asked for what is so already.
    pub(super) fn request_change(&self, customer: CustomerId, request: PlanChangeRequest) -> Decided {
        let PlanChangeRequest { plan, from, reason, requested_by } = request;
        if self.change(&customer, plan.clone(), from)?.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![SubscriptionEvent::PricePlanChangeRequested { customer, plan, from, reason, requested_by }])
    }

    /// By the same rules as a change nobody has to approve.
    pub(super) fn approve_change(&self, customer: CustomerId, approved_by: Actor) -> Decided {
        let PlanChangeRequest { plan, from, requested_by, .. } = self.find_request(&customer)?;
        if requested_by.is(&approved_by) {
            let requested_by = requested_by.actor().clone();
            return Err(SubscriptionRefusal::SelfApproval { customer, requested_by });
        }
        let made = self.changed(&customer, plan.clone(), *from)?;
        let approved = SubscriptionEvent::PricePlanChangeApproved { customer, approved_by };
        Ok(std::iter::once(approved).chain(made).collect())
    }

    pub(super) fn reject_change(&self, customer: CustomerId, rejected_by: Actor, reason: Reason) -> Decided {
        self.find_request(&customer)?;
        Ok(vec![SubscriptionEvent::PricePlanChangeRejected { customer, rejected_by, reason }])
    }

    fn find_request(&self, customer: &CustomerId) -> Result<&PlanChangeRequest, SubscriptionRefusal> {
        let not_requested = || SubscriptionRefusal::ChangeNotRequested { customer: customer.clone() };
        self.requested.as_ref().ok_or_else(not_requested)
    }
}
