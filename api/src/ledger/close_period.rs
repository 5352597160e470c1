//! Closing a month.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::ledger as commands;

use super::period_schema::PeriodOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{ChangeInput, NoBody};
use crate::state::ApiState;

/// Close a month
///
/// From then on nothing is effective in it: what is dated there is refused with `period-closed`, whoever asks.
/// Corrections go to an open month. A month can be closed when it is over; closing it again changes nothing.
#[utoipa::path(post, path = "/v1/ledger/periods/{month}/close", tag = "periods",
    params(("month" = String, Path, example = "2026-10")),
    responses((status = 200, body = PeriodOutcome)))]
pub(super) async fn close_period(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, month, NoBody) = input.read(Action::ClosePeriods, ProblemKind::PeriodNotFound)?;
    done(&commands::close_period(state.book(), context, month).await?)
}
