//! One aggregate event by event, with its state after each.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::PgPool;
use tallybook_domain::AggregateType;
use tallybook_event_store::journal::head_position;
use tallybook_event_store::replay::{Replay, ReplayError, ReplayedEvent};
use tallybook_read_models::Page;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::cursor::read_cursor;
use super::event::EventView;
use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Tabular, list};
use crate::problem::{Problem, ProblemKind};
use crate::request::{ListParameters, PathPair, ReadInput};
use crate::state::ApiState;

/// What happened to one aggregate, such as a customer or a bill, in the order it happened.
#[derive(Debug, Serialize, ToSchema)]
struct History {
    events: Vec<HistoryEvent>,
    /// Why no event after these can be shown, if the stream is damaged; otherwise `null`.
    stopped: Option<String>,
}

/// An event, and what it made of its aggregate.
#[derive(Debug, Serialize, ToSchema)]
struct HistoryEvent {
    event: EventView,
    /// The aggregate after this event, as the program itself holds it.
    #[schema(value_type = Object)]
    state: Box<RawValue>,
}

impl Listed for History {
    type Row = HistoryEvent;

    fn into_rows(self) -> Vec<HistoryEvent> {
        self.events
    }
}

impl Tabular for HistoryEvent {
    const COLUMNS: &'static [&'static str] = &[
        "position",
        "recorded_at",
        "aggregate_type",
        "aggregate_id",
        "sequence",
        "event_type",
        "event_version",
        "payload",
        "metadata",
        "leaf_hash",
        "state",
    ];

    fn cells(&self) -> Vec<Cell> {
        let mut cells = self.event.cells();
        cells.push(Cell::text(&self.state));
        cells
    }
}

/// Show an aggregate's history
///
/// Every event of one aggregate, such as a customer or a bill, with the state after it, made anew from the first event. A page
/// may have fewer events than asked for and still a `next_cursor`, where the state is large. `stopped` says why an
/// event cannot be shown: it is missing, cannot be read or does not fit the state it meets.
#[utoipa::path(get, path = "/v1/aggregates/{type}/{id}/history", tag = "journal",
    params(("type" = String, Path, description = "`customer`, `wallet` or `withdrawal`.", example = "wallet"),
        ("id" = String, Path, example = "C00042.CNY"), ListParameters),
    responses((status = 200, body = Page<History>)))]
pub(super) async fn show_history(
    State(state): State<ApiState>,
    caller: Caller,
    PathPair(aggregate_type, id): PathPair,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadJournal)?;
    let none = || {
        let detail = format!("The journal has no {aggregate_type} {id}.");
        Problem::new(ProblemKind::AggregateNotFound, detail).with("id", &id)
    };
    let aggregate_type: AggregateType = aggregate_type.parse().map_err(|_| none())?;
    let listing = input.listing(input.query())?;
    let pool = state.book().pool().clone();
    // PostgreSQL takes no text with a zero in it.
    let unknown =
        id.contains('\0') || Replay::new(aggregate_type, &id).is_at_end(&pool).await.map_err(internal)?;
    if unknown {
        return Err(none());
    }
    let replay = Arc::new(Mutex::new(Replay::new(aggregate_type, &id)));
    list(&state, listing, move |page| {
        let (pool, replay, id) = (pool.clone(), replay.clone(), id.clone());
        async move {
            let mut replay = replay.lock().await;
            // Page after page of a table goes on where the one before ended; a cursor begins anew.
            let after = page.cursor.as_deref().map_or(Ok(0), read_cursor)?;
            if replay.sequence() != after {
                *replay = Replay::new(aggregate_type, &id);
            }
            history(&pool, &mut replay, after, page.limit).await
        }
    })
    .await
}

async fn history(
    pool: &PgPool,
    replay: &mut Replay,
    after: u64,
    limit: u32,
) -> Result<Page<History>, Problem> {
    let position = head_position(pool).await?;
    replay.skip_to(pool, after).await.map_err(internal)?;
    let page = replay.next(pool, u64::from(limit)).await.map_err(internal)?;
    let more = page.stopped.is_none() && !replay.is_at_end(pool).await.map_err(internal)?;
    let next_cursor = more.then(|| replay.sequence().to_string());
    let events = page.events.into_iter().map(shown).collect::<Result<_, _>>().map_err(Problem::internal)?;
    let data = History { events, stopped: page.stopped.map(|why| why.to_string()) };
    Ok(Page { data, next_cursor, position })
}

fn shown(ReplayedEvent { event, state }: ReplayedEvent) -> Result<HistoryEvent, serde_json::Error> {
    Ok(HistoryEvent { event: EventView::try_from(event)?, state: RawValue::from_string(state)? })
}

fn internal(error: ReplayError) -> Problem {
    match error {
        ReplayError::Database(error) => error.into(),
        ReplayError::Gap { .. }
        | ReplayError::Unreadable { .. }
        | ReplayError::Misfit { .. }
        | ReplayError::State { .. } => Problem::internal(error),
    }
}
