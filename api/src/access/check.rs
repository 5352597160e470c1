//! From a token to who it belongs to: from memory where it was verified a moment ago, else from the database.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tallybook_domain::Actor;

use super::attempts::Attempt;
use super::principal::{Credential, Principal};
use super::token::{self, TokenDigest};
use super::verified::{Known, Question};
use super::{Access, AccessError, Role};
use crate::problem::{Problem, ProblemKind};

/// What the database is asked with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) pool: &'a PgPool,
    pub(crate) now: DateTime<Utc>,
    pub(crate) client: Option<IpAddr>,
}

impl Access {
    /// Who the token belongs to, if it is good.
    pub(crate) async fn verify(&self, token: &str, moment: Moment<'_>) -> Result<Arc<Principal>, Problem> {
        let digest = token::digest(token);
        match self.verified.look_up(&digest, Instant::now()) {
            Known::Good(principal) => Ok(principal),
            Known::AskAgain(principal) => {
                self.ask_again(token.to_owned(), digest, moment);
                Ok(principal)
            }
            Known::Stale => self.ask(token, digest, true, moment).await,
            Known::Unknown => self.ask(token, digest, false, moment).await,
        }
    }

    /// Asks the database without making the request wait. If it does not answer, the next request asks again.
    fn ask_again(&self, token: String, digest: TokenDigest, moment: Moment<'_>) {
        let (access, pool, now, client) = (self.clone(), moment.pool.clone(), moment.now, moment.client);
        tokio::spawn(async move {
            let moment = Moment { pool: &pool, now, client };
            if let Err(problem) = access.ask(&token, digest, true, moment).await {
                tracing::debug!(
                    kind = problem.kind().slug(),
                    "a token is not good any more, or could not be checked"
                );
            }
        });
    }

    async fn ask(
        &self,
        token: &str,
        digest: TokenDigest,
        secret_known: bool,
        moment: Moment<'_>,
    ) -> Result<Arc<Principal>, Problem> {
        let question = Question { digest, epoch: self.verified.epoch(), at: Instant::now() };
        let principal = if token.starts_with(token::ACCESS_PREFIX) {
            session_of(moment, &digest).await?.map(Arc::new)
        } else if let Some((id, secret)) = token::split_key(token) {
            match key(moment.pool, id).await? {
                Some(key) if secret_known => Some(key.principal),
                Some(key) => Some(self.compare_secret(secret, key, question, moment).await?),
                None => None,
            }
        } else {
            None
        };
        match principal {
            Some(principal) => {
                self.verified.keep(question, Arc::clone(&principal));
                Ok(principal)
            }
            None => {
                self.verified.forget(&digest);
                Err(not_good())
            }
        }
    }

    /// The first time a key is seen, its secret is hashed. Of many requests at once only the first does it.
    async fn compare_secret(
        &self,
        secret: &str,
        key: Key,
        question: Question,
        moment: Moment<'_>,
    ) -> Result<Arc<Principal>, Problem> {
        let _one_at_a_time = self.comparing.lock().await;
        match self.verified.look_up(&question.digest, Instant::now()) {
            Known::Good(principal) | Known::AskAgain(principal) => return Ok(principal),
            Known::Stale => return Ok(key.principal),
            Known::Unknown => {}
        }
        let attempt = Attempt { name: None, client: moment.client };
        let secrets = (secret.to_owned(), Some(key.secret_hash));
        if !self.try_secret(moment.pool, attempt, secrets, moment.now).await? {
            return Err(not_good());
        }
        self.verified.keep(question, Arc::clone(&key.principal));
        Ok(key.principal)
    }
}

fn not_good() -> Problem {
    Problem::new(ProblemKind::NotSignedIn, "The token is unknown, expired or revoked. Sign in again.")
}

async fn session_of(moment: Moment<'_>, digest: &TokenDigest) -> Result<Option<Principal>, AccessError> {
    let row = sqlx::query!(
        "SELECT s.id, s.user_name, u.role
           FROM session_tokens t JOIN sessions s ON s.id = t.session JOIN users u ON u.name = s.user_name
          WHERE t.token_hash = $1 AND t.kind = 'access' AND t.expires_at > $2
            AND s.ended_at IS NULL AND NOT u.disabled",
        digest.as_slice(),
        moment.now
    )
    .fetch_optional(moment.pool)
    .await?;
    row.map(|row| {
        Ok(Principal {
            actor: actor("user", &row.user_name)?,
            role: stored_role(&row.role)?,
            credential: Credential::Session { id: row.id, user: row.user_name },
        })
    })
    .transpose()
}

struct Key {
    principal: Arc<Principal>,
    secret_hash: String,
}

async fn key(pool: &PgPool, id: &str) -> Result<Option<Key>, AccessError> {
    let row = sqlx::query!(
        "SELECT id, name, role, secret_hash FROM api_keys WHERE id = $1 AND revoked_at IS NULL",
        id
    )
    .fetch_optional(pool)
    .await?;
    row.map(|row| {
        Ok(Key {
            principal: Arc::new(Principal {
                actor: actor("key", &row.name)?,
                role: stored_role(&row.role)?,
                credential: Credential::ApiKey { id: row.id },
            }),
            secret_hash: row.secret_hash,
        })
    })
    .transpose()
}

fn actor(kind: &str, name: &str) -> Result<Actor, AccessError> {
    format!("{kind}:{name}").parse().map_err(|_| AccessError::InvalidName)
}

pub(super) fn stored_role(text: &str) -> Result<Role, AccessError> {
    text.parse().map_err(|_| AccessError::UnknownRole(text.to_owned()))
}
