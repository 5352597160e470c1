//! The description of the API, and what each problem means.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::openapi::openapi_json;
use crate::problem::{Problem, ProblemKind};
use crate::request::PathId;
use crate::state::ApiState;

/// `docs/problems.md`: one section for each type.
pub(crate) const PROBLEMS: &str = include_str!("../../../docs/problems.md");

/// The description of the API; the same as `docs/openapi.json`.
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi_json()).into_response()
}

/// Swagger UI at `/docs`, with everything it needs.
pub(super) fn swagger_ui() -> Router<ApiState> {
    let config = Config::from("/openapi.json").persist_authorization(true).display_request_duration(true);
    SwaggerUi::new("/docs").config(config).into()
}

/// What a problem means
///
/// The address in the `type` of a problem.
#[utoipa::path(get, path = "/problems/{type}", tag = "operation", security(()),
    params(("type" = String, Path, example = "insufficient-funds")),
    responses((status = 200, body = String, content_type = "text/markdown")))]
pub(super) async fn show_problem(path: PathId) -> Result<Response, Problem> {
    let slug: String = path.parse(ProblemKind::ProblemNotFound)?;
    let kind = ProblemKind::ALL.into_iter().find(|kind| kind.slug() == slug);
    match kind.and_then(section) {
        Some(text) => Ok(([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response()),
        None => {
            let title = ProblemKind::ProblemNotFound.title();
            Err(Problem::new(ProblemKind::ProblemNotFound, format!("{title}.")))
        }
    }
}

/// The section of a type, from its heading to the next one.
pub(crate) fn section(kind: ProblemKind) -> Option<&'static str> {
    let heading = format!("## `{}`\n", kind.slug());
    let begin = PROBLEMS.find(&heading)?;
    let rest = &PROBLEMS[begin + heading.len()..];
    let end = rest.find("\n## ").map_or(PROBLEMS.len(), |end| begin + heading.len() + end + 1);
    Some(&PROBLEMS[begin..end])
}
