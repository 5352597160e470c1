//! Customers over HTTP.

mod find_customer;
mod list_customers;
mod reactivate_customer;
mod register_customer;
mod rename_customer;
mod schema;
mod suspend_customer;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_customers::list_customers, register_customer::register_customer))
        .routes(routes!(find_customer::find_customer, rename_customer::rename_customer))
        .routes(routes!(suspend_customer::suspend_customer))
        .routes(routes!(reactivate_customer::reactivate_customer))
}
