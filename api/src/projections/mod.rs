//! The state of the read models over HTTP, letting them go on, and rebuilding them.

mod cancel_rebuild;
mod find_rebuild;
mod list_projections;
mod list_rebuilds;
mod projection;
mod rebuild;
mod request_rebuild;
mod resume_projection;
mod stream_rebuild;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_projections::list_projections))
        .routes(routes!(resume_projection::resume_projection))
        .routes(routes!(request_rebuild::request_rebuild))
        .routes(routes!(list_rebuilds::list_rebuilds))
        .routes(routes!(find_rebuild::find_rebuild))
        .routes(routes!(stream_rebuild::stream_rebuild))
        .routes(routes!(cancel_rebuild::cancel_rebuild))
}
