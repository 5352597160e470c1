//! Asking to pay back what is left of a receipt.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::settlement::{self as commands, RequestRefund};
use tallybook_domain::Money;
use tallybook_domain::text::Reason;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::schema::ReceiptOutcome;
use crate::access::Action;
use crate::answer::created;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, money, text};
use crate::state::ApiState;

/// How much is to be paid back, and why.
#[derive(Debug, ToSchema)]
pub(super) struct RefundBody {
    #[schema(value_type = schema::Money)]
    amount: Money,
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for RefundBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let amount = body.required("amount", money);
        let reason = body.required("reason", text);
        Some(Self { amount: amount?, reason: reason? })
    }
}

/// Ask to pay back what is left of a receipt
///
/// Until somebody else has approved or rejected it, nothing else can take the money. One request at a time.
#[utoipa::path(post, path = "/v1/receipts/{id}/refund", tag = "receipts", request_body = RefundBody,
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 201, body = ReceiptOutcome)))]
pub(super) async fn request_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, receipt, RefundBody { amount, reason }) =
        input.read(Action::ManageReceipts, ProblemKind::ReceiptNotFound)?;
    let asked = RequestRefund { receipt, amount, reason };
    created(&commands::request_refund(state.book(), context, asked).await?)
}
