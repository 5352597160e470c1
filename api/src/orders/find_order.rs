//! One order.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::orders::OrderId;
use tallybook_read_models::orders::{Order, Orders, find_order as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See an order
///
/// With its lines as they were sold, what was paid, refunded and shipped of it, and its timeline.
#[utoipa::path(get, path = "/v1/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 200, body = Answer<Order>)))]
pub(super) async fn find_order(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let order: OrderId = path.parse(ProblemKind::OrderNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Orders::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &order).await?, ProblemKind::OrderNotFound, &order)
}
