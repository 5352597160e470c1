//! The customer has what was ordered.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::orders::{self as commands, ReceiveOrder};

use super::schema::OrderOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{ChangeInput, NoBody};
use crate::state::ApiState;

/// Say that an order was received
///
/// Otherwise it is taken for received some days after its last part was shipped. From then on the refund window runs,
/// after which the order is completed.
#[utoipa::path(post, path = "/v1/orders/{id}/receive", tag = "orders",
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 200, body = OrderOutcome)))]
pub(super) async fn receive_order(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, order, NoBody) = input.read(Action::ManageOrders, ProblemKind::OrderNotFound)?;
    let times = state.settings().order_times;
    let receipt = commands::receive_order(state.book(), context, ReceiveOrder { order }, times).await?;
    done(&receipt)
}
