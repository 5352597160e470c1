//! Asking to write off what a customer will not pay.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::billing::{self as commands, RequestBadDebt};
use tallybook_domain::Money;
use tallybook_domain::text::Reason;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::bill_schema::BadDebtOutcome;
use crate::access::Action;
use crate::answer::created;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, money, text};
use crate::state::ApiState;

/// How much is to be given up, and why.
#[derive(Debug, ToSchema)]
pub(super) struct BadDebtBody {
    /// With its tax; up to what is left of the bill.
    #[schema(value_type = schema::Money)]
    amount: Money,
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for BadDebtBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let amount = body.required("amount", money);
        let reason = body.required("reason", text);
        Some(Self { amount: amount?, reason: reason? })
    }
}

/// Ask to write off a bill as bad debt
///
/// Nothing is posted before somebody else has approved. One request at a time.
#[utoipa::path(post, path = "/v1/bills/{id}/bad-debt", tag = "bills", request_body = BadDebtBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 201, body = BadDebtOutcome)))]
pub(super) async fn request_bad_debt(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, bill, BadDebtBody { amount, reason }) =
        input.read(Action::ManageBills, ProblemKind::BillNotFound)?;
    let asked = RequestBadDebt { bill, amount, reason };
    let receipt = commands::request_bad_debt(state.book(), context, asked).await?;
    created(&receipt)
}
