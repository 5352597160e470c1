//! Rejecting a withdrawal.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::deposits::{self as commands, RejectWithdrawal};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::WithdrawalOutcome;
use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, PathId, ReadBody, text};
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
    caller: Caller,
    path: PathId,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ApproveWithdrawals)?;
    let withdrawal = path.parse(ProblemKind::WithdrawalNotFound)?;
    let (context, RejectWithdrawalBody { reason }) = input.command(&caller)?;
    let dry_run = context.dry_run;
    let command = RejectWithdrawal { withdrawal, reason };
    let receipt = commands::reject_withdrawal(state.book(), context, command).await?;
    done(&receipt, dry_run)
}
