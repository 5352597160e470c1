//! The money of a paid withdrawal came back.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::deposits::{self as commands, ReturnWithdrawal};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::WithdrawalOutcome;
use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, PathId, ReadBody, date, text};
use crate::state::ApiState;

/// Why the money came back.
#[derive(Debug, ToSchema)]
pub(super) struct ReturnWithdrawalBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// Today, if left out, or the day of the step before, if that is later. Never before that day.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for ReturnWithdrawalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { reason: reason?, effective_date })
    }
}

/// Record that a paid withdrawal came back
///
/// A new credit to the wallet; nothing is undone.
#[utoipa::path(post, path = "/v1/withdrawals/{id}/return", tag = "withdrawals",
    request_body = ReturnWithdrawalBody,
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = WithdrawalOutcome)))]
pub(super) async fn return_withdrawal(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::SettleWithdrawals)?;
    let withdrawal = path.parse(ProblemKind::WithdrawalNotFound)?;
    let (context, ReturnWithdrawalBody { reason, effective_date }) = input.command(&caller)?;
    let dry_run = context.dry_run;
    let command = ReturnWithdrawal { withdrawal, reason, effective_date };
    let receipt = commands::return_withdrawal(state.book(), context, command).await?;
    done(&receipt, dry_run)
}
