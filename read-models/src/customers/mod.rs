//! Who the customers are.

mod customer;
#[cfg(test)]
mod tests;

pub use customer::{CustomerFilter, CustomerOrder, CustomerRow, Customers, find_customer, list_customers};
