//! The usage sources there are.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use tallybook_domain::billing::usage_source::SourceName;
use tallybook_read_models::Answer;
use utoipa::ToSchema;

use crate::access::{Action, Caller};
use crate::answer::answer;
use crate::problem::Problem;
use crate::request::ReadInput;
use crate::state::ApiState;
use crate::usage_sources::Source;

/// A source as the settings of this process describe it, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UsageSourceView {
    #[schema(value_type = String, example = "meters")]
    name: SourceName,
    /// `http` or `folder`.
    #[schema(example = "http")]
    kind: &'static str,
    /// The host, whose address may be a secret; or the folder.
    #[schema(example = "meters.example")]
    place: String,
    /// When it is asked each day; `null`, if only by hand, or whenever a file comes.
    #[schema(example = "03:30")]
    at: Option<String>,
    /// Whose time that is.
    #[schema(example = "Asia/Shanghai")]
    time_zone: String,
    /// Whether another quantity under the same reference corrects the one recorded.
    corrections: bool,
}

/// List usage sources
///
/// Those of the settings of the process that answers.
#[utoipa::path(get, path = "/v1/usage/sources", tag = "usage",
    responses((status = 200, body = Answer<Vec<UsageSourceView>>)))]
pub(super) async fn list_usage_sources(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    input.finish(input.query())?;
    let sources =
        state.settings().usage_sources.iter().map(|source| view(&state, source)).collect::<Vec<_>>();
    answer(&Answer { data: sources, position: state.book().head() })
}

fn view(state: &ApiState, source: &Source) -> UsageSourceView {
    let usual = &source.usual;
    UsageSourceView {
        name: usual.name.clone(),
        kind: source.outside().kind(),
        place: source.outside().place(),
        at: usual.at.map(|at| at.format("%H:%M").to_string()),
        time_zone: usual.time_zone.unwrap_or(state.book().time_zone()).to_string(),
        corrections: usual.corrections,
    }
}
