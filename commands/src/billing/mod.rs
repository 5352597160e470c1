//! What people do with price plans, usage and bills (计费, 账单).

mod add_price_plan_version;
mod assign_price_plan;
mod bill_customers;
mod create_price_plan;
mod end_price_plan;
mod outcome;
mod plan_outcome;
mod prepaid;
mod preview_bills;
mod record_usage;
mod run_bills;
mod touched_bills;
mod void_bill;

pub use add_price_plan_version::{AddPricePlanVersion, add_price_plan_version};
pub use assign_price_plan::{AssignPricePlan, assign_price_plan};
pub use bill_customers::{BillCustomers, BillOfRun, BillableCustomer, BilledCustomers, bill_customers};
pub use create_price_plan::{CreatePricePlan, create_price_plan};
pub use end_price_plan::{EndPricePlan, end_price_plan};
pub use outcome::{RecordedUsage, UsageBatchOutcome};
pub use plan_outcome::{PricePlanOutcome, SubscriptionOutcome};
pub use preview_bills::{Preview, PreviewedCustomer, preview_bills};
pub use record_usage::{MOST_RECORDS, RecordUsage, record_usage, record_usage_batch};
pub use run_bills::{
    AT_ONCE, BillRunOutcome, PAYMENT_TERM_DAYS, RunBills, TOGETHER, bill_run_standing, carry_on_bill_run,
    run_bills, start_bill_run,
};
pub use void_bill::{BillOutcome, VoidBill, void_bill};
