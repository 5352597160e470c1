//! Lists of customers: which column means what, what each row wishes of a customer, and what became of it.

mod field;
mod header;
mod list;
mod load;
mod mapping;
mod report;
mod row;
mod template;
#[cfg(test)]
mod tests;
mod words;

pub use field::Field;
pub use header::Columns;
pub use list::{CustomerList, ListRow};
pub use load::{Fate, Loaded, Loader};
pub use mapping::{ColumnChoice, CustomerMapping, WordChoice};
pub use report::{ImportReport, RowOutcome, RowResult};
pub use row::{CellError, CustomerRow};
pub use template::template;
