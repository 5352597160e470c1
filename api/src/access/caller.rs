//! Who sends a request, asked before anything else of it is read.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use tallybook_domain::Actor;

use super::principal::{Credential, Principal};
use super::{Action, Role};
use crate::problem::{Problem, ProblemKind};
use crate::request::RequestContext;
use crate::state::ApiState;

/// A signed-in user or a machine with a key. A handler that takes one answers 401 to anyone else.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    principal: Arc<Principal>,
}

impl FromRequestParts<ApiState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Self::Rejection> {
        let Some(token) = bearer_token(parts) else {
            let detail = "Sign in with POST /v1/auth/login and send Authorization: Bearer <access_token>.";
            return Err(Problem::new(ProblemKind::NotSignedIn, detail));
        };
        let context = parts.extensions.get::<Arc<RequestContext>>();
        let moment = state.moment(context.and_then(|context| context.client));
        let principal = state.access().verify(token, moment).await?;
        if let Some(context) = context {
            // Set at most once: a request has one caller.
            context.principal.get_or_init(|| Arc::clone(&principal));
        }
        Ok(Self { principal })
    }
}

/// The token of the Authorization header, whatever it is good for.
pub(crate) fn bearer_token(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl Caller {
    /// Goes on only if the caller's role allows it, and the caller is a person where that matters.
    pub(crate) fn may(&self, action: Action) -> Result<(), Problem> {
        if self.principal.role.may(action) {
            return self.is_who_it_takes(action);
        }
        let allowed: Vec<_> = action.roles().iter().map(|role| role.as_str()).collect();
        let detail = format!(
            "The role {} may not {}; this takes {}.",
            self.principal.role,
            action.as_str(),
            allowed.join(" or ")
        );
        Err(Problem::new(ProblemKind::Forbidden, detail)
            .with("role", self.principal.role)
            .with("allowed", allowed))
    }

    fn is_who_it_takes(&self, action: Action) -> Result<(), Problem> {
        match self.credential() {
            Credential::ApiKey { .. } if action.takes_a_person() => {
                let detail =
                    format!("An API key may not {}; this takes a signed-in person.", action.as_str());
                Err(Problem::new(ProblemKind::PersonNeeded, detail))
            }
            Credential::ApiKey { .. } | Credential::Session { .. } => Ok(()),
        }
    }

    pub(crate) fn role(&self) -> Role {
        self.principal.role
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.principal.actor
    }

    pub(super) fn credential(&self) -> &Credential {
        &self.principal.credential
    }
}
