//! One bill.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::billing::BillId;
use tallybook_read_models::billing::{BillOnDay, Bills, find_bill as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a bill
///
/// With its lines, the tiers they used, and its notes.
#[utoipa::path(get, path = "/v1/bills/{id}", tag = "bills",
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 200, body = Answer<BillOnDay>)))]
pub(super) async fn find_bill(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let bill: BillId = path.parse(ProblemKind::BillNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Bills::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &bill, state.book().today()).await?, ProblemKind::BillNotFound, &bill)
}
