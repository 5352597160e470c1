//! Letting a withdrawal go that was under review, or rejecting it.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::risk::{self as commands, ResolveAlert};
use tallybook_domain::risk::Resolution;
use tallybook_domain::text::Reason;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::schema::AlertOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// What was decided.
#[derive(Debug, ToSchema)]
pub(super) struct ResolveAlertBody {
    #[schema(value_type = schema::RiskResolution)]
    resolution: Resolution,
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for ResolveAlertBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let (resolution, reason) = (body.required("resolution", text), body.required("reason", text));
        Some(Self { resolution: resolution?, reason: reason? })
    }
}

/// Resolve an alert
///
/// `released`: the withdrawal waits for approval as any other; a blocked one is not approved by who released it.
/// `rejected`: the withdrawal is rejected with it, and its money is available again. Whoever asked for the withdrawal cannot
/// resolve it, nor can an API key, nor anybody while somebody else has claimed it.
#[utoipa::path(post, path = "/v1/risk/alerts/{id}/resolve", tag = "risk", request_body = ResolveAlertBody,
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = AlertOutcome)))]
pub(super) async fn resolve_alert(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, alert, ResolveAlertBody { resolution, reason }) =
        input.read(Action::ReviewRisks, ProblemKind::RiskAlertNotFound)?;
    let resolve = ResolveAlert { alert, resolution, reason };
    done(&commands::resolve_alert(state.book(), context, resolve).await?)
}
