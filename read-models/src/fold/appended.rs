//! A table whose rows are written once and never change.

use std::collections::HashSet;
use std::mem::size_of;

use sqlx::postgres::PgRow;

use super::watch::texts;
use super::{Encoding, Mode, Row, Sample, Share, StillToCome, Table, TableShape, Tables, Texts};

#[derive(Debug)]
pub struct Appended<R: Row> {
    rows: Vec<R>,
    mode: Mode,
    /// The rows are kept elsewhere.
    others: bool,
    /// The only rows that are kept, if it is a sample.
    sample: Option<Sample>,
}

impl<R: Row> Default for Appended<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), mode: Mode::Folding, others: false, sample: None }
    }
}

impl<R: Row> Appended<R> {
    pub fn append(&mut self, row: impl FnOnce() -> R) {
        match self.mode {
            Mode::Declaring => {}
            Mode::Folding if self.others => {}
            Mode::Folding => {
                let row = row();
                if self.sample.is_none_or(|sample| sample.has(&texts(R::COLUMNS.len(), |f| row.encode(f)))) {
                    self.rows.push(row);
                }
            }
        }
    }

    /// The rows since the last `settle`, in the order of their events.
    pub fn rows(&self) -> &[R] {
        &self.rows
    }
}

impl<R: Row> Table for Appended<R> {
    fn shape(&self) -> TableShape {
        TableShape {
            name: R::TABLE,
            columns: R::COLUMNS,
            key_columns: 0,
            currency: R::CURRENCY,
            grouped_by: R::GROUPED_BY,
        }
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
            into.row(R::COLUMNS.len(), |fields| row.encode(fields));
        }
    }

    fn encode_changed(&self, _: &mut Encoding) {}

    fn drain_added(&mut self, into: &mut Encoding, at_most: usize) -> bool {
        for row in self.rows.drain(..at_most.min(self.rows.len())) {
            into.row(R::COLUMNS.len(), |fields| row.encode(fields));
        }
        !self.rows.is_empty()
    }

    /// Every row of it is finished as soon as it is made.
    fn drain_finished(&mut self, into: &mut Encoding, at_most: usize) -> bool {
        self.drain_added(into, at_most)
    }

    fn forget_finished(&mut self, _: Share) {}

    fn bytes(&self) -> usize {
        self.rows.len() * size_of::<R>()
    }

    fn narrow(&mut self, share: Share) {
        self.others = !share.is_first();
    }

    fn count_changes(&mut self, _: StillToCome) {}

    fn changes_counted(&mut self) -> Option<StillToCome> {
        None
    }

    fn expect_changes(&mut self, _: StillToCome) {}

    /// Its rows have no key to watch them by.
    fn watch(&mut self, _: HashSet<Texts>) {
        self.others = true;
    }

    fn take_touched(&mut self) -> Vec<(Texts, Texts)> {
        Vec::new()
    }

    fn sample(&mut self, sample: Sample) {
        self.sample = Some(sample);
    }

    fn settle(&mut self, _: usize) {
        self.rows.clear();
    }
}

impl<R: Row> Tables for Appended<R> {
    fn cached() -> Self {
        Self::default()
    }

    /// Rows have no key to share them by: all belong to the first.
    fn whole(share: Share) -> Self {
        Self { others: !share.is_first(), ..Self::default() }
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![self]
    }
}
