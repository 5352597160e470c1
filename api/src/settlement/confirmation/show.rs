//! A customer opens a link.

use axum::extract::State;
use axum::response::Response;

use super::{link, linked, shown};
use crate::problem::Problem;
use crate::request::{Freshness, PathPair, ReadInput};
use crate::settlement::statement_page::Form;
use crate::state::ApiState;

/// The statement, with a form if nobody has answered.
pub(super) async fn show_confirmation(
    State(state): State<ApiState>,
    path: PathPair,
    input: ReadInput,
) -> Result<Response, Problem> {
    let statement = link::followed(&state, &path).await?;
    // After an answer; what else messengers add to a link means nothing. Nobody waits for what is not in the book.
    let after_answer = input.query().number("min_position", 0..=u64::MAX);
    let fresh = after_answer.map(|position| Freshness::at_least(position.min(state.book().head()), None));
    let row = linked(&state, &statement, fresh).await?;
    shown(&state, row, &Form::default()).await
}
