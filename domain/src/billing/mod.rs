//! Billing (计费, 账单): from price plans and usage to issued bills.

pub mod bill;
mod bill_id;
pub mod bill_numbers;
pub mod bill_run;
pub mod credit_limit;
mod event;
pub mod late_usage;
mod month_parts;
pub mod price_plan;
pub mod pricing;
pub mod quarantine;
pub mod reminder;
pub mod subscription;
pub mod usage;
pub mod usage_source;

pub use bill::{Bill, BillCommand, BillEvent, BillRefusal, BillState};
pub use bill_id::BillId;
pub use bill_numbers::{BillNumber, BillNumbers, BillNumbersCommand, BillNumbersEvent, BillNumbersRefusal};
pub use bill_run::{BillRun, BillRunCommand, BillRunEvent, BillRunRefusal};
pub use credit_limit::{
    CountedOrder, CreditAlert, CreditAlertCommand, CreditAlertEvent, CreditAlertId, CreditLimitRefusal,
    CreditPolicy, CreditSubject, PassedLimit, PendingOrders, PendingOrdersCommand, PendingOrdersEvent,
};
pub use event::BillingEvent;
pub use month_parts::{MonthRefusal, month_parts};
pub use price_plan::{
    PlanCode, PlanName, PlanVersion, PlanVersionRequest, PricePlan, PricePlanCommand, PricePlanEvent,
    PricePlanRefusal,
};
pub use quarantine::{
    UsageQuarantine, UsageQuarantineCommand, UsageQuarantineEvent, UsageQuarantineId, UsageQuarantineRefusal,
};
pub use reminder::{Reminder, ReminderChannel, ReminderCommand, ReminderEvent, ReminderStatus, ReminderStep};
pub use subscription::{
    PlanChangeRequest, PlanPeriod, Subscription, SubscriptionCommand, SubscriptionEvent, SubscriptionRefusal,
};
pub use usage::{Usage, UsageCommand, UsageEvent, UsageId, UsageRefusal};
pub use usage_source::{UsageSource, UsageSourceCommand, UsageSourceEvent, UsageSourceRefusal};
