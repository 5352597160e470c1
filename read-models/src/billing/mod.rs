//! What customers are billed by, what they used and what was billed.

mod bill;
mod price_plan;
mod subscription;
mod usage;

pub use bill::{
    BillFilter, BillNote, BillOrder, BillRow, BillStanding, Bills, NoteKind, find_bill, list_bills,
};
pub use price_plan::{
    PricePlan, PricePlanOrder, PricePlanRow, PricePlanSummary, PricePlanTables, PricePlanVersionRow,
    PricePlans, find_price_plan, list_price_plans,
};
pub use subscription::{
    CustomerPlans, PlanChange, SubscriptionRow, Subscriptions, billable_customers, find_subscription,
};
pub use usage::{
    BilledUsage, CustomerUsage, DayUsage, MeterMonth, UsageBillRow, UsageFilter, UsageOrder, UsageProjection,
    UsageRow, UsageSum, UsageTables, customer_usage, list_usage,
};
