//! Views over HTTP: which there are, and reading in one instead of the live tables.

mod list_views;
mod opened;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use opened::OpenedViews;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list_views::list_views))
}
