//! The workbook again, as values: every visible sheet, and in one of them a column of what is wrong.
//!
//! A text is written as a text and never as a formula, whatever it begins with.

use std::collections::BTreeMap;

use calamine::DataRef;
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use super::{Archive, excel, read};
use crate::errors_file::COLUMN;
use crate::source::Unreadable;

/// What a sheet can have: rows, columns, and characters of a text.
const ROWS: u32 = 1_048_576;
const COLUMNS: u16 = 16_384;
const CHARACTERS: usize = 32_767;

/// What is said, by the numbers of the rows, and where the names of the columns are.
#[derive(Clone, Copy)]
pub(super) struct Marks<'m> {
    pub(super) header: usize,
    pub(super) errors: &'m BTreeMap<usize, String>,
}

struct Styles {
    /// Of each style of the original, what shows its numbers as they were.
    numbers: Vec<Option<Format>>,
    header: Format,
    error: Format,
}

pub(super) fn write(
    archive: &mut Archive<'_>,
    sheets: &[String],
    marked: &str,
    marks: Marks<'_>,
) -> Result<Vec<u8>, Unreadable> {
    let mut workbook = Workbook::new();
    for name in sheets {
        let sheet = workbook.add_worksheet();
        if let Err(error) = sheet.set_name(name) {
            tracing::debug!(%error, "a sheet of a list gets a name of its own");
        }
        copy(archive, name, sheet, (name == marked).then_some(marks))?;
    }
    workbook.save_to_buffer().map_err(excel)
}

fn copy(
    archive: &mut Archive<'_>,
    name: &str,
    sheet: &mut Worksheet,
    marks: Option<Marks<'_>>,
) -> Result<(), Unreadable> {
    let mut cells = archive.worksheet_cells_reader(name).map_err(excel)?;
    let styles = Styles::of(&read::formats_of(cells.styles()));
    let mut column_of_errors = ColumnOfErrors::default();
    let header = marks.map(|marks| row_index(marks.header));
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(excel)? {
        let (row, column) = cell.get_position();
        // What a damaged workbook has where no sheet has anything stays behind.
        let Some(column) = u16::try_from(column).ok().filter(|column| row < ROWS && *column < COLUMNS - 1)
        else {
            continue;
        };
        let value = cell.get_value();
        if column_of_errors.sees(header, (row, column), value) {
            continue;
        }
        let format = if header == Some(row) { Some(&styles.header) } else { styles.number(style) };
        put(sheet, (row, column), value, format).map_err(excel)?;
    }
    match marks {
        Some(marks) => mark(sheet, marks, &styles, column_of_errors.place()).map_err(excel),
        None => Ok(()),
    }
}

/// Where what is wrong is said: in the column an earlier copy has for it, else behind all others.
#[derive(Default)]
struct ColumnOfErrors {
    existing: Option<u16>,
    used: u16,
}

impl ColumnOfErrors {
    /// Whether the cell is what an earlier copy said.
    fn sees(&mut self, header: Option<u32>, (row, column): (u32, u16), value: &DataRef<'_>) -> bool {
        if header == Some(row) && text_of(value) == Some(COLUMN) {
            self.existing = Some(column);
        }
        self.count(value, column);
        header.is_some_and(|header| row >= header) && self.existing == Some(column)
    }

    fn count(&mut self, value: &DataRef<'_>, column: u16) {
        if *value != DataRef::Empty {
            self.used = self.used.max(column.saturating_add(1));
        }
    }

    fn place(&self) -> u16 {
        self.existing.unwrap_or(self.used)
    }
}

impl Styles {
    fn of(formats: &[Option<String>]) -> Self {
        let number = |format: &Option<String>| {
            let code = format.as_ref().filter(|code| *code != "General")?;
            Some(Format::new().set_num_format(code))
        };
        Self {
            numbers: formats.iter().map(number).collect(),
            header: Format::new().set_bold(),
            error: Format::new().set_font_color(Color::Red),
        }
    }

    fn number(&self, style: usize) -> Option<&Format> {
        self.numbers.get(style).and_then(Option::as_ref)
    }
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &DataRef<'_>,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    let plain = Format::new();
    let format = format.unwrap_or(&plain);
    match value {
        DataRef::Empty => {}
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            sheet.write_string_with_format(row, column, fitting(text), format)?;
        }
        DataRef::SharedString(text) => {
            sheet.write_string_with_format(row, column, fitting(text), format)?;
        }
        DataRef::Int(number) => {
            sheet.write_string_with_format(row, column, number.to_string(), format)?;
        }
        DataRef::Float(number) => {
            sheet.write_number_with_format(row, column, *number, format)?;
        }
        DataRef::DateTime(date) => {
            sheet.write_number_with_format(row, column, date.as_f64(), format)?;
        }
        DataRef::Bool(value) => {
            sheet.write_boolean_with_format(row, column, *value, format)?;
        }
        DataRef::Error(error) => {
            sheet.write_string_with_format(row, column, error.to_string(), format)?;
        }
    }
    Ok(())
}

fn mark(sheet: &mut Worksheet, marks: Marks<'_>, styles: &Styles, column: u16) -> Result<(), XlsxError> {
    let header = row_index(marks.header);
    sheet.write_string_with_format(header, column, COLUMN, &styles.header)?;
    sheet.set_column_width(column, 60)?;
    for (row, error) in marks.errors {
        sheet.write_string_with_format(row_index(*row), column, fitting(error), &styles.error)?;
    }
    sheet.set_freeze_panes(header + 1, 0)?;
    Ok(())
}

/// As much of a text as a cell holds.
fn fitting(text: &str) -> &str {
    text.char_indices().nth(CHARACTERS).map_or(text, |(end, _)| &text[..end])
}

fn text_of<'v>(value: &'v DataRef<'_>) -> Option<&'v str> {
    match value {
        DataRef::String(text) => Some(text),
        DataRef::SharedString(text) => Some(text),
        DataRef::Empty
        | DataRef::Int(_)
        | DataRef::Float(_)
        | DataRef::Bool(_)
        | DataRef::DateTime(_)
        | DataRef::DateTimeIso(_)
        | DataRef::DurationIso(_)
        | DataRef::Error(_) => None,
    }
}

/// Rows are counted from 1 for people.
fn row_index(number: usize) -> u32 {
    u32::try_from(number.saturating_sub(1)).unwrap_or(u32::MAX)
}
