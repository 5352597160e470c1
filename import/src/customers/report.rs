//! What became of a list, for people and machines.

use std::collections::BTreeMap;

use serde::Serialize;
use tallybook_domain::CustomerId;
use utoipa::ToSchema;

use super::{CustomerList, Fate, Field};
use crate::list::{CellError, ListReport, Loaded, Summary};
use crate::source::SourceFile;

/// What became of a list of customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReport {
    /// What the file is: `UTF-8`, `UTF-8 with BOM`, `GB18030` or `Excel`.
    pub encoding: &'static str,
    /// The row the names of the columns stand in, counted from 1.
    pub header_row: usize,
    /// Which column was taken for which field.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"name": "客户全称", "phone": "手机"}))]
    pub columns: BTreeMap<Field, String>,
    /// Columns that mean nothing to the book.
    pub ignored_columns: Vec<String>,
    pub dry_run: bool,
    /// Rows that are not blank.
    pub rows: usize,
    /// Registered and changed.
    pub accepted: usize,
    pub registered: usize,
    pub changed: usize,
    /// What they say is in the book already.
    pub unchanged: usize,
    pub rejected: usize,
    /// Not reached, because the import was stopped.
    pub left: usize,
    /// In the order of the file.
    pub results: Vec<RowResult>,
    /// The last position recorded; none if nothing was.
    pub position: Option<u64>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowResult {
    /// As the file counts: the row of a sheet, the line of a CSV file.
    pub row: usize,
    pub outcome: RowOutcome,
    /// The customer; in a dry run, the number it would get.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "C00042")]
    pub customer: Option<CustomerId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CellError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    Registered,
    Changed,
    Unchanged,
    Rejected,
    /// Nobody asked, because the import was stopped.
    Left,
}

impl ImportReport {
    pub fn of(file: &SourceFile, list: &CustomerList, loaded: &Loaded<Fate>, dry_run: bool) -> Self {
        let fates = list.rows.iter().zip(&loaded.fates);
        let results: Vec<RowResult> = fates.map(|(row, fate)| RowResult::of(row.number, fate)).collect();
        let count = |outcome| results.iter().filter(|result| result.outcome == outcome).count();
        let (registered, changed) = (count(RowOutcome::Registered), count(RowOutcome::Changed));
        let columns = list.columns.places.iter().map(|(field, (_, name))| (*field, name.clone()));
        Self {
            encoding: file.encoding(),
            header_row: list.columns.header,
            columns: columns.collect(),
            ignored_columns: list.columns.ignored.clone(),
            dry_run,
            rows: results.len(),
            accepted: registered + changed,
            registered,
            changed,
            unchanged: count(RowOutcome::Unchanged),
            rejected: count(RowOutcome::Rejected),
            left: count(RowOutcome::Left),
            position: loaded.position,
            results,
        }
    }
}

impl ListReport for ImportReport {
    fn summary(&self) -> Summary<'_> {
        Summary {
            encoding: self.encoding,
            header_row: self.header_row,
            ignored_columns: &self.ignored_columns,
            rows: self.rows,
            done: vec![("registered", self.registered), ("changed", self.changed)],
            unchanged: self.unchanged,
            rejected: self.rejected,
            left: self.left,
            position: self.position,
        }
    }

    fn bad_rows(&self) -> impl Iterator<Item = (usize, &[CellError])> {
        let bad = self.results.iter().filter(|result| !result.errors.is_empty());
        bad.map(|result| (result.row, result.errors.as_slice()))
    }
}

impl RowResult {
    fn of(row: usize, fate: &Fate) -> Self {
        let (outcome, customer, errors) = match fate {
            Fate::Registered(customer) => (RowOutcome::Registered, Some(customer), &[][..]),
            Fate::Changed(customer) => (RowOutcome::Changed, Some(customer), &[][..]),
            Fate::Unchanged(customer) => (RowOutcome::Unchanged, Some(customer), &[][..]),
            Fate::Rejected(errors) => (RowOutcome::Rejected, None, errors.as_slice()),
            Fate::Left => (RowOutcome::Left, None, &[][..]),
        };
        Self { row, outcome, customer: customer.cloned(), errors: errors.to_vec() }
    }
}
