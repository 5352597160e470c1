//! A refund that the bank sent back.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::settlement::{self as commands, ReturnRefund};
use tallybook_domain::Money;
use tallybook_domain::text::Reason;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::schema::ReceiptOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, money, text};
use crate::state::ApiState;

/// What came back, and why.
#[derive(Debug, ToSchema)]
pub(super) struct ReturnRefundBody {
    /// All that was paid back, if left out.
    #[schema(value_type = Option<schema::Money>)]
    amount: Option<Money>,
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// Today, if left out.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for ReturnRefundBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let amount = body.optional("amount", money);
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { amount, reason: reason?, effective_date })
    }
}

/// Record that the bank sent a refund back
///
/// The money is the customer's advance again: from 1002 to 2203.
#[utoipa::path(post, path = "/v1/receipts/{id}/refund/return", tag = "receipts",
    request_body = ReturnRefundBody,
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = ReceiptOutcome)))]
pub(super) async fn return_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, receipt, ReturnRefundBody { amount, reason, effective_date }) =
        input.read(Action::ManageReceipts, ProblemKind::ReceiptNotFound)?;
    let returned = ReturnRefund { receipt, amount, reason, effective_date };
    done(&commands::return_refund(state.book(), context, returned).await?)
}
