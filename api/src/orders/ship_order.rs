//! Shipping an order, or a part of it.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::orders::{self as commands, ShipOrder};
use tallybook_domain::orders::order::MOST_LINES;
use tallybook_domain::orders::{Carrier, ShippedPart, TrackingNo};
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::order_body::{all, part};
use super::schema::OrderOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, list, text};
use crate::state::ApiState;

/// What has left.
#[derive(Debug, ToSchema)]
pub(super) struct ShipOrderBody {
    /// Each line once. It may be left out where `last` is said of what was shipped before.
    #[schema(value_type = Option<Vec<schema::ShippedPart>>, nullable = false)]
    lines: Vec<ShippedPart>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, nullable = false, example = "顺丰")]
    carrier: Option<Carrier>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, nullable = false)]
    tracking_no: Option<TrackingNo>,
    /// Nothing more will be shipped, although something is left; `false`, if left out. Ask for a refund of what is left.
    #[schema(value_type = Option<bool>, nullable = false)]
    last: bool,
}

impl ReadBody for ShipOrderBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let lines = body.optional("lines", |value| list(value, MOST_LINES, part)).map(all);
        let (carrier, tracking_no) = (body.optional("carrier", text), body.optional("tracking_no", text));
        let last = body.optional("last", |value| value.boolean()).unwrap_or(false);
        Some(Self { lines: lines.unwrap_or(Some(Vec::new()))?, carrier, tracking_no, last })
    }
}

/// Ship an order
///
/// In parts, until nothing is left of it. Some days after the last part the customer is taken to have it.
#[utoipa::path(post, path = "/v1/orders/{id}/ship", tag = "orders", request_body = ShipOrderBody,
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 200, body = OrderOutcome)))]
pub(super) async fn ship_order(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, order, ShipOrderBody { lines: parts, carrier, tracking_no, last }) =
        input.read(Action::ManageOrders, ProblemKind::OrderNotFound)?;
    let ship = ShipOrder { order, parts, carrier, tracking_no, last };
    let receipt = commands::ship_order(state.book(), context, ship, state.settings().order_times).await?;
    done(&receipt)
}
