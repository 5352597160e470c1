//! A whole list: each row read, and held against the others.

use std::collections::HashMap;

use tallybook_domain::customers::CustomerName;

use super::{CellError, Columns, CustomerMapping, CustomerRow, Field};
use crate::cell;
use crate::source::{SourceFile, SourceRow};

/// The rows of a file below its header.
#[derive(Debug)]
pub struct CustomerList {
    pub columns: Columns,
    pub rows: Vec<ListRow>,
}

/// A row that is not blank.
#[derive(Debug)]
pub struct ListRow {
    /// As the file counts it.
    pub number: usize,
    pub read: Result<CustomerRow, Vec<CellError>>,
}

impl CustomerList {
    /// Fails if the columns are not found.
    pub fn read(file: &SourceFile, mapping: &CustomerMapping) -> Result<Self, String> {
        let columns = Columns::find(file, mapping)?;
        let below = file.rows.iter().skip(columns.index + 1).filter(|row| !is_blank(row, &columns));
        let mut rows: Vec<ListRow> = below
            .map(|row| ListRow { number: row.number, read: CustomerRow::read(row, &columns, mapping) })
            .collect();
        refuse_repeated(&mut rows, &columns);
        Ok(Self { columns, rows })
    }
}

/// Nothing stands in the columns that mean something.
fn is_blank(row: &SourceRow, columns: &Columns) -> bool {
    !row.torn
        && columns.places.keys().all(|field| {
            columns
                .cell(row, *field)
                .is_none_or(|cell| cell::filled(&cell.text).is_none() && cell.oddity.is_none())
        })
}

/// Of several rows with the same id, code or name, the first counts.
fn refuse_repeated(rows: &mut [ListRow], columns: &Columns) {
    let mut first: HashMap<(Field, String), usize> = HashMap::new();
    for row in rows {
        let Ok(wanted) = &row.read else { continue };
        let keys = [
            (Field::Id, wanted.customer.as_ref().map(ToString::to_string)),
            (Field::Code, wanted.code().map(tallybook_domain::customers::CustomerCode::claim_key)),
            (Field::Name, wanted.name.as_ref().map(CustomerName::claim_key)),
        ];
        let keys: Vec<(Field, String)> =
            keys.into_iter().filter_map(|(field, key)| Some((field, key?))).collect();
        let repeated = keys.iter().filter_map(|key| Some((key.0, *first.get(key)?)));
        let errors: Vec<CellError> = repeated
            .map(|(field, earlier)| CellError {
                field: Some(field),
                column: columns.name_of(field).map(str::to_owned),
                detail: format!("row {earlier} has the same"),
            })
            .collect();
        if errors.is_empty() {
            first.extend(keys.into_iter().map(|key| (key, row.number)));
        } else {
            row.read = Err(errors);
        }
    }
}
