//! Opening a dispute.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::billing::{self as commands, OpenDispute};

use super::bill_schema::DisputedBill;
use super::reason_body::BillReasonBody;
use crate::access::Action;
use crate::answer::created;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Open a dispute
///
/// The customer contests an issued bill. What is owed stays owed until a credit note says otherwise.
#[utoipa::path(post, path = "/v1/bills/{id}/disputes", tag = "bills", request_body = BillReasonBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 201, body = DisputedBill)))]
pub(super) async fn open_dispute(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, bill, BillReasonBody { reason }) =
        input.read(Action::ManageBills, ProblemKind::BillNotFound)?;
    let receipt = commands::open_dispute(state.book(), context, OpenDispute { bill, reason }).await?;
    created(&receipt)
}
