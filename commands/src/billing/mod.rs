//! What people do with usage and bills.

mod bill_customers;
mod run_bills;
mod void_bill;

pub use bill_customers::{BillCustomers, BillOfRun, BillableCustomer, BilledCustomers, bill_customers};
pub use run_bills::{RunBills, run_bills};
pub use void_bill::{BillOutcome, VoidBill, void_bill};
