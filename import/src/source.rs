//! A file as rows of texts, whatever it was written with.

use std::collections::BTreeMap;

use crate::encoding::{self, Encoding, UnknownEncoding};
use crate::errors_file;
use crate::limits::Limits;
use crate::sheet::{Record, Sheet};
use crate::workbook::Workbook;

/// A file that was read.
#[derive(Debug)]
pub struct SourceFile {
    pub rows: Vec<SourceRow>,
    kept: Kept,
}

/// What the copy is made of.
#[derive(Debug)]
enum Kept {
    Csv(Encoding, Sheet),
    Workbook(Workbook),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

/// A row that is not empty.
#[derive(Debug, Clone)]
pub struct SourceRow {
    /// Counted from 1: the line of a CSV file, the row of a sheet.
    pub number: usize,
    pub cells: Vec<SourceCell>,
    /// A quotation mark went wrong, and the row swallowed lines that are not its own.
    pub torn: bool,
}

/// A cell as a person sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceCell {
    pub text: String,
    /// Why it may not say what was typed.
    pub oddity: Option<Oddity>,
}

/// What a spreadsheet did to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Oddity {
    #[error("a spreadsheet has rounded the number: type it again in a cell formatted as text")]
    Rounded,
    #[error("a spreadsheet has made a date of it: type it again in a cell formatted as text")]
    Date,
    #[error("the formula of this cell went wrong")]
    Formula,
    #[error("it is part of merged cells: unmerge them, and fill in each row")]
    Merged,
}

/// The file cannot be taken in at all.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error(transparent)]
    Encoding(#[from] UnknownEncoding),
    #[error("the file is no CSV: {0}")]
    Csv(#[from] csv::Error),
    #[error("the file is an old .xls or has a password: save it as .xlsx without one")]
    OldExcel,
    #[error("the Excel file cannot be read: {0}")]
    Excel(String),
    #[error("the file has more than {0} rows: split it")]
    TooManyRows(usize),
    #[error("row {row} has {columns} columns, and only {limit} are read")]
    TooManyColumns { row: u64, columns: usize, limit: usize },
    #[error("the file has more than {0} bytes: split it")]
    TooLarge(u64),
    #[error("the file unpacks to more than {0} bytes")]
    UnpacksTooLarge(u64),
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

impl SourceFile {
    /// Reads CSV or Excel, whichever the bytes are.
    pub fn read(bytes: Vec<u8>, limits: &Limits) -> Result<Self, Unreadable> {
        if bytes.len() as u64 > limits.bytes {
            return Err(Unreadable::TooLarge(limits.bytes));
        }
        if bytes.starts_with(b"PK\x03\x04") {
            let (workbook, rows) = Workbook::read(bytes, limits)?;
            return Ok(Self { rows, kept: Kept::Workbook(workbook) });
        }
        if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err(Unreadable::OldExcel);
        }
        let (encoding, text) = encoding::decode(&bytes)?;
        check_width(&text, limits.columns)?;
        let sheet = Sheet::read(text)?;
        if sheet.records.len() > limits.rows {
            return Err(Unreadable::TooManyRows(limits.rows));
        }
        let rows = sheet.records.iter().map(|record| row_of(&sheet, record)).collect();
        Ok(Self { rows, kept: Kept::Csv(encoding, sheet) })
    }

    pub fn format(&self) -> Format {
        match self.kept {
            Kept::Csv(..) => Format::Csv,
            Kept::Workbook(_) => Format::Xlsx,
        }
    }

    /// How the file was written, in a word or two.
    pub fn encoding(&self) -> &'static str {
        match &self.kept {
            Kept::Csv(encoding, _) => encoding.name(),
            Kept::Workbook(_) => "Excel",
        }
    }

    /// The file again, with one column more that says what is wrong with its rows, by their numbers. A copy that is
    /// marked again has that column once.
    pub fn marked(&self, header: usize, errors: &BTreeMap<usize, String>) -> Result<Vec<u8>, Unreadable> {
        match &self.kept {
            Kept::Csv(encoding, sheet) => {
                let by_record = sheet.records.iter().enumerate();
                let reasons = by_record
                    .filter_map(|(index, record)| Some((index, guarded(errors.get(&record.line)?))))
                    .collect();
                Ok(encoding.encode(&errors_file::compose(sheet, header, &reasons)))
            }
            Kept::Workbook(workbook) => workbook.marked(header, errors),
        }
    }
}

/// A line of commas alone would take many times its size in memory.
fn check_width(text: &str, limit: usize) -> Result<(), Unreadable> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        if record.len() > limit {
            let row = record.position().map_or(0, csv::Position::line);
            return Err(Unreadable::TooManyColumns { row, columns: record.len(), limit });
        }
    }
    Ok(())
}

fn row_of(sheet: &Sheet, record: &Record) -> SourceRow {
    let cell = |text: &String| {
        let rounded = crate::cell::is_rounded_by_spreadsheet(text);
        SourceCell { text: unguarded(text).to_owned(), oddity: rounded.then_some(Oddity::Rounded) }
    };
    SourceRow {
        number: record.line,
        cells: record.cells.iter().map(cell).collect(),
        torn: sheet.is_torn(record),
    }
}

/// What a spreadsheet takes for a formula if a text begins with it.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// What is said begins with a column's name, which is the sender's: it must not become a formula.
fn guarded(said: &str) -> String {
    if said.starts_with(FORMULA_SIGNS) { format!("'{said}") } else { said.to_owned() }
}

/// A text without the apostrophe that lists put before what a spreadsheet would take for a formula.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA_SIGNS) => rest,
        Some(_) | None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_commas_is_refused() {
        let refused = SourceFile::read([b"name\n", &b",".repeat(100)[..]].concat(), &Limits::SHORT);
        let Err(Unreadable::TooManyColumns { row, columns, limit }) = refused else { panic!("{refused:?}") };
        assert_eq!((row, columns, limit), (2, 101, 100));
    }

    #[test]
    fn what_is_said_of_a_row_is_never_a_formula() {
        let file = SourceFile::read(b"=name,b\n'=A,1\n".to_vec(), &Limits::SHORT).unwrap();
        assert_eq!(file.rows[1].cells[0].text, "=A", "the guard of an exported list is taken off");
        let marked = file.marked(1, &BTreeMap::from([(2, "=name: is wrong".into())])).unwrap();
        let marked = String::from_utf8(marked).unwrap();
        assert_eq!(marked, "=name,b,import_error\n'=A,1,'=name: is wrong\n");
    }
}
