//! Looking at an alert.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::risk::{self as commands, ClaimAlert};

use super::schema::AlertOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{ChangeInput, NoBody};
use crate::state::ApiState;

/// Claim an alert
///
/// Nobody else resolves it then. Whoever asked for the withdrawal cannot claim it, nor can an API key.
#[utoipa::path(post, path = "/v1/risk/alerts/{id}/claim", tag = "risk",
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = AlertOutcome)))]
pub(super) async fn claim_alert(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, alert, NoBody) = input.read(Action::ReviewRisks, ProblemKind::RiskAlertNotFound)?;
    done(&commands::claim_alert(state.book(), context, ClaimAlert { alert }).await?)
}
