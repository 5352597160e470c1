//! Who a verified token belongs to.

use tallybook_domain::Actor;
use uuid::Uuid;

use super::Role;

/// Who a request comes from, as of the last time the database was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    /// `user:…` or `key:…`, as the journal has it.
    pub(crate) actor: Actor,
    pub(crate) role: Role,
    pub(crate) credential: Credential,
}

/// What the request showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    Session { id: Uuid, user: String },
    ApiKey { id: String },
}

impl Principal {
    pub(super) fn user(&self) -> Option<&str> {
        match &self.credential {
            Credential::Session { user, .. } => Some(user),
            Credential::ApiKey { .. } => None,
        }
    }
}
