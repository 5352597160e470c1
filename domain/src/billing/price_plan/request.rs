//! A version that waits for somebody else.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{PlanCode, PricePlan, PricePlanEvent, PricePlanRefusal};
use crate::actor::Actor;
use crate::billing::pricing::PlanTerms;
use crate::requester::Requester;
use crate::text::Reason;

/// What somebody wants a plan to say from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanVersionRequest {
    pub effective_from: NaiveDate,
    pub terms: Arc<PlanTerms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    #[serde(flatten)]
    pub requested_by: Requester,
}

type Decided = Result<Vec<PricePlanEvent>, PricePlanRefusal>;

impl PricePlan {
    /// The version that waits.
    pub fn requested(&self) -> Option<&PlanVersionRequest> {
        self.requested.as_ref()
    }

    /// One at a time: while one waits, no other is asked for or added.
    pub(super) fn check_nothing_requested(&self, plan: &PlanCode) -> Result<(), PricePlanRefusal> {
        let Some(PlanVersionRequest { requested_by, .. }) = &self.requested else { return Ok(()) };
        let requested_by = requested_by.actor().clone();
        Err(PricePlanRefusal::VersionUnderWay { plan: plan.clone(), requested_by })
    }

    /// Refuses what could not be added now.
    pub(super) fn request_version(&self, plan: PlanCode, request: PlanVersionRequest) -> Decided {
        self.check_nothing_requested(&plan)?;
        let PlanVersionRequest { effective_from, terms, reason, requested_by } = request;
        let terms = Arc::unwrap_or_clone(terms);
        self.add_version(plan.clone(), effective_from, terms.clone())?;
        Ok(vec![PricePlanEvent::PricePlanVersionRequested {
            plan,
            effective_from,
            terms,
            reason,
            requested_by,
        }])
    }

    /// By the same rules as a version nobody has to approve.
    pub(super) fn approve_version(&self, plan: PlanCode, approved_by: Actor) -> Decided {
        let PlanVersionRequest { effective_from, terms, requested_by, .. } = self.find_request(&plan)?;
        if requested_by.is(&approved_by) {
            let requested_by = requested_by.actor().clone();
            return Err(PricePlanRefusal::SelfApproval { plan, requested_by });
        }
        let added = self.add_version(plan.clone(), *effective_from, PlanTerms::clone(terms))?;
        Ok(vec![PricePlanEvent::PricePlanVersionApproved { plan, approved_by }, added])
    }

    pub(super) fn reject_version(&self, plan: PlanCode, rejected_by: Actor, reason: Reason) -> Decided {
        self.find_request(&plan)?;
        Ok(vec![PricePlanEvent::PricePlanVersionRejected { plan, rejected_by, reason }])
    }

    fn find_request(&self, plan: &PlanCode) -> Result<&PlanVersionRequest, PricePlanRefusal> {
        self.requested.as_ref().ok_or_else(|| PricePlanRefusal::VersionNotRequested { plan: plan.clone() })
    }
}
