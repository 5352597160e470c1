//! One receipt.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::settlement::ReceiptId;
use tallybook_read_models::settlement::{ReceiptRow, Receipts, find_receipt as find};
use tallybook_read_models::{Answer, Projection};

use super::list_receipts::as_seen_by;
use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a receipt
#[utoipa::path(get, path = "/v1/receipts/{id}", tag = "receipts",
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = Answer<ReceiptRow>)))]
pub(super) async fn find_receipt(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let receipt: ReceiptId = path.parse(ProblemKind::ReceiptNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Receipts::NAME], view.as_ref(), fresh).await?;
    let Answer { data, position } = find(&pool, &receipt).await?;
    let data = data.map(|row| as_seen_by(&caller, row)).transpose()?;
    found(Answer { data, position }, ProblemKind::ReceiptNotFound, &receipt)
}
