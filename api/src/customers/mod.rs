//! Customers over HTTP.

mod assign_account_manager;
mod change_customer;
mod close_customer;
mod erase_customer;
mod file;
mod find_customer;
mod import_customers;
mod list_customers;
mod reactivate_customer;
mod register_customer;
mod schema;
mod show_customer_figures;
mod shown;
mod suspend_customer;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_customers::list_customers, register_customer::register_customer))
        .routes(routes!(import_customers::import_customers))
        .routes(routes!(import_customers::import_template))
        .routes(routes!(assign_account_manager::assign_account_manager))
        .routes(routes!(find_customer::find_customer, change_customer::change_customer))
        .routes(routes!(show_customer_figures::show_customer_figures))
        .routes(routes!(suspend_customer::suspend_customer))
        .routes(routes!(reactivate_customer::reactivate_customer))
        .routes(routes!(close_customer::close_customer))
        .routes(routes!(erase_customer::erase_customer))
}
