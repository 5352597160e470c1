//! The rules of risk, with their versions.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::risk::{RiskRulesOfBook, RiskRulesProjection, risk_rules_of_book};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::answer;
use crate::problem::Problem;
use crate::request::ReadInput;
use crate::state::ApiState;

/// See the rules of risk
///
/// Those that count, and the versions before them.
#[utoipa::path(get, path = "/v1/risk/rules", tag = "risk",
    responses((status = 200, body = Answer<RiskRulesOfBook>)))]
pub(super) async fn show_risk_rules(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[RiskRulesProjection::NAME], view.as_ref(), fresh).await?;
    answer(&risk_rules_of_book(&pool).await?)
}
