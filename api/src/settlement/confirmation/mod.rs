//! Where a link leads: a page on which a customer reads a statement and answers it, without sign-in.
//!
//! The link is all it takes, so it must never lead further than to its one statement, and nothing here may tell a wrong
//! link from an unknown statement.

mod answer;
mod apology;
mod link;
mod show;

use std::time::Duration;

use axum::Router;
use axum::http::HeaderValue;
use axum::response::Response;
use axum::routing::get;
use tallybook_domain::settlement::{StatementId, StatementRefusal, StatementState};
use tallybook_read_models::Projection;
use tallybook_read_models::settlement::{StatementRow, Statements, find_statement};
use tokio::time::timeout;

pub(crate) use link::LinkKey;

use super::statement_page::{Ending, Form, Shown, StatementPage};
use crate::print::page;
use crate::problem::{Problem, ProblemKind};
use crate::request::Freshness;
use crate::state::ApiState;

/// As for what we print ourselves, but that the form goes back to where it came from.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// How long a page waits for its place.
const PATIENCE: Duration = Duration::from_secs(2);

/// Pages for people, which the description of the API leaves out.
pub(crate) fn pages() -> Router<ApiState> {
    Router::new()
        .route("/statements/{id}/{token}", get(show::show_confirmation).post(answer::answer_confirmation))
        .layer(axum::middleware::map_response(apology::page_for_people))
}

/// The statement of a link that was checked.
async fn linked(
    state: &ApiState,
    id: &StatementId,
    fresh: Option<Freshness>,
) -> Result<StatementRow, Problem> {
    let pool = state.reading(&[Statements::NAME], None, fresh).await?;
    let Some(row) = find_statement(&pool, id).await?.data else {
        return Err(link::leads_nowhere());
    };
    match row.state {
        StatementState::Issued | StatementState::Agreed | StatementState::Disagreed => Ok(row),
        StatementState::Withdrawn => Err(StatementRefusal::Withdrawn { statement: id.clone() }.into()),
    }
}

async fn shown(state: &ApiState, row: StatementRow, form: &Form) -> Result<Response, Problem> {
    let Ok(Ok(_place)) = timeout(PATIENCE, state.link_pages().acquire()).await else {
        let detail = "Too many statements are being shown. Try again in a moment.";
        return Err(Problem::new(ProblemKind::Busy, detail).retry_after(2));
    };
    let shown = Shown::load(state, row, None).await?;
    let ending = Ending::Online(form);
    let html = StatementPage { shown: &shown, seller: &state.settings().seller, ending }.html();
    Ok(page(html.map_err(Problem::internal)?, POLICY))
}
