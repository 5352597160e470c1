//! The list of API keys.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::Page;

use super::api_keys::{ApiKey, keys_after};
use super::{Action, Caller};
use crate::answer::{Cell, Tabular, list, page_by_name, read_name_cursor};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

impl Tabular for ApiKey {
    const COLUMNS: &'static [&'static str] =
        &["id", "name", "role", "created_at", "created_by", "held_by", "revoked_at", "revoked_by"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.name),
            Cell::text(self.role),
            Cell::at(self.created_at),
            Cell::text(&self.created_by),
            Cell::optional(self.held_by.as_ref()),
            self.revoked_at.map_or(Cell::Empty, Cell::at),
            Cell::optional(self.revoked_by.as_ref()),
        ]
    }
}

/// List API keys
///
/// In the order of their names, the revoked ones too. Their tokens are never shown again.
#[utoipa::path(get, path = "/v1/api-keys", tag = "access", params(ListParameters),
    responses((status = 200, body = Page<Vec<ApiKey>>)))]
pub(super) async fn list_api_keys(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadUsers)?;
    let listing = input.listing(input.query())?;
    let book = state.book().clone();
    list(&state, listing, move |page| {
        let book = book.clone();
        async move {
            let after = read_name_cursor(&page)?;
            let keys = keys_after(book.pool(), &after, i64::from(page.limit) + 1).await?;
            Ok(page_by_name(keys, &page, |key| &key.name, book.head()))
        }
    })
    .await
}
