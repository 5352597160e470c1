//! The rules of matching, with their versions.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::settlement::{MatchingRules, MatchingRulesOfBook, matching_rules_of_book};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::answer;
use crate::problem::Problem;
use crate::request::ReadInput;
use crate::state::ApiState;

/// See the rules of matching
///
/// Those that count, and the versions before them.
#[utoipa::path(get, path = "/v1/matching-rules", tag = "write-offs",
    responses((status = 200, body = Answer<MatchingRulesOfBook>)))]
pub(super) async fn show_matching_rules(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[MatchingRules::NAME], view.as_ref(), fresh).await?;
    answer(&matching_rules_of_book(&pool).await?)
}
