//! Moving back from the customer's wallet what had come from a receipt.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::settlement::{self as commands, MoveBack};

use super::move_advance::MoveAdvanceBody;
use super::schema::ReceiptOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Move back what went to the wallet
///
/// As far as the wallet has it available: from 2241.01 to 2203. A receipt that bounced is reversed afterwards.
#[utoipa::path(post, path = "/v1/receipts/{id}/move-back", tag = "receipts",
    request_body = MoveAdvanceBody,
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = ReceiptOutcome)))]
pub(super) async fn move_back(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, receipt, MoveAdvanceBody { amount, effective_date }) =
        input.read(Action::ManageReceipts, ProblemKind::ReceiptNotFound)?;
    done(&commands::move_back(state.book(), context, MoveBack { receipt, amount, effective_date }).await?)
}
