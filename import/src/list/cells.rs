//! The cells of one row as they are read, and everything that is wrong with them.

use std::fmt::Display;
use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Columns, ListField, Mapping};
use crate::cell;
use crate::source::{Oddity, SourceRow};

/// What is wrong with a cell, or with the row as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CellError {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "phone")]
    pub field: Option<&'static str>,
    /// What the file calls the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    pub detail: String,
}

impl CellError {
    /// Of the row as a whole.
    pub fn of_row(detail: impl Into<String>) -> Self {
        Self { field: None, column: None, detail: detail.into() }
    }

    pub(crate) fn of<F: ListField>(field: F, columns: &Columns<F>, detail: impl Into<String>) -> Self {
        let column = columns.name_of(field).map(str::to_owned);
        Self { field: Some(field.as_str()), column, detail: detail.into() }
    }
}

impl Display for CellError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.column, self.field) {
            (Some(column), _) => write!(f, "{column}: {}", self.detail),
            (None, Some(field)) => write!(f, "{field}: {}", self.detail),
            (None, None) => f.write_str(&self.detail),
        }
    }
}

/// A row that is being read.
#[derive(Debug)]
pub struct Cells<'c, F: ListField> {
    pub(super) row: &'c SourceRow,
    columns: &'c Columns<F>,
    pub(crate) mapping: &'c Mapping<F>,
    errors: Vec<CellError>,
}

impl<'c, F: ListField> Cells<'c, F> {
    pub(super) fn new(row: &'c SourceRow, columns: &'c Columns<F>, mapping: &'c Mapping<F>) -> Self {
        Self { row, columns, mapping, errors: Vec::new() }
    }

    pub(super) fn into_errors(mut self) -> Vec<CellError> {
        for field in &self.mapping.required {
            if self.columns.cell(self.row, *field).is_none_or(|cell| cell.text.is_empty()) {
                self.missing(*field);
            }
        }
        self.errors
    }

    /// The cell, if it says something.
    pub(crate) fn text(&mut self, field: F) -> Option<String> {
        self.text_but_for(field, None)
    }

    /// The same of a cell that a spreadsheet may have made a date of.
    pub(crate) fn text_or_date(&mut self, field: F) -> Option<String> {
        self.text_but_for(field, Some(Oddity::Date))
    }

    fn text_but_for(&mut self, field: F, expected: Option<Oddity>) -> Option<String> {
        let cell = self.columns.cell(self.row, field)?;
        if let Some(oddity) = cell.oddity.filter(|oddity| Some(*oddity) != expected) {
            let said =
                if cell.text.is_empty() { oddity.to_string() } else { format!("{:?}: {oddity}", cell.text) };
            self.wrong(field, said);
            return None;
        }
        let text = cell::filled(&cell.text)?;
        match self.mapping.word(field, text) {
            Ok(word) => Some(word),
            Err(problem) => {
                self.wrong(field, problem);
                None
            }
        }
    }

    pub(crate) fn parsed<T: FromStr<Err: Display>>(&mut self, field: F) -> Option<T> {
        let text = self.text(field)?;
        self.right(field, text.parse().map_err(|error| format!("{text:?} {error}")))
    }

    /// The value, or nothing and what is wrong with it.
    pub(crate) fn right<T>(&mut self, field: F, read: Result<T, String>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                self.wrong(field, problem);
                None
            }
        }
    }

    pub(crate) fn wrong(&mut self, field: F, detail: impl Into<String>) {
        self.errors.push(CellError::of(field, self.columns, detail));
    }

    /// Says that the cell must not be empty, unless something has been said of it.
    pub(crate) fn missing(&mut self, field: F) {
        if self.errors.iter().all(|error| error.field != Some(field.as_str())) {
            self.wrong(field, "must not be empty");
        }
    }

    pub(crate) fn has_column(&self, field: F) -> bool {
        self.columns.places.contains_key(&field)
    }
}
