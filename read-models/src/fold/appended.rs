//! A table whose rows are written once and never change.

use sqlx::postgres::PgRow;

use super::{Encoding, Mode, Row, Table, TableShape, Tables};

#[derive(Debug)]
pub struct Appended<R: Row> {
    rows: Vec<R>,
    mode: Mode,
}

impl<R: Row> Default for Appended<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), mode: Mode::Folding }
    }
}

impl<R: Row> Appended<R> {
    pub fn append(&mut self, row: impl FnOnce() -> R) {
        match self.mode {
            Mode::Declaring => {}
            Mode::Folding => self.rows.push(row()),
        }
    }

    /// The rows since the last `settle`, in the order of their events.
    pub fn rows(&self) -> &[R] {
        &self.rows
    }
}

impl<R: Row> Table for Appended<R> {
    fn shape(&self) -> TableShape {
        TableShape { name: R::TABLE, columns: R::COLUMNS, key_columns: 0 }
    }

    fn switch(&mut self, mode: Mode) {
        self.mode = mode;
    }

    fn wanted(&self) -> Option<Encoding> {
        None
    }

    fn load(&mut self, _: &[PgRow]) -> Result<(), sqlx::Error> {
        Ok(())
    }

    fn added(&self) -> usize {
        self.rows.len()
    }

    fn changed(&self) -> usize {
        0
    }

    fn encode_added(&self, into: &mut Encoding) {
        for row in &self.rows {
            into.row(|fields| row.encode(fields));
        }
    }

    fn encode_changed(&self, _: &mut Encoding) {}

    fn settle(&mut self, _: usize) {
        self.rows.clear();
    }
}

impl<R: Row> Tables for Appended<R> {
    fn cached() -> Self {
        Self::default()
    }

    fn whole() -> Self {
        Self::default()
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![self]
    }
}
