//! Cancelling a withdrawal.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::deposits::{self as commands, CancelWithdrawal};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::WithdrawalOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why the withdrawal is no longer wanted.
#[derive(Debug, ToSchema)]
pub(super) struct CancelWithdrawalBody {
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    reason: Option<Reason>,
}

impl ReadBody for CancelWithdrawalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.optional("reason", text) })
    }
}

/// Cancel a withdrawal
///
/// Until it is submitted. The money held for it is available again.
#[utoipa::path(post, path = "/v1/withdrawals/{id}/cancel", tag = "withdrawals",
    request_body = Option<CancelWithdrawalBody>,
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = WithdrawalOutcome)))]
pub(super) async fn cancel_withdrawal(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, withdrawal, CancelWithdrawalBody { reason }) =
        input.read(Action::SettleWithdrawals, ProblemKind::WithdrawalNotFound)?;
    let command = CancelWithdrawal { withdrawal, reason };
    let receipt = commands::cancel_withdrawal(state.book(), context, command).await?;
    done(&receipt)
}
