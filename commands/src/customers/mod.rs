//! What people do with customers.

mod outcome;
mod reactivate_customer;
mod register_customer;
mod rename_customer;
mod suspend_customer;

pub use outcome::CustomerOutcome;
pub use reactivate_customer::{ReactivateCustomer, reactivate_customer};
pub use register_customer::{RegisterCustomer, register_customer};
pub use rename_customer::{RenameCustomer, rename_customer};
pub use suspend_customer::{SuspendCustomer, suspend_customer};

/// No two customers of a book have names with the same claim key.
const CUSTOMER_NAME: &str = "customer_name";
