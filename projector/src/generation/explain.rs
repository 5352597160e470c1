//! Which event explains that a row differs: the first whose effect the live row does not show, or shows wrongly.

use std::collections::{HashMap, HashSet};

use sqlx::PgPool;
use tallybook_read_models::Projection;
use tallybook_read_models::fold::{self, Share, Table, TableShape, Tables, Texts};
use tokio_util::sync::CancellationToken;

use super::{GenerationError, RowDifference, RowText};
use crate::journal::{PageEvent, read};

/// Events read at a time.
const PAGE: u64 = 10_000;

/// What explaining is given.
pub(crate) struct Explaining<'a> {
    pub(crate) pool: &'a PgPool,
    /// The position the rows were compared at.
    pub(crate) to: u64,
    pub(crate) rows: &'a mut [RowDifference],
    pub(crate) cancelled: &'a CancellationToken,
}

/// A row that is followed through its events.
struct Followed {
    live: Option<Texts>,
    /// The first event after the last state that is the live one; the first event of all, if no state is.
    first_event: Option<u64>,
}

type FollowedRows = HashMap<(&'static str, Texts), Followed>;

impl Followed {
    fn see(&mut self, position: u64, state: Texts) {
        if self.live.as_ref() == Some(&state) {
            self.first_event = None;
        } else {
            self.first_event.get_or_insert(position);
        }
    }
}

/// Folds the events of the rows that differ once more, one by one, and compares each state with the live row.
pub(crate) async fn explain<P: Projection>(explaining: Explaining<'_>) -> Result<(), GenerationError> {
    let Explaining { pool, to, rows, cancelled } = explaining;
    let mut tables = P::Tables::whole(Share::ALL);
    let mut followed = FollowedRows::new();
    for table in tables.all() {
        let shape = table.shape();
        follow_rows(table, rows.iter().filter(|row| row.table == shape.name), &mut followed);
    }
    let mut from = 0;
    while from < to && !followed.is_empty() {
        if cancelled.is_cancelled() {
            return Err(GenerationError::Cancelled);
        }
        let count = PAGE.min(to - from);
        let page = read(pool, from, count, &tallybook_domain::upcasters()).await?;
        for event in page.concerning(P::READS) {
            see::<P>(event, &mut tables, &mut followed)?;
        }
        from += count;
    }
    let shapes: Vec<TableShape> = tables.all().iter().map(|table| table.shape()).collect();
    for row in rows {
        let Some(shape) = shapes.iter().find(|shape| shape.name == row.table) else { continue };
        row.first_event = match shape.key_columns {
            0 => recorded_by(row),
            _ => key(row, *shape).and_then(|key| followed.get(&(shape.name, key))?.first_event),
        };
    }
    Ok(())
}

/// Rows that are only ever added say themselves which event made them, so they are not followed.
fn follow_rows<'r>(
    table: &mut dyn Table,
    rows: impl Iterator<Item = &'r RowDifference>,
    followed: &mut FollowedRows,
) {
    let shape = table.shape();
    let mut keys = HashSet::new();
    for row in rows.filter(|_| shape.key_columns > 0) {
        let Some(key) = key(row, shape) else { continue };
        let live = row.live.as_ref().map(|live| in_order(live, shape, shape.columns.len()));
        keys.insert(key.clone());
        followed.insert((shape.name, key), Followed { live, first_event: None });
    }
    table.watch(keys);
}

fn see<P: Projection>(
    event: &PageEvent,
    tables: &mut P::Tables,
    followed: &mut FollowedRows,
) -> Result<(), GenerationError> {
    match &event.decoded {
        Ok(event) => fold::fold::<P>([&**event], tables)?,
        Err(reason) => {
            let (projection, position, reason) = (P::NAME, event.position, reason.clone());
            return Err(GenerationError::Unreadable { projection, position, reason });
        }
    }
    for table in tables.all() {
        let name = table.shape().name;
        for (key, state) in table.take_touched() {
            if let Some(row) = followed.get_mut(&(name, key)) {
                row.see(event.position, state);
            }
        }
    }
    Ok(())
}

fn key(row: &RowDifference, shape: TableShape) -> Option<Texts> {
    let either = row.live.as_ref().or(row.folded.as_ref())?;
    Some(in_order(either, shape, shape.key_columns))
}

/// The first so many fields, in the order of the columns.
fn in_order(row: &RowText, shape: TableShape, count: usize) -> Texts {
    shape.columns.iter().take(count).map(|column| row.get(column.name).cloned().flatten()).collect()
}

/// The event a row that is never changed was made by, if the fold makes it.
fn recorded_by(row: &RowDifference) -> Option<u64> {
    row.folded.as_ref()?.get("position")?.as_ref()?.parse().ok()
}
