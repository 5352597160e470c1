//! The first page a browser sees.

use axum::response::Html;

/// What this is, and where to go on.
pub(super) async fn landing() -> Html<&'static str> {
    Html(include_str!("landing.html"))
}
