//! One credit note.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::settlement::CreditNoteId;
use tallybook_read_models::settlement::{CreditNoteRow, CreditNotes, find_credit_note as find};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a credit note
#[utoipa::path(get, path = "/v1/credit-notes/{id}", tag = "write-offs",
    params(("id" = String, Path, description = "The credit note's id")),
    responses((status = 200, body = Answer<CreditNoteRow>)))]
pub(super) async fn find_credit_note(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let note: CreditNoteId = path.parse(ProblemKind::CreditNoteNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[CreditNotes::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &note).await?, ProblemKind::CreditNoteNotFound, &note)
}
