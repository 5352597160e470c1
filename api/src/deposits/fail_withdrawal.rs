//! The bank has not paid a withdrawal.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::deposits::{self as commands, FailWithdrawal};

use super::bank_notice::BankNotice;
use super::schema::WithdrawalOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Record that a withdrawal failed
///
/// The money held for it is available again.
#[utoipa::path(post, path = "/v1/withdrawals/{id}/fail", tag = "withdrawals",
    request_body = BankNotice,
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = WithdrawalOutcome)))]
pub(super) async fn fail_withdrawal(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, withdrawal, BankNotice { reason, effective_date }) =
        input.read(Action::SettleWithdrawals, ProblemKind::WithdrawalNotFound)?;
    let command = FailWithdrawal { withdrawal, reason, effective_date };
    let receipt = commands::fail_withdrawal(state.book(), context, command).await?;
    done(&receipt)
}
