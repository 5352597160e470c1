//! A table whose rows later events change, found by key.
//!
//! Holds the rows in use; an engine loads what `declare` asked for and writes what `fold` changed. Must never guess
//! about a row that is not in memory: unless the table is held as a whole, meeting one is a fault.

use std::collections::HashSet;
use std::mem::size_of;

use sqlx::postgres::PgRow;

use super::share::place_of;
use super::slots::Slots;
use super::watch::{Watch, texts};
use super::{
    Encoding, FoldFault, KeyedRow, Mode, Sample, Share, StillToCome, Table, TableShape, Tables, Texts,
};

/// What a row takes besides its own size: its place in the map, and in a cache by last use, and long ids on the heap,
/// roughly.
const BESIDE_A_ROW: usize = 160;

#[derive(Debug)]
pub struct Keyed<R: KeyedRow> {
    /// A cache is cut by `settle`, so that nothing is lost in the middle of a page.
    slots: Slots<R::Key, Slot<R>>,
    /// Keys of rows made or changed since the last `settle`, where few of many are.
    dirty: Vec<R::Key>,
    wanted: HashSet<R::Key>,
    /// The bytes of what people typed, of all rows.
    texts: usize,
    mode: Mode,
    /// The keys of which every row is in memory; the others' changes are passed over.
    whole: Option<Share>,
    /// Of a table held as a whole, in a reading of the journal that may not be the last.
    changes: Option<Changes>,
    /// Rows that have had their last change.
    finished: Vec<R>,
    /// The only rows that are changed, if some are watched.
    watch: Option<Watch<R::Key>>,
    /// The only rows that are kept, if it is a sample.
    sample: Option<Sample>,
}

/// What is known of the changes of all rows.
#[derive(Debug)]
enum Changes {
    /// Those so far, from the beginning on.
    Counted(StillToCome),
    /// Those of the whole journal, and which of them have not come yet.
    Known { all: StillToCome, left: StillToCome },
}

#[derive(Debug)]
struct Slot<R> {
    /// `None`: the database has no such row.
    row: Option<R>,
    stored: bool,
    dirty: bool,
}

impl<R: KeyedRow> Keyed<R> {
    fn new(whole: Option<Share>) -> Self {
        Self {
            slots: if whole.is_some() { Slots::whole() } else { Slots::cached() },
            dirty: Vec::new(),
            wanted: HashSet::new(),
            texts: 0,
            mode: Mode::Folding,
            whole,
            changes: None,
            finished: Vec::new(),
            watch: None,
            sample: None,
        }
    }

    /// Makes a row whose key only this event can have made. It is not looked up; the primary key is the last guard.
    pub fn create(&mut self, key: &R::Key, row: impl FnOnce() -> R) -> Result<(), FoldFault> {
        match self.mode {
            Mode::Declaring => return Ok(()),
            Mode::Folding if self.is_others(key) => return Ok(()),
            Mode::Folding => {}
        }
        let never_changes =
            matches!(&self.changes, Some(Changes::Known { left, .. }) if left.has_none(place_of(key)));
        if never_changes && !self.slots.has(key) {
            self.finished.push(row());
            return Ok(());
        }
        let slot = self.slots.get_or_insert(key, Slot::unknown);
        if slot.row.is_some() {
            return Err(FoldFault::AlreadyThere { table: R::TABLE, key: format!("{key:?}") });
        }
        let row = slot.row.insert(row());
        self.texts += row.texts();
        let first = slot.mark();
        self.note_marked(key, first);
        Ok(())
    }

    /// Changes a row that must be there.
    pub fn change(
        &mut self,
        key: &R::Key,
        change: impl FnOnce(&mut R) -> Result<(), FoldFault>,
    ) -> Result<(), FoldFault> {
        if !self.may_fold(key)? {
            return Ok(());
        }
        let slot = self.slots.get_or_insert(key, Slot::unknown);
        let missing = || FoldFault::Missing { table: R::TABLE, key: format!("{key:?}") };
        let row = slot.row.as_mut().ok_or_else(missing)?;
        let before = row.texts();
        change(row)?;
        self.texts = self.texts + row.texts() - before;
        let first = slot.mark();
        self.note_marked(key, first);
        self.finish(key);
        Ok(())
    }

    /// Changes a row, or the one `first` makes if there is none.
    pub fn change_or_create(
        &mut self,
        key: &R::Key,
        first: impl FnOnce() -> R,
        change: impl FnOnce(&mut R) -> Result<(), FoldFault>,
    ) -> Result<(), FoldFault> {
        if !self.may_fold(key)? {
            return Ok(());
        }
        let slot = self.slots.get_or_insert(key, Slot::unknown);
        let before = slot.texts();
        let row = slot.row.get_or_insert_with(first);
        change(row)?;
        self.texts = self.texts + row.texts() - before;
        let first = slot.mark();
        self.note_marked(key, first);
        self.finish(key);
        Ok(())
    }

    /// A row in memory, for looking at.
    pub fn get(&self, key: &R::Key) -> Option<&R> {
        self.slots.peek(key).and_then(|slot| slot.row.as_ref())
    }

    /// Every row in memory, in no order.
    pub fn rows(&self) -> impl Iterator<Item = &R> {
        self.slots.values().filter_map(|slot| slot.row.as_ref())
    }

    /// Whether the row may be changed now; while declaring, only its key is noted.
    fn may_fold(&mut self, key: &R::Key) -> Result<bool, FoldFault> {
        match self.mode {
            Mode::Declaring => {
                // Looking it up also marks it as used, so that it outlives rows no event asked for.
                if self.whole.is_none() && !self.slots.touch(key) && !self.wanted.contains(key) {
                    self.wanted.insert(key.clone());
                }
                Ok(false)
            }
            Mode::Folding if self.whole.is_some() => {
                self.note_change(key);
                Ok(!self.is_others(key))
            }
            Mode::Folding if self.slots.has(key) => Ok(true),
            Mode::Folding => Err(FoldFault::NotLoaded { table: R::TABLE, key: format!("{key:?}") }),
        }
    }

    /// Whether the rows of this key are kept elsewhere.
    fn is_others(&self, key: &R::Key) -> bool {
        self.whole.is_some_and(|share| !share.has(key))
            || self.watch.as_ref().is_some_and(|watch| !watch.has(&key_texts::<R>(key)))
            || self.sample.is_some_and(|sample| !sample.has(&key_texts::<R>(key)))
    }

    fn note_change(&mut self, key: &R::Key) {
        match &mut self.changes {
            None => {}
            Some(Changes::Counted(changes)) => changes.add(place_of(key)),
            Some(Changes::Known { left, .. }) => left.take(place_of(key)),
        }
    }

    /// Sets a row aside that will not change any more.
    fn finish(&mut self, key: &R::Key) {
        if let Some(Changes::Known { left, .. }) = &self.changes
            && left.has_none(place_of(key))
            && let Some(slot) = self.slots.remove(key)
        {
            self.texts -= slot.texts();
            self.finished.extend(slot.row);
        }
    }

    /// After a row was made or changed, for the first time since the last `settle` or not.
    fn note_marked(&mut self, key: &R::Key, first: bool) {
        if let Some(watch) = &mut self.watch {
            watch.touch(key);
        }
        if first && self.whole.is_none() {
            self.dirty.push(key.clone());
        }
    }

    fn dirty(&self, stored: bool) -> impl Iterator<Item = &R> {
        // Held as a whole, most rows are dirty and are simply all looked at.
        let all = self.whole.map(|_| self.slots.values().filter(|slot| slot.dirty));
        let few = self.dirty.iter().filter_map(|key| self.slots.peek(key));
        all.into_iter()
            .flatten()
            .chain(few)
            .filter(move |slot| slot.stored == stored)
            .filter_map(|slot| slot.row.as_ref())
    }
}

fn key_texts<R: KeyedRow>(key: &R::Key) -> Texts {
    texts(R::KEY_COLUMNS, |fields| R::encode_key(key, fields))
}

impl<R: KeyedRow> Slot<R> {
    fn unknown() -> Self {
        Self { row: None, stored: false, dirty: false }
    }

    /// Answers whether it was not marked before.
    fn mark(&mut self) -> bool {
        !std::mem::replace(&mut self.dirty, true)
    }

    fn texts(&self) -> usize {
        self.row.as_ref().map_or(0, R::texts)
    }
}

impl<R: KeyedRow> Table for Keyed<R> {
    fn shape(&self) -> TableShape {
        TableShape {
            name: R::TABLE,
            columns: R::COLUMNS,
            key_columns: R::KEY_COLUMNS,
            currency: R::CURRENCY,
            grouped_by: R::GROUPED_BY,
        }
    }

    fn switch(&mut self, mode: Mode) {
        self.mode = mode;
    }

    fn wanted(&self) -> Option<Encoding> {
        if self.wanted.is_empty() {
            return None;
        }
        let mut keys = Encoding::columns(R::KEY_COLUMNS);
        for key in &self.wanted {
            keys.row(R::KEY_COLUMNS, |fields| R::encode_key(key, fields));
        }
        Some(keys)
    }

    fn load(&mut self, found: &[PgRow]) -> Result<(), sqlx::Error> {
        for row in found {
            let row = R::from_row(row)?;
            self.texts += row.texts();
            let key = row.key();
            self.wanted.remove(&key);
            self.slots.put(key, Slot { row: Some(row), stored: true, dirty: false });
        }
        for key in self.wanted.drain() {
            self.slots.put(key, Slot::unknown());
        }
        Ok(())
    }

    fn added(&self) -> usize {
        self.dirty(false).count()
    }

    fn changed(&self) -> usize {
        self.dirty(true).count()
    }

    fn encode_added(&self, into: &mut Encoding) {
        for row in self.dirty(false) {
            into.row(R::COLUMNS.len(), |fields| row.encode(fields));
        }
    }

    fn encode_changed(&self, into: &mut Encoding) {
        for row in self.dirty(true) {
            into.row(R::COLUMNS.len(), |fields| row.encode(fields));
        }
    }

    fn drain_added(&mut self, into: &mut Encoding, at_most: usize) -> bool {
        for _ in 0..at_most {
            let Some(slot) = self.slots.leave() else { return false };
            self.texts -= slot.texts();
            if let (true, false, Some(row)) = (slot.dirty, slot.stored, slot.row) {
                into.row(R::COLUMNS.len(), |fields| row.encode(fields));
            }
        }
        true
    }

    fn drain_finished(&mut self, into: &mut Encoding, at_most: usize) -> bool {
        for row in self.finished.drain(..at_most.min(self.finished.len())) {
            into.row(R::COLUMNS.len(), |fields| row.encode(fields));
        }
        !self.finished.is_empty()
    }

    fn forget_finished(&mut self, share: Share) {
        self.finished.retain(|row| !share.has(&row.key()));
    }

    fn bytes(&self) -> usize {
        let changes = match &self.changes {
            None => 0,
            Some(Changes::Counted(changes)) => changes.bytes(),
            Some(Changes::Known { all, left }) => all.bytes() + left.bytes(),
        };
        self.slots.len() * (size_of::<Slot<R>>() + size_of::<R::Key>() + BESIDE_A_ROW) + self.texts + changes
    }

    fn narrow(&mut self, share: Share) {
        let texts = &mut self.texts;
        self.slots.retain(|key| share.has(key), |slot| *texts -= slot.texts());
        self.whole = Some(share);
    }

    fn count_changes(&mut self, changes: StillToCome) {
        self.changes = Some(Changes::Counted(changes));
    }

    fn changes_counted(&mut self) -> Option<StillToCome> {
        match self.changes.take() {
            None => None,
            Some(Changes::Counted(changes) | Changes::Known { all: changes, .. }) => Some(changes),
        }
    }

    fn expect_changes(&mut self, changes: StillToCome) {
        self.changes = Some(Changes::Known { left: changes.clone(), all: changes });
    }

    fn watch(&mut self, keys: HashSet<Texts>) {
        self.watch = Some(Watch::on(keys));
    }

    fn take_touched(&mut self) -> Vec<(Texts, Texts)> {
        let touched = self.watch.as_mut().map_or_else(Vec::new, Watch::take_touched);
        let state = |key: &R::Key| self.get(key).map(|row| texts(R::COLUMNS.len(), |f| row.encode(f)));
        touched.iter().filter_map(|key| Some((key_texts::<R>(key), state(key)?))).collect()
    }

    fn sample(&mut self, sample: Sample) {
        self.sample = Some(sample);
    }

    fn settle(&mut self, keep: usize) {
        for key in self.dirty.drain(..) {
            if let Some(slot) = self.slots.peek_mut(&key) {
                (slot.dirty, slot.stored) = (false, true);
            }
        }
        if self.whole.is_some() {
            for slot in self.slots.values_mut() {
                (slot.dirty, slot.stored) = (false, true);
            }
            return;
        }
        while self.slots.len() > keep {
            self.texts -= self.slots.leave().map_or(0, |slot| slot.texts());
        }
    }
}

impl<R: KeyedRow> Tables for Keyed<R> {
    fn cached() -> Self {
        Self::new(None)
    }

    fn whole(share: Share) -> Self {
        Self::new(Some(share))
    }

    fn all(&mut self) -> Vec<&mut dyn Table> {
        vec![self]
    }
}
