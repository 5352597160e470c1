//! One alert.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::WithdrawalId;
use tallybook_read_models::risk::{RiskAlertDetail, RiskAlerts, RiskAssessments, find_alert as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See an alert
///
/// With the judgement it was raised by: everything that was known, and what each rule said.
#[utoipa::path(get, path = "/v1/risk/alerts/{id}", tag = "risk",
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = Answer<RiskAlertDetail>)))]
pub(super) async fn find_alert(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let alert: WithdrawalId = path.parse(ProblemKind::RiskAlertNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[RiskAlerts::NAME, RiskAssessments::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &alert).await?, ProblemKind::RiskAlertNotFound, &alert)
}
