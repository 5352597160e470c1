//! What people do with customers.

mod assign_account_manager;
mod change_customer;
mod claims;
mod close_customer;
mod erase_customer;
mod numbers;
mod open_bills;
mod open_credits;
mod open_orders;
mod outcome;
pub mod personal;
mod reactivate_customer;
mod register_customer;
mod register_or_change_customers;
mod suspend_customer;
mod unknown;

pub use assign_account_manager::{AccountManagerOutcome, AssignAccountManager, assign_account_manager};
pub use change_customer::{ChangeCustomer, change_customer};
pub use close_customer::{CloseCustomer, close_customer};
pub use erase_customer::{EraseCustomer, erase_customer};
pub(crate) use open_bills::drafted;
pub use outcome::CustomerOutcome;
pub use reactivate_customer::{ReactivateCustomer, reactivate_customer};
pub use register_customer::{RegisterCustomer, register_customer};
pub use register_or_change_customers::{
    CustomerFile, FileOutcome, MAX_FILES, register_or_change_customers, taken_names_and_codes,
};
pub use suspend_customer::{SuspendCustomer, suspend_customer};
