//! Tables as CSV (RFC 4180, UTF-8), safe to open in a spreadsheet.

use std::borrow::Cow;

use axum::body::Bytes;
use csv::{Terminator, WriterBuilder};

use super::table::{Cell, Tabular};
use crate::problem::Problem;

/// A spreadsheet takes a text that begins like this for a formula. The full-width signs do the same in East Asian
/// editions. Source: OWASP, CSV injection.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The names of the columns.
pub(crate) fn head<T: Tabular>() -> Result<Bytes, Problem> {
    write(std::iter::once(T::COLUMNS.iter().map(|name| Cow::Borrowed(*name)).collect()))
}

/// Some rows.
pub(crate) fn rows<T: Tabular>(rows: &[T]) -> Result<Bytes, Problem> {
    write(rows.iter().map(|row| row.cells().into_iter().map(field).collect()))
}

fn write(records: impl Iterator<Item = Vec<Cow<'static, str>>>) -> Result<Bytes, Problem> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for record in records {
        writer.write_record(record.iter().map(|field| field.as_bytes())).map_err(Problem::internal)?;
    }
    writer.into_inner().map(Bytes::from).map_err(Problem::internal)
}

/// A text that looks like a formula gets an apostrophe in front.
pub fn formula_safe(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA_SIGNS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Amounts stay numbers.
fn field(cell: Cell) -> Cow<'static, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => Cow::Owned(formula_safe(&text).into_owned()),
        Cell::Amount(amount) => Cow::Owned(amount.to_string()),
        Cell::Integer(number) => Cow::Owned(number.to_string()),
        Cell::Date(date) => Cow::Owned(date.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(&'static str, &'static str);

    impl Tabular for Row {
        const COLUMNS: &'static [&'static str] = &["name", "amount"];

        fn cells(&self) -> Vec<Cell> {
            vec![Cell::text(self.0), Cell::Amount(self.1.parse().unwrap())]
        }
    }

    fn csv(rows_given: &[Row]) -> String {
        String::from_utf8(rows(rows_given).unwrap().to_vec()).unwrap()
    }

    #[test]
    fn texts_that_look_like_formulas_are_disarmed_and_amounts_stay_numbers() {
        for sign in FORMULA_SIGNS {
            let text = format!("{sign}cmd|' /C calc'!A0");
            assert!(field(Cell::Text(text.clone())) == format!("'{text}"), "{sign:?}");
        }
        assert_eq!(csv(&[Row("=1+1", "-12.30")]), "'=1+1,-12.30\r\n");
        assert_eq!(csv(&[Row("a\"b,c", "0.00")]), "\"a\"\"b,c\",0.00\r\n");
        assert_eq!(csv(&[Row("李雷 - 上海", "1000")]), "李雷 - 上海,1000\r\n");
    }

    #[test]
    fn the_head_names_the_columns() {
        assert_eq!(head::<Row>().unwrap(), "name,amount\r\n");
    }
}
