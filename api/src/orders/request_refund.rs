//! Asking for money of an order to go back.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::orders::{self as commands, RequestOrderRefund};
use tallybook_domain::Money;
use tallybook_domain::orders::RefundId;
use tallybook_domain::orders::order::MOST_LINES;
use tallybook_domain::text::Reason;
use tallybook_read_models::schema;
use utoipa::ToSchema;
use uuid::Uuid;

use super::order_body::all;
use super::payment_schema::OrderRefundOutcome;
use crate::access::Action;
use crate::answer::created;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, list, money, number, text};
use crate::state::ApiState;

/// What is to go back, and why.
#[derive(Debug, ToSchema)]
pub(super) struct RequestOrderRefundBody {
    #[schema(value_type = schema::Money)]
    amount: Money,
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// The numbers of the order's lines it is about.
    #[schema(value_type = Option<Vec<u32>>, nullable = false)]
    lines: Vec<u32>,
}

impl ReadBody for RequestOrderRefundBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let (amount, reason) = (body.required("amount", money), body.required("reason", text));
        let line = |value: crate::request::JsonValue<'_, '_>| number(value, 1..=u32::MAX);
        let lines = body.optional("lines", |value| list(value, MOST_LINES, line)).map(all);
        Some(Self { amount: amount?, reason: reason?, lines: lines.unwrap_or(Some(Vec::new()))? })
    }
}

/// Ask for a refund of an order
///
/// From when it is paid until it is completed, in parts: all that was refunded and is asked for is never more than was
/// paid. It goes back where the money came from, once somebody else has approved it.
#[utoipa::path(post, path = "/v1/orders/{id}/refunds", tag = "refunds", request_body = RequestOrderRefundBody,
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 201, body = OrderRefundOutcome)))]
pub(super) async fn request_refund(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, order, RequestOrderRefundBody { amount, reason, lines }) =
        input.read(Action::ManageOrders, ProblemKind::OrderNotFound)?;
    let asked = RequestOrderRefund { order, amount, reason, lines };
    created(&commands::request_order_refund(state.book(), context, new_refund_id(), asked).await?)
}

#[expect(clippy::disallowed_methods, reason = "refunds get their id at this edge")]
fn new_refund_id() -> RefundId {
    RefundId::from_uuid(Uuid::now_v7())
}
