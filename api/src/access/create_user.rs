//! Making a user.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use utoipa::ToSchema;

use super::names::{AccessName, NewPassword};
use super::{Action, Caller, NewUser, Role, User, users};
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, text};
use crate::state::ApiState;

/// A user to be made.
#[derive(Debug, ToSchema)]
pub(super) struct NewUserBody {
    /// 1 to 64 letters, digits or the signs `.`, `_`, `-`, `@`; kept in lower case.
    #[schema(value_type = String, example = "li.lei")]
    name: AccessName,
    role: Role,
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 200)]
    password: NewPassword,
}

impl ReadBody for NewUserBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let name = body.required("name", text);
        let role = body.required("role", text);
        let password = body.required("password", text);
        Some(Self { name: name?, role: role?, password: password? })
    }
}

/// Make a user
#[utoipa::path(post, path = "/v1/users", tag = "access", request_body = NewUserBody,
    responses((status = 201, body = User)))]
pub(super) async fn create_user(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<(StatusCode, Json<User>), Problem> {
    caller.may(Action::ManageUsers)?;
    let NewUserBody { name, role, password } = input.body()?;
    let created_by = caller.actor().to_string();
    let new = NewUser { name: name.to_string(), role, password: password.0, created_by };
    let user = users::create_user(state.book().pool(), new, state.book().now()).await?;
    tracing::info!(user = user.name, %role, by = user.created_by, request_id = input.context.request_id, "made a user");
    Ok((StatusCode::CREATED, Json(user)))
}
