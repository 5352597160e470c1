//! Who the customers are.

mod customer;
mod figures;
mod owners;

pub use customer::{
    CustomerFilter, CustomerOrder, CustomerRow, Customers, codes_and_states, customers_of_manager,
    find_customer, list_customers,
};
pub use figures::{CustomerFigures, FiguresOfCurrency, customer_figures};
pub use owners::{Owners, Sought};
