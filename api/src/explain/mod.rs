//! Why figures are what they are, over HTTP.

mod question;
mod show_explanation;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(show_explanation::show_explanation))
}
