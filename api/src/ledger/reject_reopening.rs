//! Leaving a month closed that somebody wants to have opened.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::ledger::{self as commands, RejectReopening};

use super::period_schema::PeriodOutcome;
use super::request_reopening::ReopeningBody;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Reject that a month is reopened
///
/// It stays closed. An API key cannot reject.
#[utoipa::path(post, path = "/v1/ledger/periods/{month}/reject-reopening", tag = "periods",
    request_body = ReopeningBody, params(("month" = String, Path, example = "2026-10")),
    responses((status = 200, body = PeriodOutcome)))]
pub(super) async fn reject_reopening(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, period, ReopeningBody { reason }) =
        input.read(Action::ApproveReopenings, ProblemKind::PeriodNotFound)?;
    done(&commands::reject_reopening(state.book(), context, RejectReopening { period, reason }).await?)
}
