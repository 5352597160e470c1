//! Whose usage a row is: what it calls the customer, held against the names and codes of the book.

use std::collections::HashMap;

use tallybook_domain::CustomerId;
use tallybook_domain::customers::{CustomerCode, CustomerName};
use tallybook_event_store::{Book, CommandError};
use tallybook_read_models::customers::Owners;

use super::{Field, UsageRow};
use crate::list::{CellError, Cells, Columns, ListField, owners};

/// What a row calls its customer: at least one of these, each as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Called {
    /// An id, a code or a full name.
    any: Option<Text>,
    code: Option<Text>,
    name: Option<Text>,
}

/// A text, and all that it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Text {
    written: String,
    id: Option<CustomerId>,
    code: Option<CustomerCode>,
    name: Option<CustomerName>,
}

impl Called {
    pub(super) fn read(cells: &mut Cells<'_, Field>) -> Option<Self> {
        let any = cells.text(Field::Customer).map(|written| Text {
            id: written.parse().ok(),
            code: written.parse().ok(),
            name: written.parse().ok(),
            written,
        });
        let code = cells.text(Field::CustomerCode).map(|written| Text {
            id: None,
            code: written.parse().ok(),
            name: None,
            written,
        });
        let name = cells.text(Field::CustomerName).map(|written| Text {
            id: None,
            code: None,
            name: written.parse().ok(),
            written,
        });
        if any.is_none() && code.is_none() && name.is_none() {
            let column = Field::KEYS.iter().find(|key| cells.has_column(**key)).unwrap_or(&Field::Customer);
            cells.missing(*column);
            return None;
        }
        Some(Self { any, code, name })
    }

    fn texts(&self) -> impl Iterator<Item = (Field, &Text)> {
        let texts = [
            (Field::Customer, &self.any),
            (Field::CustomerCode, &self.code),
            (Field::CustomerName, &self.name),
        ];
        texts.into_iter().filter_map(|(field, text)| Some((field, text.as_ref()?)))
    }
}

/// The customers of a whole list.
#[derive(Debug)]
pub(super) struct Customers<'l> {
    found: Owners,
    columns: &'l Columns<Field>,
}

impl<'l> Customers<'l> {
    /// Looks for all that the rows call them, each once.
    pub(super) async fn find(
        book: &Book,
        rows: impl Iterator<Item = &UsageRow>,
        columns: &'l Columns<Field>,
    ) -> Result<Self, CommandError> {
        let (mut names, mut codes) = (HashMap::new(), HashMap::new());
        for (_, text) in rows.flat_map(|row| row.customer.texts()) {
            names.extend(text.name.as_ref().map(|name| (name.claim_key(), name.clone())));
            codes.extend(text.code.as_ref().map(|code| (code.claim_key(), code.clone())));
        }
        let found = owners(book, names.into_values().collect(), codes.into_values().collect()).await?;
        Ok(Self { found, columns })
    }

    /// The one customer that everything in the row means.
    pub(super) fn of(&self, row: &UsageRow) -> Result<CustomerId, CellError> {
        let mut meant: Option<CustomerId> = None;
        let mut last = Field::Customer;
        for (field, text) in row.customer.texts() {
            last = field;
            let candidates = self.candidates(text);
            if candidates.is_empty() {
                return Err(self.wrong(field, format!("no customer is called {:?}", text.written)));
            }
            for candidate in candidates {
                match &meant {
                    Some(other) if *other != candidate => {
                        let detail = format!("this can be customer {other} or {candidate}: write the id");
                        return Err(self.wrong(field, detail));
                    }
                    Some(_) | None => meant = Some(candidate),
                }
            }
        }
        meant.ok_or_else(|| self.wrong(last, "no customer is named"))
    }

    fn candidates(&self, text: &Text) -> Vec<CustomerId> {
        let by_code = text.code.as_ref().and_then(|code| self.found.of_code(code));
        let by_name = text.name.as_ref().and_then(|name| self.found.of_name(name));
        [text.id.as_ref(), by_code, by_name].into_iter().flatten().cloned().collect()
    }

    pub(super) fn wrong(&self, field: Field, detail: impl Into<String>) -> CellError {
        CellError::of(field, self.columns, detail)
    }
}
