//! The record of who was shown personal fields.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::Page;
use utoipa::IntoParams;

use super::showings::{ShowingFilter, showings_before};
use super::{Action, Caller, PersonalShowing};
use crate::answer::{Cell, Tabular, invalid_cursor, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct ShowingParameters {
    /// Whose fields.
    customer: Option<String>,
    /// Who saw them, such as `user:han`.
    principal: Option<String>,
}

impl Tabular for PersonalShowing {
    const COLUMNS: &'static [&'static str] =
        &["number", "shown_at", "principal", "customer", "fields", "request_id"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.number),
            Cell::at(self.shown_at),
            Cell::text(&self.principal),
            Cell::text(&self.customer),
            Cell::text(self.fields.join(" ")),
            Cell::text(&self.request_id),
        ]
    }
}

/// List who was shown personal fields
///
/// The latest first. Every customer that `reveal=true` showed in full is an entry, and every one in a file of payouts.
#[utoipa::path(get, path = "/v1/access/personal-showings", tag = "access",
    params(ListParameters, ShowingParameters),
    responses((status = 200, body = Page<Vec<PersonalShowing>>)))]
pub(super) async fn list_personal_showings(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadPersonalShowings)?;
    let mut query = input.query();
    let filter = ShowingFilter {
        customer: query.optional("customer"),
        principal: query.raw("principal").map(std::borrow::Cow::into_owned),
    };
    let listing = input.listing(query)?;
    let book = state.book().clone();
    list(&state, listing, move |page| {
        let (book, filter) = (book.clone(), filter.clone());
        async move {
            let before = match &page.cursor {
                None => i64::MAX,
                Some(number) => {
                    number.parse().map_err(|_| invalid_cursor("the cursor is not one of this list"))?
                }
            };
            let limit = i64::from(page.limit);
            let mut data = showings_before(book.pool(), &filter, before, limit + 1).await?;
            let more = data.len() > page.limit as usize;
            data.truncate(page.limit as usize);
            let next_cursor = data.last().filter(|_| more).map(|last| last.number.to_string());
            Ok(Page { data, next_cursor, position: book.head() })
        }
    })
    .await
}
