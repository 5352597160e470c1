//! Taking back a statement that should not have been sent.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::settlement::{self as commands, WithdrawStatement};

use super::reason_body::RejectionBody;
use super::schema::StatementOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Withdraw a statement
///
/// It was wrong, or sent to the wrong one: its link leads nowhere from then on. What was answered before stays on it.
#[utoipa::path(post, path = "/v1/statements/{id}/withdraw", tag = "statements", request_body = RejectionBody,
    params(("id" = String, Path, description = "The statement's id")),
    responses((status = 200, body = StatementOutcome)))]
pub(super) async fn withdraw_statement(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, statement, RejectionBody { reason }) =
        input.read(Action::IssueStatements, ProblemKind::StatementNotFound)?;
    let withdraw = WithdrawStatement { statement, reason };
    done(&commands::withdraw_statement(state.book(), context, withdraw).await?)
}
