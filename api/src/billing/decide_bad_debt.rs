//! Approving or rejecting a write-off somebody else asked for.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, ApproveBadDebt, RejectBadDebt};
use tallybook_domain::Money;
use tallybook_domain::approvals::ApprovalId;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::bill_schema::BadDebtOutcome;
use super::reason_body::BillReasonBody;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, money, text};
use crate::state::ApiState;

/// What is approved, and when the loss is ours.
#[derive(Debug, ToSchema)]
pub(super) struct ApproveBadDebtBody {
    /// What was asked for, as it was looked at: refused if something else is asked for by now.
    #[schema(value_type = schema::Money)]
    amount: Money,
    /// The approval that was looked at: refused if it is not the one that waits, also where the same is asked for again.
    #[schema(value_type = Option<String>, nullable = false, example = "bad_debt.C00042.2026-10.1")]
    approval: Option<ApprovalId>,
    /// Not before the bill's issue. Today, or the day of issue if that is later, if left out.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for ApproveBadDebtBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let amount = body.required("amount", money);
        let approval = body.optional("approval", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { amount: amount?, approval, effective_date })
    }
}

/// Approve a write-off
///
/// The amount is a loss (6702) and no longer receivable (1122). Whoever asked for it cannot approve it, nor can an
/// API key.
#[utoipa::path(post, path = "/v1/bills/{id}/bad-debt/approve", tag = "bills",
    request_body = ApproveBadDebtBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 200, body = BadDebtOutcome)))]
pub(super) async fn approve_bad_debt(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, bill, ApproveBadDebtBody { amount, approval, effective_date }) =
        input.read(Action::ApproveBadDebts, ProblemKind::BillNotFound)?;
    let approve = ApproveBadDebt { bill, amount: Some(amount), approval, effective_date };
    let receipt = commands::approve_bad_debt(state.book(), context, approve).await?;
    done(&receipt)
}

/// Reject a write-off
///
/// The bill stays owed. An API key cannot reject.
#[utoipa::path(post, path = "/v1/bills/{id}/bad-debt/reject", tag = "bills", request_body = BillReasonBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 200, body = BadDebtOutcome)))]
pub(super) async fn reject_bad_debt(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, bill, BillReasonBody { reason }) =
        input.read(Action::ApproveBadDebts, ProblemKind::BillNotFound)?;
    let receipt = commands::reject_bad_debt(state.book(), context, RejectBadDebt { bill, reason }).await?;
    done(&receipt)
}
