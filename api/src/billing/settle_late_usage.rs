//! Settling late usage.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, SettleLateUsage};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::late_schema::SettledLateUsage;
use crate::access::Action;
use crate::answer::{created, done};
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

/// Why, and when.
#[derive(Debug, ToSchema)]
pub(super) struct SettleLateUsageBody {
    /// Of the credit note, if less is owed.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// Of the bill, or the effective date of the note: up to tomorrow, in an open period. Today, if left out.
    issue_date: Option<NaiveDate>,
}

impl ReadBody for SettleLateUsageBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let reason = body.required("reason", text);
        let issue_date = body.optional("issue_date", date);
        Some(Self { reason: reason?, issue_date })
    }
}

/// Settle the late usage of a bill
///
/// A bill of the difference with its own number and due date if more is owed, a credit note if less; nothing (200) if
/// nothing is left to settle.
#[utoipa::path(post, path = "/v1/bills/{id}/late-usage/settle", tag = "bills",
    request_body = SettleLateUsageBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 201, body = SettledLateUsage), (status = 200, body = SettledLateUsage)))]
pub(super) async fn settle_late_usage(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, bill, SettleLateUsageBody { reason, issue_date }) =
        input.read(Action::ManageBills, ProblemKind::BillNotFound)?;
    let settle = SettleLateUsage { bill, reason, issue_date };
    let receipt =
        commands::settle_late_usage(state.book(), context, settle, state.settings().credit_policy).await?;
    let nothing = receipt.outcome.bill.is_none() && receipt.outcome.credit_notes.is_empty();
    if nothing { done(&receipt) } else { created(&receipt) }
}
