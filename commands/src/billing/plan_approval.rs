//! What waits of price plans, and what becomes of it once somebody else has decided.

use tallybook_domain::billing::{
    PlanChangeRequest, PlanCode, PlanVersionRequest, PricePlan, PricePlanCommand, Subscription,
    SubscriptionCommand, SubscriptionRefusal,
};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, CustomerId, Refusal};
use tallybook_event_store::Decision;

use super::plan_change::{PlanChange, hold_all};
use crate::approvals::Waiting;

pub(crate) fn waiting_plan_version(decision: &Decision<'_>, plan: &PlanCode) -> Option<Waiting> {
    let asked = decision.state::<PricePlan>(&plan.stream()).requested()?;
    let PlanVersionRequest { reason: why, requested_by, .. } = asked.clone();
    Some(Waiting { requested_by, customer: None, amounts: Vec::new(), why })
}

/// As the last of those it takes.
pub(crate) fn approve_plan_version(
    decision: &mut Decision<'_>,
    plan: &PlanCode,
    by: &Actor,
) -> Result<(), Refusal> {
    let step = PricePlanCommand::ApproveVersion { plan: plan.clone(), approved_by: by.clone() };
    decision.decide::<PricePlan>(&plan.stream(), step)?;
    Ok(())
}

pub(crate) fn reject_plan_version(
    decision: &mut Decision<'_>,
    plan: &PlanCode,
    by: &Actor,
    reason: &Reason,
) -> Result<(), Refusal> {
    let (rejected_by, reason) = (by.clone(), reason.clone());
    let step = PricePlanCommand::RejectVersion { plan: plan.clone(), rejected_by, reason };
    decision.decide::<PricePlan>(&plan.stream(), step)?;
    Ok(())
}

pub(crate) fn waiting_plan_change(decision: &Decision<'_>, customer: &CustomerId) -> Option<Waiting> {
    let asked = decision.state::<Subscription>(&Subscription::stream_of(customer)).requested()?;
    let PlanChangeRequest { reason: why, requested_by, .. } = asked.clone();
    Some(Waiting { requested_by, customer: Some(customer.clone()), amounts: Vec::new(), why })
}

/// Nobody agrees to what could not be made now: a month of it may be billed by now, or the customer closed.
pub(crate) fn check_may_change_plan(
    decision: &mut Decision<'_>,
    customer: &CustomerId,
) -> Result<(), Refusal> {
    let change = requested(decision, customer)?;
    hold_all(decision, std::slice::from_ref(&change))?;
    change.check(decision)
}

/// As the last of those it takes. What stands in the way was looked at when he agreed.
pub(crate) fn approve_plan_change(
    decision: &mut Decision<'_>,
    customer: &CustomerId,
    by: &Actor,
) -> Result<(), Refusal> {
    let step = SubscriptionCommand::ApproveChange { customer: customer.clone(), approved_by: by.clone() };
    decision.decide::<Subscription>(&Subscription::stream_of(customer), step)?;
    Ok(())
}

pub(crate) fn reject_plan_change(
    decision: &mut Decision<'_>,
    customer: &CustomerId,
    by: &Actor,
    reason: &Reason,
) -> Result<(), Refusal> {
    let (rejected_by, reason) = (by.clone(), reason.clone());
    let step = SubscriptionCommand::RejectChange { customer: customer.clone(), rejected_by, reason };
    decision.decide::<Subscription>(&Subscription::stream_of(customer), step)?;
    Ok(())
}

fn requested(decision: &Decision<'_>, customer: &CustomerId) -> Result<PlanChange, SubscriptionRefusal> {
    let asked = decision.state::<Subscription>(&Subscription::stream_of(customer)).requested();
    let customer = customer.clone();
    match asked {
        Some(PlanChangeRequest { plan, from, .. }) => {
            Ok(PlanChange { customer, plan: plan.clone(), from: *from })
        }
        None => Err(SubscriptionRefusal::ChangeNotRequested { customer }),
    }
}
