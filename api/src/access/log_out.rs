//! Ending one's own session.

use axum::extract::State;
use axum::http::StatusCode;

use super::principal::Credential;
use super::{Caller, sessions};
use crate::problem::{Problem, ProblemKind};
use crate::request::{CommandInput, NoBody};
use crate::state::ApiState;

/// Sign out
///
/// Ends the session: its access and refresh tokens are good for nothing any more.
#[utoipa::path(post, path = "/v1/auth/logout", tag = "access", responses((status = 204, description = "Signed out")))]
pub(super) async fn log_out(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<StatusCode, Problem> {
    let Credential::Session { id: session, .. } = caller.credential() else {
        let detail = "An API key has no session; an administrator can revoke it.";
        return Err(Problem::new(ProblemKind::Forbidden, detail));
    };
    let NoBody = input.body()?;
    sessions::end(state.book().pool(), *session, state.book().now()).await?;
    state
        .access()
        .verified
        .revoke(|principal| matches!(&principal.credential, Credential::Session { id, .. } if id == session));
    Ok(StatusCode::NO_CONTENT)
}
