//! Changing a user's role or password, or whether he may sign in.

use axum::Json;
use axum::extract::State;
use utoipa::ToSchema;

use super::names::{AccessName, NewPassword};
use super::{Action, Caller, Role, User, UserChange, users};
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, PathId, ReadBody, text};
use crate::state::ApiState;

/// What to change; what is left out stays.
#[derive(Debug, ToSchema)]
pub(super) struct UserChangeBody {
    role: Option<Role>,
    disabled: Option<bool>,
    #[schema(value_type = Option<String>, format = Password, min_length = 8, max_length = 200)]
    password: Option<NewPassword>,
}

impl ReadBody for UserChangeBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let role = body.optional("role", text);
        let disabled = body.optional("disabled", |value| value.boolean());
        let password = body.optional("password", text);
        Some(Self { role, disabled, password })
    }
}

/// Change a user
///
/// A new password and disabling end all sessions of the user; a new role counts from the next request on. The last
/// administrator stays one.
#[utoipa::path(patch, path = "/v1/users/{name}", tag = "access", request_body = UserChangeBody,
    params(("name" = String, Path, description = "The user's name")),
    responses((status = 200, body = User)))]
pub(super) async fn change_user(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: CommandInput,
) -> Result<Json<User>, Problem> {
    caller.may(Action::ManageUsers)?;
    let name: AccessName = path.parse(ProblemKind::UserNotFound)?;
    let UserChangeBody { role, disabled, password } = input.body()?;
    let (pool, now) = (state.book().pool(), state.book().now());
    let user = users::change_user(pool, name.as_str(), UserChange { role, disabled }, now).await?;
    let new_password = password.is_some();
    if let Some(password) = password {
        users::set_password(pool, name.as_str(), &password.0, now).await?;
    }
    state.access().verified.revoke(|principal| principal.user() == Some(name.as_str()));
    tracing::info!(
        user = %name, role = role.map(Role::as_str), disabled, new_password,
        by = %caller.actor(), request_id = input.context.request_id, "changed a user"
    );
    Ok(Json(users::find_user(pool, &user.name).await?))
}
