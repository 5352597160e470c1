//! Signing in with a name and a password.

use axum::Json;
use axum::extract::State;
use utoipa::ToSchema;

use super::attempts::Attempt;
use super::names::{AccessName, ShownSecret};
use super::sessions::{self, TokenPair};
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, ReadBody, text};
use crate::state::ApiState;

/// A name and a password.
#[derive(Debug, ToSchema)]
pub(super) struct SignIn {
    #[schema(example = "admin")]
    username: String,
    #[schema(value_type = String, format = Password)]
    password: ShownSecret,
}

impl ReadBody for SignIn {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let username = body.required("username", text::<String>);
        let password = body.required("password", text);
        Some(Self { username: username?, password: password? })
    }
}

/// Sign in
///
/// Answers with an access token, good for two hours, and a refresh token, good for seven days and once. After ten
/// failures within fifteen minutes for one name from one address (fifty for one address, a hundred for one name) every
/// attempt is refused until they are over.
#[utoipa::path(post, path = "/v1/auth/login", tag = "access", security(()), request_body = SignIn,
    responses((status = 200, body = TokenPair)))]
pub(super) async fn log_in(
    State(state): State<ApiState>,
    input: CommandInput,
) -> Result<Json<TokenPair>, Problem> {
    let SignIn { username, password } = input.body()?;
    // A name nobody can have is tried in vain, and takes as long.
    let name = username.parse::<AccessName>().ok();
    let name = name.as_ref().map_or("", AccessName::as_str);
    input.context.claimed_name.get_or_init(|| name.to_owned());
    let (pool, now) = (state.book().pool(), state.book().now());
    let attempt = Attempt { name: Some(name.to_owned()), client: input.context.client };
    let user = sqlx::query!("SELECT password_hash, disabled FROM users WHERE name = $1", name)
        .fetch_optional(pool)
        .await?;
    // A disabled user's password is never right.
    let stored = user.filter(|user| !user.disabled).map(|user| user.password_hash);
    if !state.access().try_secret(pool, attempt, (password.0, stored), now).await? {
        let detail = "The user name or the password is wrong, or the user is disabled.";
        return Err(Problem::new(ProblemKind::SignInFailed, detail));
    }
    let tokens = sessions::begin(pool, name, input.context.client, now).await?;
    tracing::info!(user = name, request_id = input.context.request_id, "signed in");
    Ok(Json(tokens))
}
