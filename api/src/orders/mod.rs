//! Orders (订单) over HTTP, and the steps they take by themselves.

mod attend;
mod begin_payment;
mod cancel_order;
mod find_order;
mod list_orders;
mod list_payments;
mod list_refunds;
mod order_body;
mod pay_order;
mod payment_schema;
mod place_order;
mod receive_order;
mod request_refund;
mod schema;
mod settle_payment;
mod settle_refund;
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
        .routes(routes!(begin_payment::begin_payment))
        .routes(routes!(list_payments::list_payments))
        .routes(routes!(list_payments::find_payment))
        .routes(routes!(settle_payment::confirm_payment))
        .routes(routes!(settle_payment::charge_payment_fee))
        .routes(routes!(settle_payment::close_payment))
        .routes(routes!(settle_payment::resolve_payment))
        .routes(routes!(request_refund::request_refund))
        .routes(routes!(list_refunds::list_order_refunds))
        .routes(routes!(list_refunds::find_order_refund))
        .routes(routes!(settle_refund::approve_order_refund))
        .routes(routes!(settle_refund::reject_order_refund))
        .routes(routes!(settle_refund::submit_order_refund))
        .routes(routes!(settle_refund::succeed_order_refund))
        .routes(routes!(settle_refund::fail_order_refund))
}
