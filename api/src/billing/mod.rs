//! Price plans, usage and bills (计费, 账单) over HTTP.

mod quote;
mod schema;
mod terms;
mod usage;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(quote::quote))
}
