//! One seal, as it was signed.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tallybook_event_store::seal;

use super::cursor::LAST;
use crate::access::{Action, Caller};
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// Download a seal
///
/// The signed note (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), to the byte. Keep it where the people who run
/// the book cannot reach: `tallybook audit verify --seals` proves against it later that nothing was changed.
#[utoipa::path(get, path = "/v1/seals/{size}", tag = "journal",
    params(("size" = u64, Path, minimum = 1, description = "How many events it covers")),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn show_seal(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadJournal)?;
    let size: u64 = path.parse(ProblemKind::SealNotFound)?;
    input.finish(input.query())?;
    // Beyond what a size can be there is none.
    let seal = match size {
        ..=LAST => seal::at_size(state.book().pool(), size).await?,
        _ => None,
    };
    let Some(seal) = seal else {
        let detail = format!("There is no seal of {size} events; GET /v1/seals lists them.");
        return Err(Problem::new(ProblemKind::SealNotFound, detail).with("id", size.to_string()));
    };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"seal-{size}.txt\"")),
    ];
    Ok((headers, seal.note).into_response())
}
