//! The journal over HTTP: events as they were recorded, by page or as a stream, and its seals.

mod cursor;
mod event;
mod find_event;
mod list_events;
mod list_seals;
mod of_stream;
mod scan;
mod show_history;
mod show_seal;
mod stream_events;

pub use event::EventView;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_events::list_events))
        .routes(routes!(stream_events::stream_events))
        .routes(routes!(find_event::find_event))
        .routes(routes!(show_history::show_history))
        .routes(routes!(list_seals::list_seals))
        .routes(routes!(show_seal::show_seal))
}
