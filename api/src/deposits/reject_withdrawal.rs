//! Rejecting a withdrawal.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::deposits::{self as commands, RejectWithdrawal};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::WithdrawalOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why the withdrawal does not go out.
#[derive(Debug, ToSchema)]
pub(super) struct RejectWithdrawalBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for RejectWithdrawalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// Reject a withdrawal
///
/// The money held for it is available again. An API key cannot reject.
#[utoipa::path(post, path = "/v1/withdrawals/{id}/reject", tag = "withdrawals",
    request_body = RejectWithdrawalBody,
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = WithdrawalOutcome)))]
pub(super) async fn reject_withdrawal(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, withdrawal, RejectWithdrawalBody { reason }) =
        input.read(Action::ApproveWithdrawals, ProblemKind::WithdrawalNotFound)?;
    let command = RejectWithdrawal { withdrawal, reason };
    let receipt = commands::reject_withdrawal(state.book(), context, command).await?;
    done(&receipt)
}
