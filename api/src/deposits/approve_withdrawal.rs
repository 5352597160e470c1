//! Approving a withdrawal someone else asked for.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::deposits::{self as commands, ApproveWithdrawal};

use super::schema::WithdrawalOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{ChangeInput, NoBody};
use crate::state::ApiState;

/// Approve a withdrawal
///
/// Whoever asked for it cannot approve it, nor can an API key, nor anybody while its risk alert is open, nor who let it go
/// if it was blocked.
#[utoipa::path(post, path = "/v1/withdrawals/{id}/approve", tag = "withdrawals",
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = WithdrawalOutcome)))]
pub(super) async fn approve_withdrawal(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, withdrawal, NoBody) =
        input.read(Action::ApproveWithdrawals, ProblemKind::WithdrawalNotFound)?;
    let receipt =
        commands::approve_withdrawal(state.book(), context, ApproveWithdrawal { withdrawal }).await?;
    done(&receipt)
}
