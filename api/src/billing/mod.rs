//! Price plans, usage and bills (计费, 账单) over HTTP.

mod list_usage;
mod quote;
mod record_usage;
mod record_usage_batch;
mod schema;
mod show_customer_usage;
mod terms;
mod usage;
mod usage_body;
mod usage_schema;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(quote::quote))
        .routes(routes!(list_usage::list_usage, record_usage::record_usage))
        .routes(routes!(record_usage_batch::record_usage_batch))
        .routes(routes!(show_customer_usage::show_customer_usage))
}
