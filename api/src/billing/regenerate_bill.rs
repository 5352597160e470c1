//! Billing a voided month again.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, RegenerateBill};
use utoipa::ToSchema;

use super::late_schema::RegeneratedBill;
use crate::access::Action;
use crate::answer::{created, done};
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date};
use crate::state::ApiState;

/// When the bill is issued.
#[derive(Debug, ToSchema)]
pub(super) struct RegenerateBillBody {
    /// From the effective date of the voiding up to tomorrow, in an open period. Today, if left out.
    issue_date: Option<NaiveDate>,
}

impl ReadBody for RegenerateBillBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { issue_date: body.optional("issue_date", date) })
    }
}

/// Bill a voided bill's month again
///
/// By the plans and the usage as they are now, under a new number, as the next revision. If that is there already, it
/// is the answer (200).
#[utoipa::path(post, path = "/v1/bills/{id}/regenerate", tag = "bills", request_body = RegenerateBillBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 201, body = RegeneratedBill), (status = 200, body = RegeneratedBill)))]
pub(super) async fn regenerate_bill(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, bill, RegenerateBillBody { issue_date }) =
        input.read(Action::ManageBills, ProblemKind::BillNotFound)?;
    let regenerate = RegenerateBill { bill, issue_date };
    let receipt =
        commands::regenerate_bill(state.book(), context, regenerate, state.settings().credit_policy).await?;
    if receipt.outcome.new { created(&receipt) } else { done(&receipt) }
}
