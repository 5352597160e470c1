//! The bank has paid a withdrawal.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::deposits::{self as commands, SucceedWithdrawal};
use utoipa::ToSchema;

use super::schema::WithdrawalOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date};
use crate::state::ApiState;

/// The day on which the bank paid.
#[derive(Debug, ToSchema)]
pub(super) struct SucceedWithdrawalBody {
    /// Today, if left out, or the day of the step before, if that is later. Never before that day.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for SucceedWithdrawalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { effective_date: body.optional("effective_date", date) })
    }
}

/// Record that a withdrawal was paid
///
/// The money has left the wallet.
#[utoipa::path(post, path = "/v1/withdrawals/{id}/succeed", tag = "withdrawals",
    request_body = Option<SucceedWithdrawalBody>,
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = WithdrawalOutcome)))]
pub(super) async fn succeed_withdrawal(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, withdrawal, SucceedWithdrawalBody { effective_date }) =
        input.read(Action::SettleWithdrawals, ProblemKind::WithdrawalNotFound)?;
    let command = SucceedWithdrawal { withdrawal, effective_date };
    let receipt = commands::succeed_withdrawal(state.book(), context, command).await?;
    done(&receipt)
}
