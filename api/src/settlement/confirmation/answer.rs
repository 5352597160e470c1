//! A customer sends the form.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tallybook_commands::CommandContext;
use tallybook_commands::settlement::{self as commands, AnswerStatement};
use tallybook_domain::settlement::StatementId;

use super::{link, linked, shown};
use crate::problem::Problem;
use crate::request::{FormInput, PathPair};
use crate::settlement::statement_page::Form;
use crate::state::ApiState;

/// Records the answer, or shows the form once more with what has to be put right.
pub(super) async fn answer_confirmation(
    State(state): State<ApiState>,
    path: PathPair,
    input: FormInput,
) -> Result<Response, Problem> {
    let statement = link::followed(&state, &path).await?;
    let mut form = Form::of(&input);
    let Some((answer, remark, answered_by)) = form.read() else {
        let row = linked(&state, &statement, None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&state, row, &form).await?).into_response());
    };
    let context = by_link(&statement, &input)?;
    let answer = AnswerStatement { statement, answer, remark, answered_by };
    let receipt = commands::answer_statement(state.book(), context, answer).await?;
    // Where it came from, whatever stands before the path there; to be looked at once the answer is on it.
    let location = HeaderValue::from_str(&format!("?min_position={}", receipt.position));
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location.map_err(Problem::internal)?)]).into_response())
}

/// Whoever has the link. A form that is sent twice needs no key: the same answer again decides nothing.
fn by_link(statement: &StatementId, input: &FormInput) -> Result<CommandContext, Problem> {
    Ok(CommandContext {
        actor: format!("statement:{statement}").parse().map_err(Problem::internal)?,
        idempotency_key: None,
        request_id: Some(input.context.request_id.clone()),
        client_address: input.context.client_address(),
        dry_run: false,
    })
}
