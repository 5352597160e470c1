//! Changing one's own password.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa::ToSchema;

use super::attempts::Attempt;
use super::names::{NewPassword, ShownSecret};
use super::principal::Credential;
use super::{Caller, sessions, users};
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, ReadBody, text};
use crate::state::ApiState;

/// The password there is and the one there shall be.
#[derive(Debug, ToSchema)]
pub(super) struct PasswordChange {
    #[schema(value_type = String, format = Password)]
    current_password: ShownSecret,
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 200)]
    new_password: NewPassword,
}

impl ReadBody for PasswordChange {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let current_password = body.required("current_password", text);
        let new_password = body.required("new_password", text);
        Some(Self { current_password: current_password?, new_password: new_password? })
    }
}

/// Change one's own password
///
/// All other sessions of the user are ended.
#[utoipa::path(post, path = "/v1/auth/password", tag = "access", request_body = PasswordChange,
    responses((status = 204, description = "Changed")))]
pub(super) async fn change_own_password(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<StatusCode, Problem> {
    let Credential::Session { id: session, user } = caller.credential() else {
        return Err(Problem::new(ProblemKind::PersonNeeded, "An API key has no password."));
    };
    let PasswordChange { current_password, new_password } = input.body()?;
    let (pool, now) = (state.book().pool(), state.book().now());
    let attempt = Attempt { name: Some(user.clone()), client: input.context.client };
    let stored = sqlx::query_scalar!("SELECT password_hash FROM users WHERE name = $1", user)
        .fetch_optional(pool)
        .await?;
    if !state.access().try_secret(pool, attempt, (current_password.0, stored), now).await? {
        return Err(Problem::new(ProblemKind::WrongPassword, "The current password is another."));
    }
    let hash = state.access().passwords.hash(new_password.0).await?;
    let mut transaction = pool.begin().await?;
    users::store_password(&mut transaction, user, &hash, now).await?;
    sessions::end_of_user(&mut transaction, user, Some(*session), now).await?;
    transaction.commit().await?;
    state.access().verified.revoke(|principal| principal.user() == Some(user));
    Ok(StatusCode::NO_CONTENT)
}
