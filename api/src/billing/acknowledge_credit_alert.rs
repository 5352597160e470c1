//! Acknowledging a credit alert.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::billing::{self as commands, AcknowledgeCreditAlert};
use tallybook_domain::text::Remark;
use utoipa::ToSchema;

use super::bill_schema::CreditAlertOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// What was done about it.
#[derive(Debug, ToSchema)]
pub(super) struct CreditAlertBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    remark: Remark,
}

impl ReadBody for CreditAlertBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { remark: body.required("remark", text)? })
    }
}

/// Acknowledge a credit alert
///
/// Somebody has seen to it; neither the bill or the order nor the limit changes. A second acknowledgement changes nothing.
#[utoipa::path(post, path = "/v1/credit-alerts/{id}/acknowledge", tag = "bills", request_body = CreditAlertBody,
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 200, body = CreditAlertOutcome)))]
pub(super) async fn acknowledge_credit_alert(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, subject, CreditAlertBody { remark }) =
        input.read(Action::ManageBills, ProblemKind::CreditAlertNotFound)?;
    let acknowledge = AcknowledgeCreditAlert { subject, remark };
    let receipt = commands::acknowledge_credit_alert(state.book(), context, acknowledge).await?;
    done(&receipt)
}
