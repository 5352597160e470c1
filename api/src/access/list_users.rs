//! The list of users.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::Page;

use super::users::users_after;
use super::{Action, Caller, User};
use crate::answer::{Cell, Tabular, list, page_by_name, read_name_cursor};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

impl Tabular for User {
    const COLUMNS: &'static [&'static str] =
        &["name", "role", "disabled", "created_at", "created_by", "password_changed_at"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.name),
            Cell::text(self.role),
            Cell::text(self.disabled),
            Cell::at(self.created_at),
            Cell::text(&self.created_by),
            Cell::at(self.password_changed_at),
        ]
    }
}

/// List users
///
/// In the order of their names.
#[utoipa::path(get, path = "/v1/users", tag = "access", params(ListParameters),
    responses((status = 200, body = Page<Vec<User>>)))]
pub(super) async fn list_users(
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
            let users = users_after(book.pool(), &after, i64::from(page.limit) + 1).await?;
            Ok(page_by_name(users, &page, |user| &user.name, book.head()))
        }
    })
    .await
}
