//! Asking for a withdrawal.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::deposits::{self as commands, RequestWithdrawal};
use tallybook_domain::deposits::{Destination, WithdrawalReference};
use tallybook_domain::{CustomerId, Money, WithdrawalId};
use tallybook_read_models::schema;
use utoipa::ToSchema;
use uuid::Uuid;

use super::schema::WithdrawalOutcome;
use crate::access::{Action, Caller};
use crate::answer::created;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, destination, money, text};
use crate::risk::known_now;
use crate::state::ApiState;

/// A withdrawal to be asked for.
#[derive(Debug, ToSchema)]
pub(super) struct RequestWithdrawalBody {
    #[schema(value_type = String, example = "C00042")]
    customer: CustomerId,
    #[schema(value_type = schema::Money)]
    amount: Money,
    /// The client's own number of it, once per book.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    reference: WithdrawalReference,
    #[schema(value_type = schema::Destination)]
    destination: Destination,
}

impl ReadBody for RequestWithdrawalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customer = body.required("customer", text);
        let amount = body.required("amount", money);
        let reference = body.required("reference", text);
        let destination = body.required("destination", destination);
        Some(Self { customer: customer?, amount: amount?, reference: reference?, destination: destination? })
    }
}

/// Request a withdrawal
///
/// The amount is held until the withdrawal has come to its end: available = balance − held. Its risk is judged at once;
/// if it does not pass, `alert` says so, and somebody has to look at it before it can be approved.
#[utoipa::path(post, path = "/v1/withdrawals", tag = "withdrawals", request_body = RequestWithdrawalBody,
    responses((status = 201, body = WithdrawalOutcome)))]
pub(super) async fn request_withdrawal(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::RequestWithdrawals)?;
    let (context, body) = input.command(&caller)?;
    let RequestWithdrawalBody { customer, amount, reference, destination } = body;
    let asked = RequestWithdrawal { customer, amount, reference, destination };
    let known = known_now(&state, &asked.customer, asked.amount.currency()).await?;
    let receipt =
        commands::request_withdrawal(state.book(), context, new_withdrawal_id(), asked, known).await?;
    created(&receipt)
}

#[expect(clippy::disallowed_methods, reason = "withdrawals get their id at this edge")]
fn new_withdrawal_id() -> WithdrawalId {
    WithdrawalId::from_uuid(Uuid::now_v7())
}
