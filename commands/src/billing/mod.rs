//! What people do with usage and bills.

mod bill_customers;
mod outcome;
mod record_usage;
mod run_bills;
mod void_bill;

pub use bill_customers::{BillCustomers, BillOfRun, BillableCustomer, BilledCustomers, bill_customers};
pub use outcome::{RecordedUsage, UsageBatchOutcome};
pub use record_usage::{MOST_RECORDS, RecordUsage, record_usage, record_usage_batch};
pub use run_bills::{RunBills, run_bills};
pub use void_bill::{BillOutcome, VoidBill, void_bill};
