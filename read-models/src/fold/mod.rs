//! Folding events into rows: what a projection is, apart from where its rows are kept.
//!
//! Owns the one trait all read models implement, the tables they write to in memory, and the text their rows are
//! stored as. Must never touch a database, a clock or a thread: live, rebuild, as-of and verify run the same fold.

mod appended;
mod encode;
mod fault;
mod grouped;
mod keyed;
mod row;
mod sample;
mod share;
mod slots;
mod still_to_come;
mod table;
#[cfg(test)]
mod tests;
mod watch;

use tallybook_domain::RecordedEvent;

pub use appended::Appended;
pub use encode::{CopyRows, Encoding, Fields};
pub use fault::{FoldError, FoldFault};
pub use grouped::{Group, GroupedRows};
pub use keyed::Keyed;
pub use row::{Column, KeyedRow, Row, Stamp};
pub use sample::Sample;
pub use share::Share;
pub use still_to_come::StillToCome;
pub use table::{Mode, Table, TableShape, Tables};
pub use watch::Texts;

/// A read model: how each event changes its rows.
///
/// A change is local: what a row becomes depends on the event and on that row alone. So rows can be loaded, folded
/// and written by key, on as many cores and in as many key ranges as there are, and always come out the same.
pub trait Projection: Send + Sync + 'static {
    /// Its name in `projections`, in metrics and on the command line. Never changes.
    const NAME: &'static str;
    /// Raised when `apply` or a row changes its meaning: tables of another version are not written to.
    const VERSION: i32;
    /// The events it has to understand; one of these that cannot be read stops it.
    const READS: Reads;
    /// The tables it alone writes to.
    type Tables: Tables;

    /// What the event changes. A fault means that the tables in memory are to be thrown away.
    fn apply(event: &RecordedEvent, tables: &mut Self::Tables) -> Result<(), FoldFault>;
}

/// The events a projection has to understand.
#[derive(Debug, Clone, Copy)]
pub enum Reads {
    /// Those of these aggregate types.
    Aggregates(&'static [&'static str]),
    /// All of them, also of types this program does not know.
    Everything,
}

impl Reads {
    pub fn concern(&self, aggregate_type: &str) -> bool {
        match self {
            Self::Aggregates(types) => types.contains(&aggregate_type),
            Self::Everything => true,
        }
    }
}

/// Asks the tables for every row the events will change, without changing any.
pub fn declare<'a, P: Projection>(
    events: impl IntoIterator<Item = &'a RecordedEvent>,
    tables: &mut P::Tables,
) -> Result<(), FoldError> {
    tables.switch_all(Mode::Declaring);
    let declared = each::<P>(events, tables);
    tables.switch_all(Mode::Folding);
    declared
}

/// Folds events, in order, into tables that hold every row they change. After an error the tables are worthless.
pub fn fold<'a, P: Projection>(
    events: impl IntoIterator<Item = &'a RecordedEvent>,
    tables: &mut P::Tables,
) -> Result<(), FoldError> {
    each::<P>(events, tables)
}

fn each<'a, P: Projection>(
    events: impl IntoIterator<Item = &'a RecordedEvent>,
    tables: &mut P::Tables,
) -> Result<(), FoldError> {
    for event in events {
        if P::READS.concern(event.event.aggregate_type()) {
            P::apply(event, tables).map_err(|fault| FoldError::new(P::NAME, event, fault))?;
        }
    }
    Ok(())
}
