//! Not agreeing to what another asked for.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::approvals::{self as commands, RejectApproval};
use tallybook_domain::Actor;
use tallybook_domain::approvals::ApprovalId;
use tallybook_domain::text::Reason;
use tallybook_read_models::Projection;
use tallybook_read_models::approvals::{Approvals, find_approval};
use utoipa::ToSchema;

use super::deciders::check_may_decide;
use super::schema::ApprovalOutcome;
use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, Freshness, ReadBody, text};
use crate::state::ApiState;

/// Why it does not happen, and in whose place the caller says so.
#[derive(Debug, ToSchema)]
pub(super) struct RejectApprovalBody {
    /// Who has delegated to the caller; left out, the caller decides for himself.
    #[schema(value_type = Option<String>, example = "user:wang")]
    on_behalf_of: Option<Actor>,
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for RejectApprovalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let on_behalf_of = body.optional("on_behalf_of", text);
        Some(Self { on_behalf_of, reason: body.required("reason", text)? })
    }
}

/// Reject
///
/// One is enough: what was asked for does not happen. Whoever asked takes it back this way. An API key cannot reject.
#[utoipa::path(post, path = "/v1/approvals/{id}/reject", tag = "approvals", request_body = RejectApprovalBody,
    params(("id" = String, Path, example = "refund.RP3XP6RJ5HNHZQAV0.1")),
    responses((status = 200, body = ApprovalOutcome)))]
pub(super) async fn reject_approval(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, approval, RejectApprovalBody { on_behalf_of, reason }): (_, ApprovalId, _) =
        input.read(Action::DecideApprovals, ProblemKind::ApprovalNotFound)?;
    let may = check_may_decide(&state, input.caller(), approval.kind(), on_behalf_of.as_ref()).await;
    if let Err(refused) = may
        && (on_behalf_of.is_some() || !has_asked(&state, &approval, input.caller()).await?)
    {
        return Err(refused);
    }
    let reject = RejectApproval { approval, on_behalf_of, reason };
    done(&commands::reject_approval(state.book(), context, reject).await?)
}

/// Whoever asked takes it back, whatever his role approves; whether he may still, the domain says.
async fn has_asked(state: &ApiState, approval: &ApprovalId, caller: &Caller) -> Result<bool, Problem> {
    let fresh = Some(Freshness::at_least(state.book().head(), None));
    let pool = state.reading(&[Approvals::NAME], None, fresh).await?;
    let asked = find_approval(&pool, approval).await?.data;
    Ok(asked.is_some_and(|asked| asked.requested_by == *caller.actor()))
}
