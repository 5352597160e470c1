//! One batch.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::payouts::PayoutBatchId;
use tallybook_read_models::payouts::{PayoutBatch, Payouts, find_payout_batch as find};
use tallybook_read_models::{Answer, Projection};

use super::list_payout_batches::mask_debtor;
use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a payout batch
///
/// With its sums. What is in it: `GET /v1/payouts?batch=…`.
#[utoipa::path(get, path = "/v1/payout-batches/{id}", tag = "payouts",
    params(("id" = String, Path, description = "The batch's id", example = "B01K7RA8ZAYFGXSMRSF9FMC3M05")),
    responses((status = 200, body = Answer<PayoutBatch>)))]
pub(super) async fn find_payout_batch(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let batch: PayoutBatchId = path.parse(ProblemKind::PayoutBatchNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Payouts::NAME], view.as_ref(), fresh).await?;
    let Answer { mut data, position } = find(&pool, &batch).await?;
    if let Some(found) = &mut data {
        mask_debtor(&caller, &mut found.row.debtor)?;
    }
    found(Answer { data, position }, ProblemKind::PayoutBatchNotFound, &batch)
}
