//! One approval.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::approvals::ApprovalId;
use tallybook_read_models::approvals::{ApprovalRow, Approvals, find_approval as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See an approval
///
/// Who asked for what, who has agreed, and what was decided.
#[utoipa::path(get, path = "/v1/approvals/{id}", tag = "approvals",
    params(("id" = String, Path, example = "refund.RP3XP6RJ5HNHZQAV0.1")),
    responses((status = 200, body = Answer<ApprovalRow>)))]
pub(super) async fn find_approval(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let approval: ApprovalId = path.parse(ProblemKind::ApprovalNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Approvals::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &approval).await?, ProblemKind::ApprovalNotFound, &approval)
}
