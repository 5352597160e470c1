//! What an operator and a newcomer need: health, figures, the description of the API, a first page.
//!
//! All of it is open to anyone, so it must never say more than whether the service works.

mod alive;
mod documents;
mod figures;
mod landing;
mod readiness;
mod ready;

use axum::Router;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[cfg(test)]
pub(crate) use documents::{PROBLEMS, section};
pub(crate) use figures::describe as describe_figures;
pub(crate) use readiness::Readiness;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(alive::alive))
        .routes(routes!(ready::ready))
        .routes(routes!(figures::figures))
        .routes(routes!(documents::show_problem))
}

/// Pages for people, which the description of the API leaves out.
pub(crate) fn pages() -> Router<ApiState> {
    Router::new()
        .route("/", get(landing::landing))
        .route("/openapi.json", get(documents::openapi))
        .merge(documents::swagger_ui())
}
