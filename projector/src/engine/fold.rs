//! Folding one page in memory, as far as it can be folded.

use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use tallybook_domain::RecordedEvent;
use tallybook_read_models::Projection;
use tallybook_read_models::fold::{self, Encoding, FoldError, TableShape, Tables};

use super::write::{bind_columns, text_arrays};
use crate::journal::PageEvent;

/// Events folded before other tasks get their turn.
const FOLDED_AT_ONCE: usize = 500;

/// How far a page could be folded.
pub(crate) struct Folded {
    /// Everything up to here is in the tables.
    pub(crate) position: u64,
    /// Why it is not the whole page.
    pub(crate) unfoldable: Option<Unfoldable>,
}

pub(crate) struct Unfoldable {
    pub(crate) position: u64,
    pub(crate) reason: String,
}

/// Loads the rows the events change and changes them. Stops before the first event that cannot be folded.
pub(crate) async fn page<P: Projection>(
    connection: &mut PgConnection,
    tables: &mut P::Tables,
    events: &[PageEvent],
) -> Result<Folded, sqlx::Error> {
    let (mut foldable, mut unfoldable) = readable::<P>(events);
    while let Err(error) = attempt::<P>(connection, tables, foldable).await? {
        *tables = P::Tables::cached();
        let before = foldable.partition_point(|event| event.position < error.position);
        foldable = &foldable[..before];
        unfoldable = Some(Unfoldable { position: error.position, reason: error.to_string() });
    }
    let before_page = events.first().map_or(0, |event| event.position - 1);
    Ok(Folded { position: foldable.last().map_or(before_page, |event| event.position), unfoldable })
}

/// The events before the first that concerns the projection and that this program cannot read.
fn readable<P: Projection>(events: &[PageEvent]) -> (&[PageEvent], Option<Unfoldable>) {
    let unreadable = events.iter().enumerate().find_map(|(index, event)| match &event.decoded {
        Err(reason) if P::READS.concern(&event.aggregate_type) => {
            Some((index, Unfoldable { position: event.position, reason: reason.clone() }))
        }
        Ok(_) | Err(_) => None,
    });
    match unreadable {
        Some((index, unfoldable)) => (&events[..index], Some(unfoldable)),
        None => (events, None),
    }
}

async fn attempt<P: Projection>(
    connection: &mut PgConnection,
    tables: &mut P::Tables,
    events: &[PageEvent],
) -> Result<Result<(), FoldError>, sqlx::Error> {
    for some in events.chunks(FOLDED_AT_ONCE) {
        if let Err(error) = fold::declare::<P>(concerned::<P>(some), tables) {
            return Ok(Err(error));
        }
        tokio::task::yield_now().await;
    }
    for table in tables.all() {
        if let Some(keys) = table.wanted() {
            let found = load(connection, table.shape(), keys).await?;
            table.load(&found)?;
        }
    }
    for some in events.chunks(FOLDED_AT_ONCE) {
        if let Err(error) = fold::fold::<P>(concerned::<P>(some), tables) {
            return Ok(Err(error));
        }
        tokio::task::yield_now().await;
    }
    Ok(Ok(()))
}

/// What the fold is given. An event that cannot be read is here only if it does not concern the projection.
fn concerned<P: Projection>(events: &[PageEvent]) -> impl Iterator<Item = &RecordedEvent> {
    events
        .iter()
        .filter(|event| P::READS.concern(&event.aggregate_type))
        .filter_map(|event| event.decoded.as_deref().ok())
}

/// The rows that exist under the keys.
async fn load(
    connection: &mut PgConnection,
    table: TableShape,
    keys: Encoding,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let key = &table.columns[..table.key_columns];
    let matches: Vec<String> =
        key.iter().map(|c| format!("t.{0} = w.{0}::{1}", c.name, c.sql_type)).collect();
    let sql = format!(
        "SELECT t.* FROM {} JOIN {} AS t ON {}",
        text_arrays("w", key, 1),
        table.name,
        matches.join(" AND "),
    );
    bind_columns(sqlx::query(&sql), keys)?.fetch_all(connection).await
}
