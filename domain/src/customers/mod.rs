//! Customers: whose money the book keeps.

mod command;
mod customer;
mod event;
mod name;
mod refusal;
#[cfg(test)]
mod tests;

pub use command::CustomerCommand;
pub use customer::{Customer, CustomerStatus};
pub use event::CustomerEvent;
pub use name::CustomerName;
pub use refusal::CustomerRefusal;
