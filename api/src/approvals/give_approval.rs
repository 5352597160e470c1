//! Agreeing to what another asked for.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::approvals::{self as commands, GiveApproval};
use tallybook_domain::Actor;
use tallybook_domain::approvals::ApprovalId;
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::deciders::check_may_decide;
use super::schema::ApprovalOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// In whose place, and why.
#[derive(Debug, ToSchema)]
pub(super) struct GiveApprovalBody {
    /// Who has delegated to the caller; left out, the caller decides for himself.
    #[schema(value_type = Option<String>, example = "user:wang")]
    on_behalf_of: Option<Actor>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    reason: Option<Reason>,
}

impl ReadBody for GiveApprovalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let on_behalf_of = body.optional("on_behalf_of", text);
        Some(Self { on_behalf_of, reason: body.optional("reason", text) })
    }
}

/// Approve
///
/// Once as many have approved as it takes, what was asked for happens, on the day it takes by itself. Whoever asked for it
/// cannot approve it, nor can an API key; nobody counts twice, and whoever approves in another's place counts as both.
#[utoipa::path(post, path = "/v1/approvals/{id}/approve", tag = "approvals", request_body = GiveApprovalBody,
    params(("id" = String, Path, example = "refund.RP3XP6RJ5HNHZQAV0.1")),
    responses((status = 200, body = ApprovalOutcome)))]
pub(super) async fn give_approval(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, approval, GiveApprovalBody { on_behalf_of, reason }): (_, ApprovalId, _) =
        input.read(Action::DecideApprovals, ProblemKind::ApprovalNotFound)?;
    check_may_decide(&state, input.caller(), approval.kind(), on_behalf_of.as_ref()).await?;
    let give = GiveApproval { approval, on_behalf_of, reason };
    done(&commands::give_approval(state.book(), context, give).await?)
}
