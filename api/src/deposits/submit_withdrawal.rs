//! Submitting an approved withdrawal to the bank or channel.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::deposits::{self as commands, SubmitWithdrawal};
use tallybook_domain::deposits::ChannelReference;
use utoipa::ToSchema;

use super::schema::WithdrawalOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, text};
use crate::state::ApiState;

/// The payment order that was given.
#[derive(Debug, ToSchema)]
pub(super) struct SubmitWithdrawalBody {
    /// The bank's or channel's number of the payment order.
    #[schema(value_type = Option<String>, max_length = 128)]
    channel_reference: Option<ChannelReference>,
    /// Today, if left out.
    effective_date: Option<NaiveDate>,
}

impl ReadBody for SubmitWithdrawalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let channel_reference = body.optional("channel_reference", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { channel_reference, effective_date })
    }
}

/// Submit a withdrawal
///
/// The payment order has been given: the money is in transit.
#[utoipa::path(post, path = "/v1/withdrawals/{id}/submit", tag = "withdrawals",
    request_body = Option<SubmitWithdrawalBody>,
    params(("id" = String, Path, description = "The withdrawal's id")),
    responses((status = 200, body = WithdrawalOutcome)))]
pub(super) async fn submit_withdrawal(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, withdrawal, SubmitWithdrawalBody { channel_reference, effective_date }) =
        input.read(Action::SettleWithdrawals, ProblemKind::WithdrawalNotFound)?;
    let command = SubmitWithdrawal { withdrawal, channel_reference, effective_date };
    let receipt = commands::submit_withdrawal(state.book(), context, command).await?;
    done(&receipt)
}
