//! A table in memory as an engine sees it: something to load, write out and let go of, whatever its rows are.

use std::collections::HashSet;

use sqlx::postgres::PgRow;

use super::{Column, Encoding, Sample, Share, StillToCome, Texts};

/// Whether changes are made or only asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Changes only note the keys they need.
    Declaring,
    /// Changes are made to rows in memory.
    Folding,
}

/// A table in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableShape {
    pub name: &'static str,
    pub columns: &'static [Column],
    /// How many of the first columns are the key by which rows are replaced; none if rows are only ever added.
    pub key_columns: usize,
    /// The SQL expression for the currency of a row's amounts, if it has amounts.
    pub currency: Option<&'static str>,
    /// How many of the first columns the rows of a table made at once are put in order by.
    pub grouped_by: usize,
}

/// One table in memory: the rows the fold has asked for, and those it has made or changed since the last `settle`.
pub trait Table: Send + Sync {
    fn shape(&self) -> TableShape;
    fn switch(&mut self, mode: Mode);
    /// The keys that were asked for and are not in memory, one list per key column; `None` if there are none.
    fn wanted(&self) -> Option<Encoding>;
    /// Takes in the rows found under the wanted keys; a wanted key without a row is known not to exist.
    fn load(&mut self, found: &[PgRow]) -> Result<(), sqlx::Error>;
    /// Rows the database does not have yet.
    fn added(&self) -> usize;
    /// Rows the database has in an older state.
    fn changed(&self) -> usize;
    fn encode_added(&self, into: &mut Encoding);
    fn encode_changed(&self, into: &mut Encoding);
    /// Writes some of the rows the database does not have yet and lets go of them. `false`: there are no more.
    fn drain_added(&mut self, into: &mut Encoding, at_most: usize) -> bool;
    /// Writes some of the rows that will not change any more and lets go of them. `false`: there are no more.
    fn drain_finished(&mut self, into: &mut Encoding, at_most: usize) -> bool;
    /// Of a table held as a whole: lets go of a share of the rows that will not change any more.
    fn forget_finished(&mut self, share: Share);
    /// The memory its rows take, roughly, with what people typed into them.
    fn bytes(&self) -> usize;
    /// Of a table held as a whole: lets go of the rows outside a share, which must be part of the one it has.
    fn narrow(&mut self, share: Share);
    /// Of a table held as a whole, and empty still: counts the changes of all rows, also of those outside its share.
    fn count_changes(&mut self, changes: StillToCome);
    /// The changes that were counted; `None` if none were, or there is nothing to count.
    fn changes_counted(&mut self) -> Option<StillToCome>;
    /// Of a table held as a whole, and empty still: the changes of all rows there will be, as they were counted. A row
    /// that has had its last one is finished.
    fn expect_changes(&mut self, changes: StillToCome);
    /// Of a table held as a whole: from now on takes only the changes of rows under these keys.
    fn watch(&mut self, keys: HashSet<Texts>);
    /// The watched rows that were changed since the last time: key and row.
    fn take_touched(&mut self) -> Vec<(Texts, Texts)>;
    /// Of a table held as a whole, and empty still: takes the rows of a sample only.
    fn sample(&mut self, sample: Sample);
    /// Everything is in the database now. Keeps at most `keep` rows, those used last.
    fn settle(&mut self, keep: usize);
}

/// The tables of one projection.
pub trait Tables: Send + Sync + 'static {
    /// Tables of which only the rows in use are in memory, all others in the database.
    fn cached() -> Self;
    /// Tables of which a share is in memory as a whole, empty at first: a row of it that is not there does not exist.
    fn whole(share: Share) -> Self;
    fn all(&mut self) -> Vec<&mut dyn Table>;

    fn switch_all(&mut self, mode: Mode) {
        for table in self.all() {
            table.switch(mode);
        }
    }

    fn bytes_of_all(&mut self) -> usize {
        self.all().iter().map(|table| table.bytes()).sum()
    }

    fn narrow_all(&mut self, share: Share) {
        for table in self.all() {
            table.narrow(share);
        }
    }

    /// Begins to count changes, in each table for itself.
    fn count_all_changes(&mut self, events: u64) {
        for table in self.all() {
            table.count_changes(StillToCome::none_of(events));
        }
    }

    fn settle_all(&mut self, keep: usize) {
        for table in self.all() {
            table.settle(keep);
        }
    }
}
