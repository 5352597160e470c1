//! One statement.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::settlement::StatementId;
use tallybook_read_models::settlement::{StatementRow, Statements, find_statement as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a statement
///
/// As it was issued, and what the customer says to it. Its lines are those of the customer's statement with the same
/// days and `known_at`.
#[utoipa::path(get, path = "/v1/statements/{id}", tag = "statements",
    params(("id" = String, Path, description = "The statement's id")),
    responses((status = 200, body = Answer<StatementRow>)))]
pub(super) async fn find_statement(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let statement: StatementId = path.parse(ProblemKind::StatementNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Statements::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &statement).await?, ProblemKind::StatementNotFound, &statement)
}
