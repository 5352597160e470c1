//! Who the customers are.

mod customer;

pub use customer::{CustomerFilter, CustomerOrder, CustomerRow, Customers, find_customer, list_customers};
