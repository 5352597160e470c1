//! Opening a month that somebody else wants to have opened.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::ledger as commands;

use super::period_schema::PeriodOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{ChangeInput, NoBody};
use crate::state::ApiState;

/// Approve that a month is reopened
///
/// Whoever asked for it cannot approve it, nor can an API key.
#[utoipa::path(post, path = "/v1/ledger/periods/{month}/approve-reopening", tag = "periods",
    params(("month" = String, Path, example = "2026-10")),
    responses((status = 200, body = PeriodOutcome)))]
pub(super) async fn approve_reopening(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, month, NoBody) = input.read(Action::ApproveReopenings, ProblemKind::PeriodNotFound)?;
    done(&commands::approve_reopening(state.book(), context, month).await?)
}
