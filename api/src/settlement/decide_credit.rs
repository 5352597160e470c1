//! Approving or rejecting a credit note that waits.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::settlement::{self as commands, ApproveCredit, RejectCredit};

use super::reason_body::{ApprovalBody, RejectionBody};
use super::schema::CreditNoteOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Approve a credit note that waits
///
/// It is granted on the day that was asked for, if nothing else is said. Whoever asked for it cannot approve it, nor can
/// an API key.
#[utoipa::path(post, path = "/v1/credit-notes/{id}/approve", tag = "write-offs",
    request_body = ApprovalBody,
    params(("id" = String, Path, description = "The credit note's id")),
    responses((status = 200, body = CreditNoteOutcome)))]
pub(super) async fn approve_credit(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, credit_note, ApprovalBody { effective_date }) =
        input.read(Action::ApproveWriteOffs, ProblemKind::CreditNoteNotFound)?;
    let approve = ApproveCredit { credit_note, effective_date };
    done(&commands::approve_credit(state.book(), context, approve).await?)
}

/// Reject a credit note that waits
///
/// Nothing is owed of it. An API key cannot reject.
#[utoipa::path(post, path = "/v1/credit-notes/{id}/reject", tag = "write-offs",
    request_body = RejectionBody,
    params(("id" = String, Path, description = "The credit note's id")),
    responses((status = 200, body = CreditNoteOutcome)))]
pub(super) async fn reject_credit(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, credit_note, RejectionBody { reason }) =
        input.read(Action::ApproveWriteOffs, ProblemKind::CreditNoteNotFound)?;
    let reject = RejectCredit { credit_note, reason };
    done(&commands::reject_credit(state.book(), context, reject).await?)
}
