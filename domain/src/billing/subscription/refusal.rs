//! Why a customer's price plan cannot be changed.

use chrono::NaiveDate;

use crate::actor::Actor;
use crate::billing::BillId;
use crate::billing::price_plan::PlanCode;
use crate::ids::CustomerId;
use crate::money::Currency;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionRefusal {
    #[error("customer {customer} has no price plan on {from} that could end")]
    NothingToEnd { customer: CustomerId, from: NaiveDate },
    #[error("price plan {plan} begins on {begins}: nobody can have it from {from}")]
    PlanNotBegun { plan: PlanCode, from: NaiveDate, begins: NaiveDate },
    #[error(
        "customer {customer} is billed in {expected}, price plan {plan} is in {given}: choose another plan, or change the customer's currency"
    )]
    AnotherCurrency { customer: CustomerId, plan: PlanCode, expected: Currency, given: Currency },
    #[error("customer {customer} is billed by {bill} for days from {from} on: void the bill first")]
    MonthBilled { customer: CustomerId, bill: BillId, from: NaiveDate },
    #[error("{from} is too long ago: a price plan can change from {earliest} on")]
    TooLongAgo { customer: CustomerId, from: NaiveDate, earliest: NaiveDate },
    #[error(
        "{requested_by} has asked for a change of the price plan of customer {customer}: it has to be approved, rejected or taken back before another"
    )]
    ChangeUnderWay { customer: CustomerId, requested_by: Actor },
    #[error("nobody has asked for a change of the price plan of customer {customer}")]
    ChangeNotRequested { customer: CustomerId },
    #[error(
        "{requested_by} asked for the change of the price plan of customer {customer}, so someone else has to approve it"
    )]
    SelfApproval { customer: CustomerId, requested_by: Actor },
}
