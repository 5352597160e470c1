//! Making a batch for one file.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::payouts::{self as commands, MakePayoutBatch, Which};
use tallybook_domain::WithdrawalId;
use tallybook_domain::payouts::{PayoutBatch, PayoutBatchId};
use tallybook_read_models::payouts::approved_withdrawals;
use utoipa::ToSchema;
use uuid::Uuid;

use super::schema::PayoutBatchOutcome;
use crate::access::{Action, Caller};
use crate::answer::created;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, ReadBody, date, list, text};
use crate::state::ApiState;

/// Which approved withdrawals: these, or all. One of the two is given.
#[derive(Debug, ToSchema)]
pub(super) struct PayoutBatchBody {
    /// All of them, or none.
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 500)]
    withdrawals: Option<Vec<WithdrawalId>>,
    /// The oldest 500 at most. Those that may not go out now, as of a suspended customer, are left out and told.
    #[schema(value_type = Option<bool>)]
    all_approved: Option<bool>,
    /// The day on which the bank is to pay; today, if left out.
    execution_date: Option<NaiveDate>,
}

impl ReadBody for PayoutBatchBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let given = (body.has("withdrawals"), body.has("all_approved"));
        let listed = body.optional("withdrawals", |value| list(value, PayoutBatch::MOST, text));
        let all_approved = body.optional("all_approved", |value| value.boolean());
        let execution_date = body.optional("execution_date", date);
        if given == (true, true) || given == (false, false) || all_approved == Some(false) {
            body.refuse("/withdrawals", "missing", "give withdrawals, or all_approved: true");
        }
        if listed.as_ref().is_some_and(Vec::is_empty) {
            body.refuse("/withdrawals", "empty", "must not be empty");
        }
        let withdrawals = match listed {
            Some(listed) => Some(listed.into_iter().collect::<Option<_>>()?),
            None => None,
        };
        Some(Self { withdrawals, all_approved, execution_date })
    }
}

/// Make a payout batch
///
/// The withdrawals are submitted in one decision, for one file that a person takes to the bank.
#[utoipa::path(post, path = "/v1/payout-batches", tag = "payouts", request_body = PayoutBatchBody,
    responses((status = 201, body = PayoutBatchOutcome)))]
pub(super) async fn make_payout_batch(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::SettleWithdrawals)?;
    let (context, body) = input.command(&caller)?;
    let PayoutBatchBody { withdrawals, all_approved, execution_date } = body;
    let Some(debtor) = state.settings().payouts.debtor().cloned() else {
        let detail = "It is not set whose account pays: set up [payouts.debtor].";
        return Err(Problem::new(ProblemKind::PayoutsNotSetUp, detail));
    };
    let (which, found) = match (withdrawals, all_approved) {
        (Some(given), _) => (Which::Withdrawals(given.clone()), given),
        (None, _) => {
            let most = u32::try_from(PayoutBatch::MOST).map_err(Problem::internal)?;
            let approved = approved_withdrawals(state.book().pool(), 0, most).await?;
            (Which::AllApproved, approved.into_iter().map(|(withdrawal, _)| withdrawal).collect())
        }
    };
    let asked = MakePayoutBatch { which, execution_date };
    let receipt =
        commands::make_payout_batch(state.book(), context, new_batch_id(), asked, (found, debtor)).await?;
    created(&receipt)
}

#[expect(clippy::disallowed_methods, reason = "batches get their id at this edge")]
fn new_batch_id() -> PayoutBatchId {
    PayoutBatchId::from_uuid(Uuid::now_v7())
}
