//! How a dispute ends.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::billing::{self as commands, CloseDispute};
use tallybook_domain::billing::bill::DisputeOutcome;

use super::bill_schema::DisputedBill;
use super::reason_body::BillReasonBody;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Say that the customer won a dispute
///
/// What is owed less by that is a credit note of its own.
#[utoipa::path(post, path = "/v1/bills/{id}/dispute/won", tag = "bills", request_body = BillReasonBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 200, body = DisputedBill)))]
pub(super) async fn win_dispute(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    close(&state, &input, DisputeOutcome::Won).await
}

/// Say that the customer lost a dispute
#[utoipa::path(post, path = "/v1/bills/{id}/dispute/lost", tag = "bills", request_body = BillReasonBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 200, body = DisputedBill)))]
pub(super) async fn lose_dispute(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    close(&state, &input, DisputeOutcome::Lost).await
}

async fn close(state: &ApiState, input: &ChangeInput, outcome: DisputeOutcome) -> Result<Response, Problem> {
    let (context, bill, BillReasonBody { reason }) =
        input.read(Action::ManageBills, ProblemKind::BillNotFound)?;
    let close = CloseDispute { bill, outcome, reason };
    let receipt = commands::close_dispute(state.book(), context, close).await?;
    done(&receipt)
}
