//! Opening a month that somebody else wants to have opened.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::ledger::{self as commands, ApproveReopening};
use tallybook_domain::approvals::ApprovalId;
use utoipa::ToSchema;

use super::period_schema::PeriodOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// What is approved.
#[derive(Debug, ToSchema)]
pub(super) struct ApproveReopeningBody {
    /// The approval that was looked at: refused if it is not the one that waits, also where the same is asked for again.
    #[schema(value_type = Option<String>, nullable = false, example = "period_reopening.2026-10.1")]
    approval: Option<ApprovalId>,
}

impl ReadBody for ApproveReopeningBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { approval: body.optional("approval", text) })
    }
}

/// Approve that a month is reopened
///
/// Whoever asked for it cannot approve it, nor can an API key.
#[utoipa::path(post, path = "/v1/ledger/periods/{month}/approve-reopening", tag = "periods",
    request_body = ApproveReopeningBody, params(("month" = String, Path, example = "2026-10")),
    responses((status = 200, body = PeriodOutcome)))]
pub(super) async fn approve_reopening(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, period, ApproveReopeningBody { approval }) =
        input.read(Action::ApproveReopenings, ProblemKind::PeriodNotFound)?;
    let approve = ApproveReopening { period, approval };
    done(&commands::approve_reopening(state.book(), context, approve).await?)
}
