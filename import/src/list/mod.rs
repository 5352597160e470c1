//! What all lists that people bring share: where their columns are, how their cells are read, what is told of them.
//!
//! Knows no kind of list: `customers` and `usage` say what their columns mean.

mod cells;
mod columns;
mod field;
mod load;
mod mapping;
mod report;
mod rows;
mod template;

pub use cells::{CellError, Cells};
pub use columns::Columns;
pub use field::ListField;
#[cfg(test)]
pub(crate) use field::folded_name;
pub(crate) use field::{fields, named};
pub use load::Loaded;
pub(crate) use load::{owners, patiently};
pub use mapping::{ColumnChoice, Given, Mapping, WordChoice};
pub use report::{ListReport, Summary};
pub use rows::{List, ListRow, Listed};
pub(crate) use template::Template;
