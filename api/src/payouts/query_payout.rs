//! Asking the endpoint about a payout now.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use tallybook_commands::payouts::{PayoutOutcome, find_order};
use tallybook_domain::payouts::{Heard, PayoutId, PayoutState};
use tallybook_event_store::Receipt;
use tallybook_read_models::payouts::find_payout;
use utoipa::ToSchema;

use super::hand_over::{Reply, ask, ask_now};
use super::schema;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{ChangeInput, NoBody};
use crate::state::ApiState;

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PayoutSaid {
    /// How it stands; `state` says what of it was believed.
    Answered,
    /// The endpoint does not know it, and should.
    NotFound,
    /// The endpoint does not know it, and need not yet: it may not have been sent, or be on its way.
    NotFoundYet,
    /// Nothing that can be used.
    Nothing,
}

/// The payout as it is after asking.
#[derive(Debug, Serialize)]
pub(super) struct QueriedPayout {
    #[serde(flatten)]
    pub(super) payout: PayoutOutcome,
    pub(super) said: PayoutSaid,
}

/// Ask what became of a payout
///
/// Nothing is sent. What the endpoint says is recorded, if it is more than was known; if it says nothing that can be used,
/// the payout stays as it is. `said` tells which. That it does not know a payout that was not sent yet, is being sent, or went
/// out just now is `not_found_yet`: it does not count, so do not call the payout failed for it.
#[utoipa::path(post, path = "/v1/payouts/{id}/query", tag = "payouts",
    params(("id" = String, Path, description = "The payout's id", example = "Y01K7RA8ZAYFGXSMRSF9FMC3M00")),
    responses((status = 200, body = schema::QueriedPayout)))]
pub(super) async fn query_payout(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, payout, NoBody) =
        input.read::<PayoutId, NoBody>(Action::SettleWithdrawals, ProblemKind::PayoutNotFound)?;
    let (book, payouts) = (state.book(), &state.settings().payouts);
    let order = find_order(book, &payout).await?;
    let Some(adapter) = payouts.adapter(order.adapter) else {
        let detail = "There is no endpoint to ask: set up [payouts.http].";
        return Err(Problem::new(ProblemKind::PayoutsNotSetUp, detail));
    };
    let known = find_payout(book.pool(), &payout).await?.data;
    let (before, sent_at) =
        known.map_or((PayoutState::Prepared, None), |known| (known.row.state, known.row.sent_at));
    let reply = ask(adapter, payouts.pace(), &order, (before, sent_at), book.now()).await;
    let said = match &reply {
        Reply::Heard(Heard::Answer(_)) => PayoutSaid::Answered,
        Reply::Heard(Heard::NotFound) => PayoutSaid::NotFound,
        Reply::NotFoundYet => PayoutSaid::NotFoundYet,
        Reply::Heard(Heard::Nothing(_)) | Reply::Nothing | Reply::ByHand => PayoutSaid::Nothing,
    };
    let heard = match reply {
        Reply::Heard(heard) => Some(heard),
        Reply::NotFoundYet | Reply::Nothing => None,
        Reply::ByHand => {
            let detail = "Nobody can be asked about it: record what the bank says with the withdrawal.";
            return Err(Problem::new(ProblemKind::PayoutByHand, detail).with("payout", &payout));
        }
    };
    let Receipt { outcome: payout, position, replayed, dry_run_events } =
        ask_now(book, heard, order, context).await?;
    done(&Receipt { outcome: QueriedPayout { payout, said }, position, replayed, dry_run_events })
}
