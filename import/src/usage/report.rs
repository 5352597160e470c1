//! What became of a list, for people and machines.

use std::collections::BTreeMap;

use serde::Serialize;
use tallybook_domain::CustomerId;
use tallybook_domain::billing::usage::UsageEffect;
use utoipa::ToSchema;

use super::{Fate, Field, UsageList};
use crate::list::{CellError, ListReport, Loaded, Summary};
use crate::source::SourceFile;

/// What became of a list of usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageImportReport {
    /// What the file is: `UTF-8`, `UTF-8 with BOM`, `GB18030` or `Excel`.
    pub encoding: &'static str,
    /// The row the names of the columns stand in, counted from 1.
    pub header_row: usize,
    /// Which column was taken for which field.
    #[schema(value_type = BTreeMap<String, String>, example = json!({"customer": "客户编号", "quantity": "用量"}))]
    pub columns: BTreeMap<Field, String>,
    /// Columns that mean nothing to the book.
    pub ignored_columns: Vec<String>,
    pub dry_run: bool,
    /// Rows that are not blank.
    pub rows: usize,
    /// Recorded and corrected.
    pub accepted: usize,
    pub recorded: usize,
    pub corrected: usize,
    /// Of these, what changed a month that had been billed.
    pub late: usize,
    /// What they say is in the book already.
    pub unchanged: usize,
    pub rejected: usize,
    /// Not reached, because the import was stopped.
    pub left: usize,
    /// In the order of the file.
    pub results: Vec<UsageRowResult>,
    /// The last position recorded; none if nothing was.
    pub position: Option<u64>,
}

/// What became of a row of usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageRowResult {
    /// As the file counts: the row of a sheet, the line of a CSV file.
    pub row: usize,
    pub outcome: UsageRowOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "C00042")]
    pub customer: Option<CustomerId>,
    /// It changed a month that had been billed.
    pub late: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CellError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsageRowOutcome {
    Recorded,
    Corrected,
    Unchanged,
    Rejected,
    /// Nobody asked, because the import was stopped.
    Left,
}

impl UsageImportReport {
    pub fn of(file: &SourceFile, list: &UsageList, loaded: &Loaded<Fate>, dry_run: bool) -> Self {
        let fates = list.rows.iter().zip(&loaded.fates);
        let results: Vec<UsageRowResult> =
            fates.map(|(row, fate)| UsageRowResult::of(row.number, fate)).collect();
        let count = |outcome| results.iter().filter(|result| result.outcome == outcome).count();
        let (recorded, corrected) = (count(UsageRowOutcome::Recorded), count(UsageRowOutcome::Corrected));
        let columns = list.columns.places.iter().map(|(field, (_, name))| (*field, name.clone()));
        Self {
            encoding: file.encoding(),
            header_row: list.columns.header,
            columns: columns.collect(),
            ignored_columns: list.columns.ignored.clone(),
            dry_run,
            rows: results.len(),
            accepted: recorded + corrected,
            recorded,
            corrected,
            late: results.iter().filter(|result| result.late).count(),
            unchanged: count(UsageRowOutcome::Unchanged),
            rejected: count(UsageRowOutcome::Rejected),
            left: count(UsageRowOutcome::Left),
            position: loaded.position,
            results,
        }
    }
}

impl ListReport for UsageImportReport {
    fn summary(&self) -> Summary<'_> {
        Summary {
            encoding: self.encoding,
            header_row: self.header_row,
            ignored_columns: &self.ignored_columns,
            rows: self.rows,
            done: vec![("recorded", self.recorded), ("corrected", self.corrected), ("late", self.late)],
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

impl UsageRowResult {
    fn of(row: usize, fate: &Fate) -> Self {
        match fate {
            Fate::Recorded(recorded) => Self {
                row,
                outcome: recorded.effect.into(),
                customer: Some(recorded.id.customer()),
                late: recorded.late,
                errors: Vec::new(),
            },
            Fate::Rejected(errors) => Self::not_done(row, UsageRowOutcome::Rejected, errors.clone()),
            Fate::Left => Self::not_done(row, UsageRowOutcome::Left, Vec::new()),
        }
    }

    fn not_done(row: usize, outcome: UsageRowOutcome, errors: Vec<CellError>) -> Self {
        Self { row, outcome, customer: None, late: false, errors }
    }
}

impl From<UsageEffect> for UsageRowOutcome {
    fn from(effect: UsageEffect) -> Self {
        match effect {
            UsageEffect::Recorded => Self::Recorded,
            UsageEffect::Unchanged => Self::Unchanged,
            UsageEffect::Corrected => Self::Corrected,
        }
    }
}
