//! From what happened or was read to what is sent: receipts, lists as JSON, CSV or XLSX.

mod by_name;
mod csv;
mod list;
mod read;
mod receipt;
mod table;
mod xlsx;

pub(crate) use by_name::{invalid_cursor, page_by_name, read_name_cursor};
pub use csv::formula_safe;
pub(crate) use csv::{head as csv_head, rows as csv_rows};
pub(crate) use list::{Listed, Seen, answer_or_table, list, one_page};
pub(crate) use read::{answer, found, not_found, plain};
pub(crate) use receipt::{
    DryRunEventSchema, DryRunSchema, POSITION, REPLAYED, accepted, created, done, json, tried,
};
pub(crate) use table::{Cell, Tabular};
pub(crate) use xlsx::write as workbook;
