//! Recording what a customer used.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::billing as commands;
use tallybook_domain::billing::usage::UsageEffect;

use super::usage_body::UsageBody;
use super::usage_schema::RecordedUsage;
use crate::access::{Action, Caller};
use crate::answer::{created, done};
use crate::problem::Problem;
use crate::request::CommandInput;
use crate::state::ApiState;

/// Record usage
///
/// The same record again changes nothing. Another quantity for the same customer, meter, date and reference is refused,
/// unless it says that it is a correction. After the month was billed it is recorded as late usage.
#[utoipa::path(post, path = "/v1/usage", tag = "usage", request_body = UsageBody,
    responses((status = 201, body = RecordedUsage),
        (status = 200, description = "It was recorded before, or is corrected", body = RecordedUsage)))]
pub(super) async fn record_usage(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::RecordUsage)?;
    let (context, body) = input.command::<UsageBody>(&caller)?;
    let receipt = commands::record_usage(state.book(), context, body.into()).await?;
    match receipt.outcome.effect {
        UsageEffect::Recorded => created(&receipt),
        UsageEffect::Unchanged | UsageEffect::Corrected => done(&receipt),
    }
}
