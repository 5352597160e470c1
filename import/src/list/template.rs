//! An empty list for people to fill in.

use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};

use super::ListField;

/// Rows that offer their words to choose from.
const ROWS: u32 = 10_000;

/// The template of one kind of list.
pub(crate) struct Template<F> {
    /// The name of its sheet.
    pub(crate) sheet: &'static str,
    /// Its columns, and what to write into each.
    pub(crate) columns: Vec<(F, String)>,
    /// Words to choose from.
    pub(crate) choices: Vec<(F, Vec<&'static str>)>,
}

impl<F: ListField> Template<F> {
    /// The workbook: a sheet with the names of all columns, whose cells are texts, and one that explains them.
    pub(crate) fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        self.list(&mut workbook)?;
        self.explanation(&mut workbook)?;
        workbook.save_to_buffer()
    }

    fn list(&self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        let sheet = workbook.add_worksheet().set_name(self.sheet)?;
        let (text, head) = (Format::new().set_num_format("@"), Format::new().set_bold());
        for (column, (field, _)) in (0_u16..).zip(&self.columns) {
            // Typed into cells of text, a code keeps its zeros and a number all its digits.
            sheet.set_column_format(column, &text)?;
            sheet.set_column_width(column, 20)?;
            sheet.write_string_with_format(0, column, field.chinese(), &head)?;
            if let Some((_, words)) = self.choices.iter().find(|(choice, _)| choice == field) {
                let choice = DataValidation::new().allow_list_strings(words)?;
                sheet.add_data_validation(1, column, ROWS, column, &choice)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }

    fn explanation(&self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        let sheet = workbook.add_worksheet().set_name("说明 Instructions")?;
        let head = Format::new().set_bold();
        for (column, name) in (0_u16..).zip(["列 Column", "Column", "Field", "填写 What to write"]) {
            sheet.write_string_with_format(0, column, name, &head)?;
        }
        for (row, (field, what)) in (1_u32..).zip(&self.columns) {
            sheet.write_string(row, 0, field.chinese())?;
            sheet.write_string(row, 1, field.english())?;
            sheet.write_string(row, 2, field.as_str())?;
            sheet.write_string(row, 3, what)?;
        }
        for (column, width) in [(0, 24), (1, 24), (2, 24), (3, 90)] {
            sheet.set_column_width(column, width)?;
        }
        Ok(())
    }
}
