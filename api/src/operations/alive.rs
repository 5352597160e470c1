//! Whether the process answers at all.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Alive {
    #[schema(example = "alive")]
    status: &'static str,
}

/// Is the process alive?
#[utoipa::path(get, path = "/health/live", tag = "operation", security(()), responses((status = 200, body = Alive)))]
pub(super) async fn alive() -> Json<Alive> {
    Json(Alive { status: "alive" })
}
