//! Placing an order.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::orders as commands;

use super::order_body::{PlaceOrderBody, ReadOrder};
use super::schema::PlacedOrder;
use crate::access::{Action, Caller};
use crate::answer::{created, done};
use crate::problem::Problem;
use crate::request::CommandInput;
use crate::state::ApiState;

/// Place an order
///
/// What is to be paid is the sum of its lines, each rounded once, less discounts, and freight. It has some time to be
/// paid, and is cancelled then. The same order sent again under its number is answered with the first, as 200 and with
/// `known`; another under the same number is refused. Until it is paid or cancelled it uses the customer's credit: one
/// that passes the limit is told of in `passed_limit` and in a credit alert, or refused, as the server is set.
#[utoipa::path(post, path = "/v1/orders", tag = "orders", request_body = PlaceOrderBody,
    responses((status = 201, body = PlacedOrder),
        (status = 200, description = "The same order was placed before", body = PlacedOrder)))]
pub(super) async fn place_order(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageOrders)?;
    let (context, ReadOrder(order)) = input.command(&caller)?;
    let (times, policy) = (state.settings().order_times, state.settings().credit_policy);
    let receipt = commands::place_order(state.book(), context, order, times, policy).await?;
    if receipt.outcome.known { done(&receipt) } else { created(&receipt) }
}
