//! What of a projection is still to be loaded, when not all of it fitted into memory.

use tallybook_read_models::fold::{Share, StillToCome, Tables};

/// Everything at first, then what was put off.
#[derive(Debug)]
pub(crate) struct Remainder {
    pieces: Vec<Piece>,
    /// The changes there will be, by table; nothing before the first reading of the journal, which counts them and
    /// finishes no row.
    changes: Option<Vec<Option<StillToCome>>>,
}

/// A share of the rows, of which some are loaded already.
#[derive(Debug, Clone, Copy)]
struct Piece {
    share: Share,
    /// Rows that had their last change up to here were written before the others were put off.
    written_to: u64,
}

impl Remainder {
    pub(crate) fn everything() -> Self {
        Self { pieces: vec![Piece { share: Share::ALL, written_to: 0 }], changes: None }
    }

    /// Nothing is loaded yet.
    pub(super) fn is_everything(&self) -> bool {
        self.changes.is_none()
    }

    pub(super) fn share(&self) -> Share {
        self.pieces.iter().map(|piece| piece.share).reduce(Share::to).unwrap_or(Share::ALL)
    }

    /// Tables for this share, empty, that count the changes of rows in about so many bytes, if at all, or know how many
    /// there will be of each.
    pub(super) fn tables<T: Tables>(&mut self, to: u64, counting: Option<usize>) -> T {
        let mut tables = T::whole(self.share());
        match &mut self.changes {
            None => {
                if let Some(bytes) = counting {
                    let each = bytes / tables.all().len().max(1);
                    tables.count_all_changes(to.min(each as u64));
                }
            }
            Some(known) => {
                for (table, changes) in tables.all().into_iter().zip(known) {
                    if let Some(changes) = changes.take() {
                        table.expect_changes(changes);
                    }
                }
            }
        }
        tables
    }

    /// Lets go of what has been written before, after the events up to a position are folded.
    pub(super) fn forget_written(&self, position: u64, tables: &mut impl Tables) {
        for piece in self.pieces.iter().filter(|piece| position <= piece.written_to) {
            for table in tables.all() {
                table.forget_finished(piece.share);
            }
        }
    }

    /// What remains when a share of this is put off after the events up to a position are folded, beside what was put
    /// off before.
    /// Its rows are finished in the order of the journal, whatever the share, so those are the same in every reading.
    pub(super) fn put_off(&self, share: Share, position: u64, before: Option<Self>) -> Self {
        let mut remainder = before.unwrap_or(Self { pieces: Vec::new(), changes: None });
        let written_to = if self.changes.is_some() { position } else { 0 };
        remainder.pieces.extend(self.pieces.iter().filter_map(|piece| {
            let share = piece.share.overlap(share)?;
            Some(Piece { share, written_to: piece.written_to.max(written_to) })
        }));
        remainder
    }

    pub(super) fn keep_changes(&mut self, tables: &mut impl Tables) {
        let counted = tables.all().into_iter().map(|table| table.changes_counted());
        self.changes = Some(counted.collect());
    }
}
