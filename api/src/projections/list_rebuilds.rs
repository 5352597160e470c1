//! The rebuilds there were.

use std::borrow::Cow;

use axum::extract::State;
use axum::response::Response;
use tallybook_projector::RebuildRecord;
use tallybook_read_models::Page;
use uuid::Uuid;

use crate::access::{Action, Caller};
use crate::answer::{invalid_cursor, list};
use crate::problem::Problem;
use crate::request::{ListParameters, PageRequest, ReadInput};
use crate::state::ApiState;

/// List rebuilds
///
/// The latest first: those asked for, under way and over, over HTTP, on the command line or by the projector itself, and
/// returns to replaced tables (`back`). What was begun together has the same `run`.
#[utoipa::path(get, path = "/v1/projections/rebuilds", tag = "operation",
    params(ListParameters, ("projection" = Option<String>, Query, description = "Only those of this projection.")),
    responses((status = 200, body = Page<Vec<RebuildRecord>>)))]
pub(super) async fn list_rebuilds(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadProjections)?;
    let mut query = input.query();
    let projection = query.raw("projection").map(Cow::into_owned);
    let listing = input.listing(query)?;
    let book = state.book().clone();
    list(&state, listing, move |page| {
        let (book, projection) = (book.clone(), projection.clone());
        async move {
            let (before, limit) = (before(&page)?, i64::from(page.limit) + 1);
            let rows =
                tallybook_projector::list_rebuilds(book.pool(), projection.as_deref(), before, limit).await?;
            Ok(cut(rows, &page, book.head()))
        }
    })
    .await
}

/// The cursor is the id of the last one shown.
fn before(page: &PageRequest) -> Result<Option<Uuid>, Problem> {
    let read = |text: &String| text.parse().map_err(|_| invalid_cursor("the cursor is not one of this list"));
    page.cursor.as_ref().map(read).transpose()
}

fn cut(mut rows: Vec<RebuildRecord>, page: &PageRequest, position: u64) -> Page<Vec<RebuildRecord>> {
    let more = rows.len() > page.limit as usize;
    rows.truncate(page.limit as usize);
    let next_cursor = rows.last().filter(|_| more).map(|last| last.id.to_string());
    Page { data: rows, next_cursor, position }
}
