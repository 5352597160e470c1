//! Approving or rejecting a refund somebody else asked for.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::settlement::{self as commands, ApproveRefund, RejectRefund};

use super::reason_body::{ApprovalBody, RejectionBody};
use super::schema::ReceiptOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Approve a refund
///
/// The money goes out by bank: from 2203 to 1002. Whoever asked for it cannot approve it, nor can an API key; while
/// the customer is suspended, nobody can.
#[utoipa::path(post, path = "/v1/receipts/{id}/refund/approve", tag = "receipts",
    request_body = ApprovalBody,
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = ReceiptOutcome)))]
pub(super) async fn approve_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, receipt, ApprovalBody { effective_date }) =
        input.read(Action::ApproveRefunds, ProblemKind::ReceiptNotFound)?;
    let approve = ApproveRefund { receipt, effective_date };
    done(&commands::approve_refund(state.book(), context, approve).await?)
}

/// Reject a refund
///
/// The money is free again. An API key cannot reject.
#[utoipa::path(post, path = "/v1/receipts/{id}/refund/reject", tag = "receipts",
    request_body = RejectionBody,
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = ReceiptOutcome)))]
pub(super) async fn reject_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, receipt, RejectionBody { reason }) =
        input.read(Action::ApproveRefunds, ProblemKind::ReceiptNotFound)?;
    done(&commands::reject_refund(state.book(), context, RejectRefund { receipt, reason }).await?)
}
