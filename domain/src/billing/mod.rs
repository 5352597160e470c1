//! Billing (计费, 账单): from price plans and usage to issued bills.

pub mod bill_numbers;
mod event;
pub mod pricing;

pub use bill_numbers::{BillNumber, BillNumbers, BillNumbersCommand, BillNumbersEvent, BillNumbersRefusal};
pub use event::BillingEvent;
