//! Orders (订单) over HTTP, and the steps they take by themselves.

mod attend;
mod cancel_order;
mod find_order;
mod list_orders;
mod order_body;
mod pay_order;
mod place_order;
mod receive_order;
mod schema;
mod ship_order;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use attend::attend;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_orders::list_orders, place_order::place_order))
        .routes(routes!(find_order::find_order))
        .routes(routes!(pay_order::pay_order))
        .routes(routes!(ship_order::ship_order))
        .routes(routes!(receive_order::receive_order))
        .routes(routes!(cancel_order::cancel_order))
}
