//! Who may come in, and what each may do: users, sessions, API keys, roles, and a record of who was turned away.
//!
//! Must never keep a password, a token or a key's secret in a form that lets it be used, nor log one.

mod api_keys;
mod attempts;
mod caller;
mod change_own_password;
mod change_user;
mod check;
mod create_api_key;
mod create_user;
mod error;
mod forget_refusals;
mod list_api_keys;
mod list_personal_showings;
mod list_users;
mod log_in;
mod log_out;
mod names;
mod password;
mod principal;
mod refresh;
mod refusals;
mod revoke_api_key;
mod role;
mod sessions;
mod showings;
mod token;
mod users;
mod verified;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use error::AccessError;
pub use role::{Action, Role, UnknownRole};
pub use users::{
    NewUser, User, UserChange, change_user, check_new_password, check_new_user, create_user, ensure_admin,
    find_user, list_users, set_password,
};

pub(crate) use api_keys::{ApiKey, all_keys};
pub(crate) use caller::{Caller, bearer_token};
pub(crate) use check::Moment;
pub(crate) use forget_refusals::forget_refusals;
pub(crate) use principal::Principal;
pub(crate) use refusals::{AccessRefusal, RefusalRecorder, WRITE_EVERY};
pub use showings::{Shown, record_showings};

pub(crate) use showings::PersonalShowing;

use crate::state::ApiState;
use password::Passwords;
use verified::VerifiedTokens;

/// What the process remembers to let people in quickly. Cloning shares it.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    verified: Arc<VerifiedTokens>,
    passwords: Passwords,
    /// Held while the secret of an API key is compared for the first time.
    comparing: Arc<tokio::sync::Mutex<()>>,
    /// Had by whoever has a secret compared and its failure counted.
    turns: Arc<tokio::sync::Semaphore>,
    pub(crate) refusals: Arc<RefusalRecorder>,
}

impl Access {
    pub(crate) fn new() -> Self {
        Self {
            verified: Arc::new(VerifiedTokens::new()),
            passwords: Passwords::default(),
            comparing: Arc::default(),
            turns: Arc::new(tokio::sync::Semaphore::new(password::AT_ONCE)),
            refusals: Arc::default(),
        }
    }
}

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(log_in::log_in))
        .routes(routes!(refresh::refresh))
        .routes(routes!(log_out::log_out))
        .routes(routes!(change_own_password::change_own_password))
        .routes(routes!(list_users::list_users, create_user::create_user))
        .routes(routes!(change_user::change_user))
        .routes(routes!(list_api_keys::list_api_keys, create_api_key::create_api_key))
        .routes(routes!(revoke_api_key::revoke_api_key))
        .routes(routes!(list_personal_showings::list_personal_showings))
}
