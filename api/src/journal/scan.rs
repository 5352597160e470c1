//! Events of the whole book after a position, of one type or of all.
//!
//! There is no index by type, because every index on events costs every append. So a request looks at so many events
//! and then says where to go on.

use sqlx::PgPool;
use tallybook_event_store::journal;

use super::cursor::read_cursor;
use super::event::{EventRow, EventView};
use crate::problem::Problem;
use crate::request::PageRequest;

/// Events one request looks at.
const BUDGET: u64 = 20_000;

/// A page, and the position after which the next one begins.
pub(super) async fn page(
    pool: &PgPool,
    event_type: Option<&'static str>,
    after: u64,
    head: u64,
    page: &PageRequest,
) -> Result<(Vec<EventView>, Option<String>), Problem> {
    let after = match &page.cursor {
        Some(cursor) => read_cursor(cursor)?,
        None => after,
    };
    let (events, looked_up_to) = match event_type {
        None => (events_after(pool, after, page.limit).await?, head),
        Some(event_type) => {
            let last = after.saturating_add(BUDGET).min(head);
            (events_of_type(pool, event_type, (after, last), page.limit).await?, last)
        }
    };
    let next = match events.last() {
        Some(last) if events.len() >= page.limit as usize => last.position(),
        Some(_) | None => looked_up_to,
    };
    Ok((events, (next > after && next < head).then(|| next.to_string())))
}

pub(super) async fn events_after(pool: &PgPool, after: u64, limit: u32) -> Result<Vec<EventView>, Problem> {
    let events = journal::page(pool, after, i64::from(limit)).await?;
    events.into_iter().map(|event| EventView::try_from(event).map_err(Problem::internal)).collect()
}

async fn events_of_type(
    pool: &PgPool,
    event_type: &str,
    (after, last): (u64, u64),
    limit: u32,
) -> Result<Vec<EventView>, Problem> {
    let rows = sqlx::query_as!(
        EventRow,
        r#"SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                  payload::text AS "payload!", metadata::text AS "metadata!", leaf_hash
             FROM events WHERE position > $1 AND position <= $2 AND event_type = $3 ORDER BY position LIMIT $4"#,
        i64::try_from(after).map_err(Problem::internal)?,
        i64::try_from(last).map_err(Problem::internal)?,
        event_type,
        i64::from(limit)
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(EventView::try_from).collect()
}
