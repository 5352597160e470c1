//! The rules of approval, with their versions.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::approvals::{
    ApprovalRulesOfBook, ApprovalRulesProjection, approval_rules_of_book,
};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::answer;
use crate::problem::Problem;
use crate::request::ReadInput;
use crate::state::ApiState;

/// See the rules of approval
///
/// Those that count, and the versions before them.
#[utoipa::path(get, path = "/v1/approvals/rules", tag = "approvals",
    responses((status = 200, body = Answer<ApprovalRulesOfBook>)))]
pub(super) async fn show_approval_rules(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[ApprovalRulesProjection::NAME], view.as_ref(), fresh).await?;
    answer(&approval_rules_of_book(&pool).await?)
}
