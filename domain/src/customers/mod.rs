//! Customers: whose money the book keeps.

mod command;
mod customer;
mod event;
mod name;
mod refusal;
mod status;
#[cfg(test)]
mod tests;

pub use command::CustomerCommand;
pub use customer::Customer;
pub use event::CustomerEvent;
pub use name::CustomerName;
pub use refusal::CustomerRefusal;
pub use status::CustomerStatus;
