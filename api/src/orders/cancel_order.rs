//! Cancelling an order that is not paid.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::orders::{self as commands, CancelOrder};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::OrderOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why the order is no longer wanted.
#[derive(Debug, ToSchema)]
pub(super) struct CancelOrderBody {
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    reason: Option<Reason>,
}

impl ReadBody for CancelOrderBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.optional("reason", text) })
    }
}

/// Cancel an order
///
/// Until it is paid; what is paid is refunded. Money that comes for it later does not bring it back.
#[utoipa::path(post, path = "/v1/orders/{id}/cancel", tag = "orders",
    request_body = Option<CancelOrderBody>,
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 200, body = OrderOutcome)))]
pub(super) async fn cancel_order(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, order, CancelOrderBody { reason }) =
        input.read(Action::ManageOrders, ProblemKind::OrderNotFound)?;
    let receipt = commands::cancel_order(state.book(), context, CancelOrder { order, reason }).await?;
    done(&receipt)
}
