//! Swapping a refresh token for a new pair.

use axum::Json;
use axum::extract::State;
use utoipa::ToSchema;

use super::names::ShownSecret;
use super::principal::Credential;
use super::sessions::{self, Refreshed, TokenPair};
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, ReadBody, text};
use crate::state::ApiState;

/// A refresh token.
#[derive(Debug, ToSchema)]
pub(super) struct RefreshToken {
    #[schema(value_type = String, example = "tbr_…")]
    refresh_token: ShownSecret,
}

impl ReadBody for RefreshToken {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { refresh_token: body.required("refresh_token", text)? })
    }
}

/// Refresh a session
///
/// The refresh token is good once. If it is used again, someone else may have it, so the whole session is ended.
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "access", security(()), request_body = RefreshToken,
    responses((status = 200, body = TokenPair)))]
pub(super) async fn refresh(
    State(state): State<ApiState>,
    input: CommandInput,
) -> Result<Json<TokenPair>, Problem> {
    let RefreshToken { refresh_token } = input.body()?;
    match sessions::refresh(state.book().pool(), &refresh_token.0, state.book().now()).await? {
        Refreshed::Fresh(tokens) => Ok(Json(tokens)),
        Refreshed::UsedBefore { session } => {
            state.access().verified.revoke(
                |principal| matches!(&principal.credential, Credential::Session { id, .. } if *id == session),
            );
            tracing::warn!(%session, request_id = input.context.request_id, "a refresh token was used twice; its session is ended");
            let detail = "This refresh token was used before, so its session is ended. Sign in again.";
            Err(Problem::new(ProblemKind::RefreshRefused, detail))
        }
        Refreshed::NotGood => {
            let detail = "The refresh token is unknown or expired, or its session is ended. Sign in again.";
            Err(Problem::new(ProblemKind::RefreshRefused, detail))
        }
    }
}
