//! Billing (计费, 账单): from price plans and usage to issued bills.

mod bill_id;
pub mod bill_numbers;
mod event;
pub mod pricing;
pub mod usage;

pub use bill_id::BillId;
pub use bill_numbers::{BillNumber, BillNumbers, BillNumbersCommand, BillNumbersEvent, BillNumbersRefusal};
pub use event::BillingEvent;
pub use usage::{Usage, UsageCommand, UsageEvent, UsageId, UsageRefusal};
