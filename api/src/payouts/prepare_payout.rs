//! Paying an approved withdrawal out through the endpoint.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::payouts::{self as commands, PreparePayout};
use tallybook_domain::WithdrawalId;
use tallybook_domain::payouts::PayoutAdapterKind;
use utoipa::ToSchema;

use super::schema::PayoutOutcome;
use crate::access::{Action, Caller};
use crate::answer::created;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, ReadBody, text};
use crate::state::ApiState;

/// The withdrawal to be paid out.
#[derive(Debug, ToSchema)]
pub(super) struct PreparePayoutBody {
    #[schema(value_type = String, format = Uuid)]
    withdrawal: WithdrawalId,
}

impl ReadBody for PreparePayoutBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { withdrawal: body.required("withdrawal", text)? })
    }
}

/// Pay a withdrawal out
///
/// The withdrawal is submitted, and its order goes to the endpoint, once. What became of it is found out by itself.
#[utoipa::path(post, path = "/v1/payouts", tag = "payouts", request_body = PreparePayoutBody,
    responses((status = 201, body = PayoutOutcome)))]
pub(super) async fn prepare_payout(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::SettleWithdrawals)?;
    let (context, PreparePayoutBody { withdrawal }) = input.command(&caller)?;
    let adapter = state.settings().payouts.usual();
    match adapter {
        PayoutAdapterKind::Http => {}
        PayoutAdapterKind::Manual => {
            let detail = "Payouts go to the bank in files: make a batch (POST /v1/payout-batches).";
            return Err(Problem::new(ProblemKind::PayoutByHand, detail));
        }
    }
    let receipt =
        commands::prepare_payout(state.book(), context, PreparePayout { withdrawal, adapter }).await?;
    state.payout_prepared();
    created(&receipt)
}
