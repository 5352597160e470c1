//! What people do with price plans, usage and bills (计费, 账单).

mod accept_quarantined_usage;
mod acknowledge_credit_alert;
mod add_price_plan_version;
mod approve_bad_debt;
mod assign_price_plan;
mod assign_price_plans;
mod bad_debt_outcome;
mod bill_customers;
mod close_dispute;
mod collect_usage;
mod create_price_plan;
mod credit_bill;
mod credit_limit;
mod debit_bill;
mod dismiss_quarantined_usage;
mod end_price_plan;
mod issue_drafted;
mod month_bills;
mod note_outcome;
mod open_dispute;
mod outcome;
mod plan_approval;
mod plan_change;
mod plan_outcome;
mod prepaid;
mod preview_bills;
mod record_usage;
mod regenerate_bill;
mod reject_bad_debt;
mod remind;
mod request_bad_debt;
mod run_bills;
mod settle_late_usage;
mod show_late_usage;
mod start_usage_run;
mod touched_bills;
mod void_bill;

pub use accept_quarantined_usage::{AcceptQuarantinedUsage, QuarantinedOutcome, accept_quarantined_usage};
pub use acknowledge_credit_alert::{AcknowledgeCreditAlert, CreditAlertOutcome, acknowledge_credit_alert};
pub use add_price_plan_version::{AddPricePlanVersion, add_price_plan_version};
pub use approve_bad_debt::{ApproveBadDebt, approve_bad_debt};
pub(crate) use approve_bad_debt::{approve_bad_debt_of, waiting_bad_debt};
pub use assign_price_plan::{AssignPricePlan, assign_price_plan};
pub use assign_price_plans::{AssignPricePlans, SubscriptionsOutcome, assign_price_plans};
pub use bad_debt_outcome::BadDebtOutcome;
pub use bill_customers::{BillCustomers, BillOfRun, BillableCustomer, BilledCustomers, bill_customers};
pub use close_dispute::{CloseDispute, DisputedBill, close_dispute};
pub use collect_usage::{CollectUsage, CollectedMonth, collect_usage, usage_file_is_taken};
pub use create_price_plan::{CreatePricePlan, create_price_plan};
pub use credit_bill::{CreditBill, credit_bill};
pub(crate) use credit_limit::{hold_alert, holds_what_is_owed, limit_of, limit_passed_by, still_to_be_held};
pub use debit_bill::{DebitBill, debit_bill};
pub use dismiss_quarantined_usage::{DismissQuarantinedUsage, dismiss_quarantined_usage};
pub use end_price_plan::{EndPricePlan, end_price_plan};
pub use issue_drafted::IssuedBill;
pub use note_outcome::NoteOutcome;
pub use open_dispute::{OpenDispute, open_dispute};
pub use outcome::{RecordedUsage, UsageBatchOutcome};
pub(crate) use plan_approval::{
    approve_plan_change, approve_plan_version, check_may_change_plan, reject_plan_change,
    reject_plan_version, waiting_plan_change, waiting_plan_version,
};
pub use plan_outcome::{PlanWarning, PricePlanOutcome, SubscriptionOutcome};
pub use preview_bills::{Preview, PreviewedCustomer, preview_bills};
pub use record_usage::{MOST_RECORDS, RecordUsage, record_usage, record_usage_batch};
pub use regenerate_bill::{RegenerateBill, RegeneratedBill, regenerate_bill};
pub(crate) use reject_bad_debt::reject_bad_debt_of;
pub use reject_bad_debt::{RejectBadDebt, reject_bad_debt};
pub use remind::{
    ReminderDelivery, attempt_reminder, raise_reminder, record_reminder_failure, record_reminder_sent,
    resume_reminder,
};
pub use request_bad_debt::{RequestBadDebt, request_bad_debt};
pub use run_bills::{
    AT_ONCE, BillRunOutcome, PAYMENT_TERM_DAYS, RunBills, TOGETHER, bill_run_standing, carry_on_bill_run,
    check_bill_run, run_bills, start_bill_run, take_up_bill_run,
};
pub use settle_late_usage::{SettleLateUsage, SettledLateUsage, settle_late_usage};
pub use show_late_usage::{LateUsageOfBill, show_late_usage};
pub use start_usage_run::{
    StartUsageRun, UsageRunOutcome, finish_usage_run, resume_usage_run, start_usage_run, usage_run_standing,
};
pub use void_bill::{BillOutcome, VoidBill, VoidedBill, void_bill};
