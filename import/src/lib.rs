//! Files that people bring, as rows; and the same files again, with what is wrong beside each row.
//!
//! Owns encodings, CSV and Excel, how people write amounts, dates and names of columns, and the lists of customers and of usage. It
//! decides nothing and has no SQL: rows become wishes, and the use cases judge them.

pub mod cell;
pub mod customers;
pub mod encoding;
pub mod errors_file;
mod limits;
pub mod list;
pub mod sheet;
mod source;
pub mod usage;
mod workbook;

pub use encoding::Encoding;
pub use limits::Limits;
pub use source::{Format, Oddity, SourceCell, SourceFile, SourceRow, Unreadable};
