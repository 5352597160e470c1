//! One event.

use std::num::NonZeroU64;

use axum::extract::State;
use axum::response::Response;
use tallybook_event_store::journal;
use tallybook_read_models::Answer;

use super::event::EventView;
use crate::access::{Action, Caller};
use crate::answer::answer;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See an event
#[utoipa::path(get, path = "/v1/events/{position}", tag = "journal",
    params(("position" = u64, Path, minimum = 1)),
    responses((status = 200, body = Answer<EventView>)))]
pub(super) async fn find_event(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadJournal)?;
    let wanted = path.parse::<NonZeroU64>(ProblemKind::EventNotFound)?.get();
    input.finish(input.query())?;
    let pool = state.book().pool();
    // Beyond what a position can be there is nothing, as beyond the head.
    let before = i64::try_from(wanted).map_or(u64::MAX >> 1, |_| wanted - 1);
    let position = journal::head_position(pool).await?;
    match journal::page(pool, before, 1).await?.pop() {
        Some(event) if event.position == wanted => {
            answer(&Answer { data: EventView::try_from(event).map_err(Problem::internal)?, position })
        }
        Some(_) | None => {
            let detail = format!("There is no event {wanted}; the last one is {position}.");
            Err(Problem::new(ProblemKind::EventNotFound, detail).with("position", position))
        }
    }
}
