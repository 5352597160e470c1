//! The money of a paid withdrawal came back.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::deposits::{self as commands, ReturnWithdrawal};

use super::bank_notice::BankNotice;
use super::schema::WithdrawalOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::ChangeInput;
use crate::state::ApiState;

/// Record that a paid withdrawal came back
///
/// A new credit to the wallet; nothing is undone.
#[utoipa::path(post, path = "/v1/withdrawals/{id}/return", tag = "withdrawals",
    request_body = BankNotice,
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = WithdrawalOutcome)))]
pub(super) async fn return_withdrawal(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, withdrawal, BankNotice { reason, effective_date }) =
        input.read(Action::SettleWithdrawals, ProblemKind::WithdrawalNotFound)?;
    let command = ReturnWithdrawal { withdrawal, reason, effective_date };
    let receipt = commands::return_withdrawal(state.book(), context, command).await?;
    done(&receipt)
}
