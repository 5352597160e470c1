//! Tables as an Excel workbook, written to a temporary file row by row.
//!
//! Texts are string cells, which are never calculated. An amount is a number where Excel can hold it exactly
//! (15 significant digits), and a text where it cannot.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use chrono::Datelike;
use rust_decimal::Decimal;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc;

use super::table::Cell;
use crate::problem::Problem;

/// Rows of a sheet, less the one for the names of the columns.
const MOST_ROWS: u32 = 1_048_575;

/// Writes rows as they come until the sender is dropped, on a further sheet where one is full. Blocks.
pub(crate) fn write(columns: &[&str], rows: mpsc::Receiver<Vec<Cell>>) -> Result<File, Problem> {
    write_sheets(columns, rows, MOST_ROWS).map_err(Problem::internal)
}

fn write_sheets(
    columns: &[&str],
    mut rows: mpsc::Receiver<Vec<Cell>>,
    rows_of_a_sheet: u32,
) -> Result<File, SheetError> {
    let mut workbook = Workbook::new();
    let mut sheet = begin_sheet(&mut workbook, columns)?;
    let mut formats = Formats::default();
    let mut row = 0;
    while let Some(cells) = rows.blocking_recv() {
        if row == rows_of_a_sheet {
            sheet = begin_sheet(&mut workbook, columns)?;
            row = 0;
        }
        row += 1;
        for (column, cell) in (0_u16..).zip(cells) {
            write_cell(sheet, (row, column), cell, &mut formats)?;
        }
    }
    let mut file = tempfile::tempfile()?;
    workbook.save_to_writer(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

#[derive(Debug, thiserror::Error)]
enum SheetError {
    #[error("the workbook: {0}")]
    Workbook(#[from] XlsxError),
    #[error("its temporary file: {0}")]
    File(#[from] std::io::Error),
}

/// Every sheet begins with the names of the columns.
fn begin_sheet<'w>(workbook: &'w mut Workbook, columns: &[&str]) -> Result<&'w mut Worksheet, XlsxError> {
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let bold = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, column, *name, &bold)?;
    }
    Ok(sheet)
}

/// Number formats by their decimals, and the one for dates.
struct Formats {
    decimals: Vec<Format>,
    date: Format,
}

impl Default for Formats {
    fn default() -> Self {
        let decimals =
            ["0", "0.0", "0.00", "0.000", "0.0000"].map(|pattern| Format::new().set_num_format(pattern));
        Self { decimals: decimals.into(), date: Format::new().set_num_format("yyyy-mm-dd") }
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Cell,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string(row, column, text)?;
        }
        Cell::Amount(amount) => match (exact_number(amount), formats.decimals.get(amount.scale() as usize)) {
            (Some(number), Some(format)) => {
                sheet.write_number_with_format(row, column, number, format)?;
            }
            (Some(_) | None, Some(_) | None) => {
                sheet.write_string(row, column, amount.to_string())?;
            }
        },
        Cell::Integer(number) => match exact_number(number.into()) {
            Some(exact) => {
                sheet.write_number(row, column, exact)?;
            }
            None => {
                sheet.write_string(row, column, number.to_string())?;
            }
        },
        Cell::Date(date) => match date_cell(date) {
            Some(day) => {
                sheet.write_datetime_with_format(row, column, day, &formats.date)?;
            }
            None => {
                sheet.write_string(row, column, date.to_string())?;
            }
        },
    }
    Ok(())
}

/// The format's numbers are IEEE doubles, which hold any 15 digits; beyond that there is none.
fn exact_number(amount: Decimal) -> Option<f64> {
    let digits = amount.mantissa().unsigned_abs().to_string().len();
    if digits > 15 {
        return None;
    }
    amount.to_string().parse().ok()
}

/// Excel knows no day before 1900.
fn date_cell(date: chrono::NaiveDate) -> Option<ExcelDateTime> {
    let (year, month, day) =
        (u16::try_from(date.year()).ok()?, u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    ExcelDateTime::from_ymd(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn an_amount_is_a_number_only_where_excel_is_exact() {
        assert_eq!(exact_number("-12.30".parse().unwrap()), Some(-12.30));
        assert_eq!(exact_number("9999999999999.99".parse().unwrap()), Some(9_999_999_999_999.99));
        assert_eq!(exact_number("99999999999999.99".parse().unwrap()), None);
    }

    #[test]
    fn a_workbook_is_written_row_by_row() {
        let (sender, receiver) = mpsc::channel(8);
        let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        sender
            .try_send(vec![
                Cell::text("=1+1"),
                Cell::Amount("12.30".parse().unwrap()),
                Cell::Date(date),
                Cell::Empty,
            ])
            .unwrap();
        drop(sender);
        let mut bytes = Vec::new();
        write(&["a", "b", "c", "d"], receiver).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(&bytes[..4], b"PK\x03\x04");
    }

    #[test]
    fn a_full_sheet_is_followed_by_another() {
        let sheets = |rows: u64| {
            let (sender, receiver) = mpsc::channel(8);
            for number in 0..rows {
                sender.try_send(vec![Cell::Integer(number)]).unwrap();
            }
            drop(sender);
            let mut bytes = Vec::new();
            write_sheets(&["a"], receiver, 3).unwrap().read_to_end(&mut bytes).unwrap();
            let has = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
            (1..5).filter(|number| has(format!("xl/worksheets/sheet{number}.xml").as_bytes())).count()
        };
        assert_eq!([0, 3, 4, 6, 7].map(sheets), [1, 1, 2, 2, 3]);
    }
}
