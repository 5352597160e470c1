//! Saying that what was doubted about a payout has been looked at.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::payouts::{self as commands, ResolvePayoutDoubt};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::PayoutOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// What was found.
#[derive(Debug, ToSchema)]
pub(super) struct ResolvePayoutDoubtBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for ResolvePayoutDoubtBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// Resolve a doubt
///
/// For what was said after the payout had come to its end, and contradicts it. It moves nothing. A doubt before the end is
/// resolved by recording that the withdrawal succeeded or failed.
#[utoipa::path(post, path = "/v1/payouts/{id}/resolve-doubt", tag = "payouts",
    request_body = ResolvePayoutDoubtBody,
    params(("id" = String, Path, description = "The payout's id", example = "Y01K7RA8ZAYFGXSMRSF9FMC3M00")),
    responses((status = 200, body = PayoutOutcome)))]
pub(super) async fn resolve_payout_doubt(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, payout, ResolvePayoutDoubtBody { reason }) =
        input.read(Action::SettleWithdrawals, ProblemKind::PayoutNotFound)?;
    let asked = ResolvePayoutDoubt { payout, reason };
    done(&commands::resolve_payout_doubt(state.book(), context, asked).await?)
}
