//! Approving or rejecting a refund somebody else asked for.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::settlement::{self as commands, ApproveRefund, RejectRefund};
use tallybook_domain::Money;
use tallybook_domain::approvals::ApprovalId;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::reason_body::RejectionBody;
use super::schema::ReceiptOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, money, text};
use crate::state::ApiState;

/// What is approved, and when it goes out.
#[derive(Debug, ToSchema)]
pub(super) struct ApproveRefundBody {
    /// What was asked for, as it was looked at: refused if something else is asked for by now.
    #[schema(value_type = schema::Money)]
    amount: Money,
    /// The approval that was looked at: refused if it is not the one that waits, also where the same is asked for again.
    #[schema(value_type = Option<String>, nullable = false, example = "refund.RP3XP6RJ5HNHZQAV0.1")]
    approval: Option<ApprovalId>,
    /// Today, if left out, or the first day on which it can happen, if that is later.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for ApproveRefundBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let amount = body.required("amount", money);
        let approval = body.optional("approval", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { amount: amount?, approval, effective_date })
    }
}

/// Approve a refund
///
/// The money goes out by bank: from 2203 to 1002. Whoever asked for it cannot approve it, nor can an API key; while
/// the customer is suspended, nobody can.
#[utoipa::path(post, path = "/v1/receipts/{id}/refund/approve", tag = "receipts",
    request_body = ApproveRefundBody,
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = ReceiptOutcome)))]
pub(super) async fn approve_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, receipt, ApproveRefundBody { amount, approval, effective_date }) =
        input.read(Action::ApproveRefunds, ProblemKind::ReceiptNotFound)?;
    let approve = ApproveRefund { receipt, amount: Some(amount), approval, effective_date };
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
