//! What all queries share: snapshots, pages, cursors, periods and sums.
//!
//! Every answer is read in one snapshot together with the position it reflects.

mod answer;
mod cursor;
mod decode;
mod error;
mod paging;
mod period;
mod snapshot;
mod sort;
mod standpoint;
#[cfg(test)]
mod tests;
mod total;

pub use answer::{Answer, Page};
pub use cursor::InvalidCursor;
pub(crate) use cursor::{read_key, write_cursor};
pub(crate) use decode::{
    count, counted, damaged, money, optional, optional_count, optional_points, points, quantity, read,
    signed, spelled, spelled_all, stamp, stored_json, text,
};
pub use error::ReadError;
pub use paging::{Paging, PagingError};
pub use period::{DateRange, Period, PeriodError};
pub(crate) use snapshot::{Snapshot, tables_of};
pub use sort::{Direction, Sort, SortKey, UnknownSort};
pub use standpoint::{AsOf, Standpoint};
pub use total::Total;
pub(crate) use total::rounded;
