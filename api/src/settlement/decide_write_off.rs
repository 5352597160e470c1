//! Approving or rejecting a write-off that waits.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::settlement::{self as commands, ApproveWriteOff, RejectWriteOff};

use super::reason_body::{ApprovalBody, RejectionBody};
use super::schema::WriteOffOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Approve a write-off that waits
///
/// It happens now, if enough is left of its sources and bills. Whoever made it cannot approve it, nor can an API key.
#[utoipa::path(post, path = "/v1/write-offs/{id}/approve", tag = "write-offs",
    request_body = ApprovalBody,
    params(("id" = String, Path, description = "The write-off's id")),
    responses((status = 200, body = WriteOffOutcome)))]
pub(super) async fn approve_write_off(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, write_off, ApprovalBody { effective_date }) =
        input.read(Action::ApproveWriteOffs, ProblemKind::WriteOffNotFound)?;
    let approve = ApproveWriteOff { write_off, effective_date };
    done(&commands::approve_write_off(state.book(), context, approve).await?)
}

/// Reject a write-off that waits
///
/// Nothing happens. An API key cannot reject.
#[utoipa::path(post, path = "/v1/write-offs/{id}/reject", tag = "write-offs",
    request_body = RejectionBody,
    params(("id" = String, Path, description = "The write-off's id")),
    responses((status = 200, body = WriteOffOutcome)))]
pub(super) async fn reject_write_off(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, write_off, RejectionBody { reason }) =
        input.read(Action::ApproveWriteOffs, ProblemKind::WriteOffNotFound)?;
    let reject = RejectWriteOff { write_off, reason };
    done(&commands::reject_write_off(state.book(), context, reject).await?)
}
