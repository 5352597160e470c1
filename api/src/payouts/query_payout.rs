//! Asking the endpoint about a payout now.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::payouts::find_order;
use tallybook_domain::payouts::{PayoutId, PayoutState};
use tallybook_read_models::payouts::find_payout;

use super::adapter::Asked;
use super::hand_over::{ask, ask_now};
use super::schema::PayoutOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{ChangeInput, NoBody};
use crate::state::ApiState;

/// Ask what became of a payout
///
/// Nothing is sent. What the endpoint says is recorded, if it is more than was known; if it says nothing that can be used,
/// the payout stays as it is.
#[utoipa::path(post, path = "/v1/payouts/{id}/query", tag = "payouts",
    params(("id" = String, Path, description = "The payout's id", example = "Y01K7RA8ZAYFGXSMRSF9FMC3M00")),
    responses((status = 200, body = PayoutOutcome)))]
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
    let heard = match ask(adapter, payouts.pace(), &order, (before, sent_at), book.now()).await {
        Asked::Heard(heard) => Some(heard),
        Asked::Nothing => None,
        Asked::ByHand => {
            let detail = "Nobody can be asked about it: record what the bank says with the withdrawal.";
            return Err(Problem::new(ProblemKind::PayoutByHand, detail).with("payout", &payout));
        }
    };
    done(&ask_now(book, heard, order, context).await?)
}
