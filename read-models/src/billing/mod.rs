//! What customers are billed by, what they used and what was billed.

mod bill;
mod bill_run;
mod credit_alert;
#[cfg(test)]
mod one_bill;
mod price_plan;
mod quarantine;
mod receivable;
mod reminder;
mod revenue;
mod subscription;
mod usage;
mod usage_run;

pub use bill::{
    BadDebt, BillFilter, BillNote, BillOnDay, BillOrder, BillRow, BillStanding, BillVoiding, Bills, NoteKind,
    find_bill, list_bills,
};
pub use bill_run::{
    BillRunRow, BillRunStatus, BillRunTables, BillRuns, ParkedRow, billed_since, find_bill_run,
    list_bill_runs, list_parked, months_under_way,
};
pub use credit_alert::{
    CreditAlertFilter, CreditAlertOrder, CreditAlertRow, CreditAlerts, list_credit_alerts,
};
pub use price_plan::{
    PricePlan, PricePlanOrder, PricePlanRow, PricePlanSummary, PricePlanTables, PricePlanVersionRow,
    PricePlans, RequestedVersion, find_price_plan, list_price_plans,
};
pub use quarantine::{QuarantineFilter, QuarantineOrder, QuarantinedRow, UsageQuarantines, list_quarantine};
pub(crate) use receivable::owed_by;
pub use receivable::{
    Ageing, AgeingBounds, AgeingBucket, AgeingOfCurrency, AgeingOfCustomer, AgeingScope, DaysOverdue,
    OpenItem, OpenItemFilter, OpenItemOrder, ReceivableEntryRow, ReceivableKind, ReceivableRow, Receivables,
    ReceivablesAgeing, ReceivablesOfCurrency, ReceivablesOfCustomer, ReceivablesScope, ReceivablesSummary,
    ReceivablesTurnover, SortedByAge, list_open_items, receivables_ageing, receivables_summary,
};
pub use reminder::{
    ReminderFilter, ReminderOrder, ReminderRow, Reminders, bills_to_remind, list_reminders,
    reminders_to_deliver, reminders_to_resume,
};
pub use revenue::{
    BilledLineRow, Revenue, RevenueBy, RevenueEntryRow, RevenueKind, RevenueLine, RevenueOfCurrency,
    RevenueReport, RevenueScope, revenue,
};
pub use subscription::{
    CustomerPlans, PlanChange, RequestedPlan, SubscriptionRequestRow, SubscriptionRow, SubscriptionTables,
    Subscriptions, billable_customers, find_subscription,
};
pub use usage::{
    BilledUsage, CustomerUsage, DayUsage, MeterMonth, UsageBillRow, UsageFilter, UsageOrder, UsageProjection,
    UsageRow, UsageSum, UsageTables, customer_usage, customers_with_usage, list_usage,
};
pub use usage_run::{
    FailedCollectionRow, UsageRunFilter, UsageRunRow, UsageRunStatus, UsageRunTables, UsageRuns,
    find_usage_run, list_usage_runs, sources_under_way,
};
