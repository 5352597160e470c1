//! Who the customers are.

mod customer;
mod owners;

pub use customer::{
    CustomerFilter, CustomerOrder, CustomerRow, Customers, codes_and_states, customers_of_manager,
    find_customer, list_customers,
};
pub use owners::{Owners, Sought};
