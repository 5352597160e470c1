//! Reversing a deposit.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::deposits::{self as commands, ReverseDeposit};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::DepositOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

/// Why a deposit should not have been recorded.
#[derive(Debug, ToSchema)]
pub(super) struct ReverseDepositBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
    /// Today, if left out, or the deposit's day, if that is later. Never before that day.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for ReverseDepositBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { reason: reason?, effective_date })
    }
}

/// Reverse a deposit
///
/// The money leaves the wallet again, and the reference may be used again. Refused if the money is spent or held. A
/// second reversal changes nothing.
#[utoipa::path(post, path = "/v1/deposits/{id}/reverse", tag = "deposits", request_body = ReverseDepositBody,
    params(("id" = String, Path, example = "C00042.CNY.17")),
    responses((status = 200, body = DepositOutcome)))]
pub(super) async fn reverse_deposit(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, deposit, ReverseDepositBody { reason, effective_date }) =
        input.read(Action::ReverseDeposits, ProblemKind::DepositNotFound)?;
    let reverse = ReverseDeposit { deposit, reason, effective_date };
    let receipt = commands::reverse_deposit(state.book(), context, reverse).await?;
    done(&receipt)
}
