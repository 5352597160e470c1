//! Asking for a closed month to be opened.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::ledger::{self as commands, RequestReopening};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::period_schema::PeriodOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why a month is to be opened, or stays closed.
#[derive(Debug, ToSchema)]
pub(super) struct ReopeningBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(super) reason: Reason,
}

impl ReadBody for ReopeningBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// Ask for a month to be reopened
///
/// It stays closed until somebody else approves.
#[utoipa::path(post, path = "/v1/ledger/periods/{month}/reopen", tag = "periods", request_body = ReopeningBody,
    params(("month" = String, Path, example = "2026-10")),
    responses((status = 200, body = PeriodOutcome)))]
pub(super) async fn request_reopening(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, period, ReopeningBody { reason }) =
        input.read(Action::ClosePeriods, ProblemKind::PeriodNotFound)?;
    done(&commands::request_reopening(state.book(), context, RequestReopening { period, reason }).await?)
}
