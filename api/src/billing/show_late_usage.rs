//! What came in after a bill, and what it changes.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::billing as commands;
use tallybook_domain::billing::BillId;
use tallybook_read_models::billing::Bills;
use tallybook_read_models::{Answer, Projection};

use super::late_schema::LateUsage;
use crate::access::{Action, Caller};
use crate::answer::answer;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See the late usage of a bill
///
/// What the month would come to now by the versions of the plans it was billed by, less what was billed: line by line
/// and tier by tier, with the tax. Settling it makes up exactly this difference.
#[utoipa::path(get, path = "/v1/bills/{id}/late-usage", tag = "bills",
    params(("id" = String, Path, example = "C00042.2026-10")),
    responses((status = 200, body = Answer<LateUsage>)))]
pub(super) async fn show_late_usage(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let bill: BillId = path.parse(ProblemKind::BillNotFound)?;
    let fresh = input.finish(input.query())?;
    // It is read from the streams themselves; the read model only tells when they have come far enough.
    state.reading(&[Bills::NAME], None, fresh).await?;
    let look = commands::show_late_usage(state.book(), caller.actor().clone(), &bill).await?;
    answer(&Answer { data: look.outcome, position: look.position })
}
