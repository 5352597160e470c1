//! The list of views.

use axum::extract::State;
use axum::response::Response;
use tallybook_projector::{View, views};
use tallybook_read_models::Page;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list, one_page};
use crate::problem::Problem;
use crate::request::ReadInput;
use crate::state::ApiState;

impl Tabular for View {
    const COLUMNS: &'static [&'static str] =
        &["name", "position", "recorded_at", "bytes", "made_at", "made_by"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.name),
            Cell::Integer(self.position),
            self.recorded_at.map_or(Cell::Empty, Cell::at),
            Cell::Integer(self.bytes),
            Cell::at(self.made_at),
            Cell::text(&self.made_by),
        ]
    }
}

/// List the views
///
/// A view is the whole read side as it stood at a position; reads show it with `view=` and its name. An operator makes
/// and drops them with `tallybook projector as-of` and `tallybook projector views drop`.
#[utoipa::path(get, path = "/v1/views", tag = "operation",
    responses((status = 200, body = Page<Vec<View>>)))]
pub(super) async fn list_views(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let listing = input.whole(input.query())?;
    let book = state.book().clone();
    list(&state, listing, move |_| {
        let book = book.clone();
        async move { Ok(one_page(views(book.pool(), book.schema()).await?, book.head())) }
    })
    .await
}
