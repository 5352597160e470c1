//! Letting another approve in one's place, and ending that.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::approvals::{self as commands, DelegateApprovals};
use tallybook_domain::Actor;
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::deciders::role_of;
use super::schema::DelegationOutcome;
use crate::access::{Action, Caller};
use crate::answer::{created, done};
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, CommandInput, NoBody, ReadBody, date, text};
use crate::state::ApiState;

/// To whom, and for how long.
#[derive(Debug, ToSchema)]
pub(super) struct DelegationBody {
    /// A user: finance, an approver or an operator.
    #[schema(value_type = String, example = "user:zhao")]
    to: Actor,
    /// The first day.
    from: NaiveDate,
    /// The last day.
    until: NaiveDate,
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for DelegationBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let (to, from) = (body.required("to", text), body.required("from", date));
        let (until, reason) = (body.required("until", date), body.required("reason", text));
        Some(Self { to: to?, from: from?, until: until?, reason: reason? })
    }
}

/// Delegate approvals
///
/// From the first day to the last, the delegate may approve and reject in the caller's place, which `on_behalf_of` says. He
/// counts as himself and as the caller: neither approves a second time, nor what the other asked for. API keys neither
/// delegate nor are delegated to.
#[utoipa::path(post, path = "/v1/approvals/delegations", tag = "approvals", request_body = DelegationBody,
    responses((status = 201, body = DelegationOutcome)))]
pub(super) async fn delegate_approvals(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::DelegateApprovals)?;
    let (context, DelegationBody { to, from, until, reason }) = input.command(&caller)?;
    let delegate = role_of(&state, &to).await?;
    if to.as_str().starts_with("user:") && !delegate.is_some_and(|role| role.may(Action::DecideApprovals)) {
        let detail = "must be a user who may sign in as finance, an approver or an operator".to_owned();
        let error = FieldError { pointer: "/to".to_owned(), code: "not_a_delegate", detail };
        return Err(Problem::validation(vec![error]));
    }
    let delegate = DelegateApprovals { to, from, until, reason };
    created(&commands::delegate_approvals(state.book(), context, delegate).await?)
}

/// End a delegation
///
/// By who made it, or by the delegate.
#[utoipa::path(post, path = "/v1/approvals/delegations/{id}/end", tag = "approvals",
    params(("id" = String, Path, example = "user:wang.3")),
    responses((status = 200, body = DelegationOutcome)))]
pub(super) async fn end_delegation(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, delegation, NoBody) =
        input.read(Action::DecideApprovals, ProblemKind::DelegationNotFound)?;
    done(&commands::end_delegation(state.book(), context, delegation).await?)
}
