//! Lists of customers: which column means what, what each row wishes of a customer, and what became of it.

mod field;
mod load;
mod report;
mod row;
mod template;
#[cfg(test)]
mod tests;
mod words;

pub use field::{Field, GivenOfCustomers};
pub use load::{Fate, Loader};
pub use report::{ImportReport, RowOutcome, RowResult};
pub use row::CustomerRow;
pub use template::template;

use crate::list::{List, Mapping};

pub type CustomerList = List<CustomerRow>;
pub type CustomerMapping = Mapping<Field>;
