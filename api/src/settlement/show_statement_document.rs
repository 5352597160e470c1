//! A statement as a document: a page to print, to send as a PDF, to stamp and to sign.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::settlement::{StatementId, StatementState};
use tallybook_read_models::Projection;
use tallybook_read_models::settlement::{StatementRow, Statements, find_statement as find};

use super::statement_page::{Ending, Shown, StatementPage};
use crate::access::{Action, Caller};
use crate::answer::{POSITION, not_found};
use crate::print::{POLICY, page};
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// Print a statement
///
/// A page in Chinese and English: balances before and after, every line, the balance in words, room for a stamp and a
/// signature, and the link the customer answers by, for those who may send it. The figures are those it was issued
/// with, whatever was recorded since.
#[utoipa::path(get, path = "/v1/statements/{id}/document", tag = "statements",
    params(("id" = String, Path, description = "The statement's id")),
    responses((status = 200, body = String, content_type = "text/html")))]
pub(super) async fn show_statement_document(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let id: StatementId = path.parse(ProblemKind::StatementNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Statements::NAME], view.as_ref(), fresh).await?;
    let found = find(&pool, &id).await?;
    let position = found.position;
    let row = found.data.ok_or_else(|| not_found(ProblemKind::StatementNotFound, &id, position))?;
    let link = link(&state, &caller, &row).await?;
    let shown = Shown::load(&state, row, view.as_ref()).await?;
    let ending = Ending::Paper(link.as_deref());
    let html = StatementPage { shown: &shown, seller: &state.settings().seller, ending }.html();
    let mut response = page(html.map_err(Problem::internal)?, POLICY);
    response.headers_mut().insert(POSITION, position.into());
    Ok(response)
}

/// Only of one that waits for its answer. Whoever has it can answer, so nobody else who reads the book gets to see it.
async fn link(state: &ApiState, caller: &Caller, row: &StatementRow) -> Result<Option<String>, Problem> {
    if !caller.role().may(Action::IssueStatements) {
        return Ok(None);
    }
    match row.state {
        StatementState::Issued => {
            let path = state.link_key().await?.path(&row.id);
            let server = state.settings().public_url.as_deref().unwrap_or("");
            Ok(Some(format!("{}{path}", server.trim_end_matches('/'))))
        }
        StatementState::Agreed | StatementState::Disagreed | StatementState::Withdrawn => Ok(None),
    }
}
