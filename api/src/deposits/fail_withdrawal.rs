//! The bank has not paid a withdrawal.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::deposits::{self as commands, FailWithdrawal};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::WithdrawalOutcome;
use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, PathId, ReadBody, date, text};
use crate::state::ApiState;

/// Why the bank did not pay.
#[derive(Debug, ToSchema)]
pub(super) struct FailWithdrawalBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// Today, if left out, or the day of the step before, if that is later. Never before that day.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for FailWithdrawalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { reason: reason?, effective_date })
    }
}

/// Record that a withdrawal failed
///
/// The money held for it is available again.
#[utoipa::path(post, path = "/v1/withdrawals/{id}/fail", tag = "withdrawals",
    request_body = FailWithdrawalBody,
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = WithdrawalOutcome)))]
pub(super) async fn fail_withdrawal(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::SettleWithdrawals)?;
    let withdrawal = path.parse(ProblemKind::WithdrawalNotFound)?;
    let (context, FailWithdrawalBody { reason, effective_date }) = input.command(&caller)?;
    let dry_run = context.dry_run;
    let command = FailWithdrawal { withdrawal, reason, effective_date };
    let receipt = commands::fail_withdrawal(state.book(), context, command).await?;
    done(&receipt, dry_run)
}
