//! A whole list: each row read, and held against the others.

use super::{CellError, Cells, Columns, ListField, Mapping};
use crate::cell;
use crate::source::{SourceFile, SourceRow};

/// What a row of one kind of list says.
pub trait Listed: Sized + Send + 'static {
    type Field: ListField;

    /// Nothing, if something is wrong that has been said to the cells.
    fn read(cells: &mut Cells<'_, Self::Field>) -> Option<Self>;

    /// What such a list cannot do without, beside one of the keys.
    fn check(columns: &Columns<Self::Field>, mapping: &Mapping<Self::Field>) -> Result<(), String>;

    /// What the rows have to do with each other.
    fn compare(rows: &mut [ListRow<Self>], columns: &Columns<Self::Field>);
}

/// The rows of a file below its header.
#[derive(Debug)]
pub struct List<R: Listed> {
    pub columns: Columns<R::Field>,
    pub rows: Vec<ListRow<R>>,
}

/// A row that is not blank.
#[derive(Debug)]
pub struct ListRow<R> {
    /// As the file counts it.
    pub number: usize,
    pub read: Result<R, Vec<CellError>>,
}

impl<R: Listed> List<R> {
    /// Fails if the columns are not found.
    pub fn read(file: &SourceFile, mapping: &Mapping<R::Field>) -> Result<Self, String> {
        let columns = Columns::find(file, mapping)?;
        R::check(&columns, mapping)?;
        let below = file.rows.iter().skip(columns.index + 1).filter(|row| !is_blank(row, &columns));
        let mut rows: Vec<ListRow<R>> =
            below.map(|row| ListRow { number: row.number, read: read(row, &columns, mapping) }).collect();
        R::compare(&mut rows, &columns);
        Ok(Self { columns, rows })
    }
}

fn read<R: Listed>(
    row: &SourceRow,
    columns: &Columns<R::Field>,
    mapping: &Mapping<R::Field>,
) -> Result<R, Vec<CellError>> {
    if row.torn {
        return Err(vec![CellError::of_row("a quotation mark is open or out of place")]);
    }
    let mut cells = Cells::new(row, columns, mapping);
    let read = R::read(&mut cells);
    let errors = cells.into_errors();
    read.filter(|_| errors.is_empty()).ok_or(errors)
}

/// Nothing stands in the columns that mean something.
fn is_blank<F: ListField>(row: &SourceRow, columns: &Columns<F>) -> bool {
    !row.torn
        && columns.places.keys().all(|field| {
            columns
                .cell(row, *field)
                .is_none_or(|cell| cell::filled(&cell.text).is_none() && cell.oddity.is_none())
        })
}
