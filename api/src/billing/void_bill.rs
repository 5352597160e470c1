//! Voiding a bill.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::billing::{self as commands, VoidBill};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::bill_schema::VoidedBill;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

/// Why a bill is taken back.
#[derive(Debug, ToSchema)]
pub(super) struct VoidBillBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// Today, if left out.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for VoidBillBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { reason: reason?, effective_date })
    }
}

/// Void a bill
///
/// A draft, or an issued bill nothing has been applied to but what the customer's wallet paid, which goes back to the
/// wallet; the bill's number stays taken, and what was used can be billed again. A second voiding changes nothing.
#[utoipa::path(post, path = "/v1/bills/{id}/void", tag = "bills", request_body = VoidBillBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 200, body = VoidedBill)))]
pub(super) async fn void_bill(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, bill, VoidBillBody { reason, effective_date }) =
        input.read(Action::ManageBills, ProblemKind::BillNotFound)?;
    let void = VoidBill { bill, reason, effective_date };
    let receipt = commands::void_bill(state.book(), context, void).await?;
    done(&receipt)
}
