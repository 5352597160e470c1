//! What those who asked are told of a list, whichever it is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::CellError;

/// The report of one kind of list.
pub trait ListReport: Serialize + Send + 'static {
    fn summary(&self) -> Summary<'_>;

    /// Rows in which something is wrong, by their numbers.
    fn bad_rows(&self) -> impl Iterator<Item = (usize, &[CellError])>;

    /// What is wrong with rows, by their numbers, as the copy of the file says it.
    fn errors(&self) -> BTreeMap<usize, String> {
        let said =
            |errors: &[CellError]| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        self.bad_rows().map(|(row, errors)| (row, said(errors))).collect()
    }
}

/// The figures of a report.
#[derive(Debug, Clone)]
pub struct Summary<'r> {
    pub encoding: &'static str,
    pub header_row: usize,
    pub ignored_columns: &'r [String],
    pub rows: usize,
    /// What was done, and how often; in a dry run, what would be.
    pub done: Vec<(&'static str, usize)>,
    pub unchanged: usize,
    pub rejected: usize,
    pub left: usize,
    pub position: Option<u64>,
}
