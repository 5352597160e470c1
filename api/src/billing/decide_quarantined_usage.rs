//! Accepting or dismissing usage that was not believed.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::billing::{self as commands, AcceptQuarantinedUsage, DismissQuarantinedUsage};
use tallybook_domain::billing::pricing::Quantity;
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::reason_body::BillReasonBody;
use super::source_schema::QuarantinedOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why it is right after all.
#[derive(Debug, ToSchema)]
pub(super) struct AcceptUsageBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// The right one, if it is not the one that came. Needed where that is no quantity.
    #[schema(value_type = Option<String>, example = "120.5")]
    quantity: Option<Quantity>,
}

impl ReadBody for AcceptUsageBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let reason = body.required("reason", text);
        let quantity = body.optional("quantity", text);
        Some(Self { reason: reason?, quantity })
    }
}

/// Accept usage that was not believed
///
/// It is recorded in the same decision, once, in place of what had been recorded when it came. If something else is
/// recorded by now, it is refused.
#[utoipa::path(post, path = "/v1/usage/quarantine/{id}/accept", tag = "usage", request_body = AcceptUsageBody,
    params(("id" = String, Path, example = "C00042.2026-10.q1")),
    responses((status = 200, body = QuarantinedOutcome)))]
pub(super) async fn accept_quarantined_usage(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, id, AcceptUsageBody { reason, quantity }) =
        input.read(Action::RecordUsage, ProblemKind::QuarantinedUsageNotFound)?;
    let accept = AcceptQuarantinedUsage { id, quantity, reason };
    let receipt = commands::accept_quarantined_usage(state.book(), context, accept).await?;
    done(&receipt)
}

/// Dismiss usage that was not believed
///
/// It is never recorded, and does not come back when the source sends it again.
#[utoipa::path(post, path = "/v1/usage/quarantine/{id}/dismiss", tag = "usage", request_body = BillReasonBody,
    params(("id" = String, Path, example = "C00042.2026-10.q1")),
    responses((status = 200, body = QuarantinedOutcome)))]
pub(super) async fn dismiss_quarantined_usage(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, id, BillReasonBody { reason }) =
        input.read(Action::RecordUsage, ProblemKind::QuarantinedUsageNotFound)?;
    let dismiss = DismissQuarantinedUsage { id, reason };
    let receipt = commands::dismiss_quarantined_usage(state.book(), context, dismiss).await?;
    done(&receipt)
}
