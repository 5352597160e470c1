//! A request that wants something to happen.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tallybook_commands::CommandContext;
use tallybook_domain::Actor;
use uuid::Uuid;

use super::body::{ReadBody, read_body};
use super::context::RequestContext;
use super::query::QueryReader;
use super::read::Format;
use crate::access::Caller;
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::state::ApiState;

const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The most a body may have.
const BODY_LIMIT: usize = 1024 * 1024;
/// How long it may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// What of a larger one is still taken from the line, and thrown away, before the refusal.
const DRAINED_AT_MOST: usize = 16 * 1024 * 1024;
const DRAINED_WITHIN: Duration = Duration::from_secs(5);

/// The raw parts of a command. Nothing of it has been read yet: who sends it is asked first.
#[derive(Debug)]
pub(crate) struct CommandInput {
    pub(crate) context: Arc<RequestContext>,
    headers: HeaderMap,
    query: Option<String>,
    body: Bytes,
}

impl FromRequest<ApiState> for CommandInput {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let context = Arc::<RequestContext>::from_request_parts(&mut parts, state).await?;
        let body = collect_body(body, BODY_LIMIT, BODY_WITHIN).await?;
        let query = parts.uri.query().map(str::to_owned);
        Ok(Self { context, headers: parts.headers, query, body })
    }
}

/// A whole body, if it is not larger and does not take longer than it may.
pub(crate) async fn collect_body(mut body: Body, limit: usize, within: Duration) -> Result<Bytes, Problem> {
    let collected = tokio::time::timeout(within, Limited::new(&mut body, limit).collect()).await;
    let Ok(collected) = collected else {
        return Err(Problem::new(ProblemKind::BodyTooSlow, "The body did not arrive in time."));
    };
    match collected {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            drain(body).await;
            let detail = format!("The body must not be larger than {limit} bytes.");
            Err(Problem::new(ProblemKind::BodyTooLarge, detail).with("limit", limit))
        }
        Err(error) => {
            tracing::debug!(%error, "a body ended early");
            Err(Problem::new(ProblemKind::MalformedJson, "The body ended early."))
        }
    }
}

/// Lets a sender who is still sending come to an end, within bounds: one whose connection closes under his hands
/// never reads why.
pub(super) async fn drain(mut body: Body) {
    let all = async {
        let mut left = DRAINED_AT_MOST;
        while let Some(Ok(frame)) = body.frame().await
            && left > 0
        {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        }
    };
    if tokio::time::timeout(DRAINED_WITHIN, all).await.is_err() {
        tracing::debug!("a body over the limit did not come to its end");
    }
}

impl CommandInput {
    /// Reads body, query and headers of a command on the book.
    pub(crate) fn command<T: ReadBody>(&self, caller: &Caller) -> Result<(CommandContext, T), Problem> {
        self.expect_json()?;
        let mut query = QueryReader::new(self.query.as_deref());
        let dry_run = query.flag("dry_run");
        let mut errors = query.into_errors();
        let key = idempotency_key(&self.headers, &mut errors);
        let body = read_body(&self.body, &mut errors)?;
        let context = CommandContext {
            actor: caller.actor().clone(),
            idempotency_key: command_id(caller.actor(), key, dry_run),
            request_id: Some(self.context.request_id.clone()),
            client_address: self.context.client_address(),
            dry_run,
        };
        Ok((context, complete(body, errors)?))
    }

    /// Whether the caller said under which key a repeat is known.
    pub(crate) fn brings_key(&self) -> bool {
        self.headers.contains_key(IDEMPOTENCY_KEY)
    }

    /// The form of the answer, where there is a choice.
    pub(crate) fn format(&self) -> Result<Format, Problem> {
        Format::of(&self.headers)
    }

    /// Reads the body of a request that changes who may come in, which knows neither keys nor dry runs.
    pub(crate) fn body<T: ReadBody>(&self) -> Result<T, Problem> {
        self.expect_json()?;
        let mut errors = QueryReader::new(self.query.as_deref()).into_errors();
        let body = read_body(&self.body, &mut errors)?;
        complete(body, errors)
    }

    /// A body that is not empty says that it is JSON.
    fn expect_json(&self) -> Result<(), Problem> {
        if self.body.is_empty() || self.headers.get(header::CONTENT_TYPE).is_some_and(is_json) {
            return Ok(());
        }
        Err(Problem::new(
            ProblemKind::UnsupportedMediaType,
            "Send the body with Content-Type: application/json.",
        ))
    }
}

fn complete<T>(body: Option<T>, errors: Vec<FieldError>) -> Result<T, Problem> {
    match body {
        Some(body) if errors.is_empty() => Ok(body),
        Some(_) | None if !errors.is_empty() => Err(Problem::validation(errors)),
        Some(_) | None => Err(Problem::internal("a body was refused without a reason")),
    }
}

fn is_json(content_type: &HeaderValue) -> bool {
    let bytes = content_type.as_bytes();
    let essence = bytes.split(|byte| *byte == b';').next().unwrap_or(bytes).trim_ascii();
    essence.eq_ignore_ascii_case(b"application/json")
        || (essence.len() > 5 && essence[essence.len() - 5..].eq_ignore_ascii_case(b"+json"))
}

/// A key belongs to its caller, so nobody can use up another's, nor the importer's. Without a key one is made, so that
/// a caller who is told of it can repeat the command. A dry run needs none: nothing is recorded under it.
fn command_id(caller: &Actor, key: Option<String>, dry_run: bool) -> Option<String> {
    let key = key.or_else(|| (!dry_run).then(new_key))?;
    Some(format!("{caller}:{key}"))
}

/// The key in the id of a command of the API; neither an actor's kind nor a name contains a colon.
pub(crate) fn key_of(command_id: &str) -> &str {
    command_id.splitn(3, ':').nth(2).unwrap_or(command_id)
}

#[expect(clippy::disallowed_methods, reason = "a command that brings no key gets one at this edge")]
fn new_key() -> String {
    Uuid::now_v7().to_string()
}

/// 1 to 200 visible ASCII characters.
fn idempotency_key(headers: &HeaderMap, errors: &mut Vec<FieldError>) -> Option<String> {
    let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
    let key = given.next()?;
    let visible = key.as_bytes().iter().all(u8::is_ascii_graphic);
    let fits = (1..=200).contains(&key.len());
    if given.next().is_none() && visible && fits {
        return key.to_str().ok().map(str::to_owned);
    }
    errors.push(FieldError {
        pointer: "Idempotency-Key".into(),
        code: "malformed",
        detail: "must be one key of 1 to 200 visible ASCII characters".into(),
    });
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_its_caller_and_is_found_again() {
        let (lei, erp): (Actor, Actor) = ("user:lei".parse().unwrap(), "key:erp".parse().unwrap());
        let id = |actor: &Actor, key: &str| command_id(actor, Some(key.into()), false).unwrap();
        assert_eq!(id(&lei, "import/1"), "user:lei:import/1");
        assert_ne!(id(&lei, "K"), id(&erp, "K"));
        assert_eq!(key_of(&id(&lei, "a:b:c:")), "a:b:c:");
        let made = command_id(&erp, None, false).unwrap();
        assert_eq!(id(&erp, key_of(&made)), made, "a key that was made can be sent");
        assert_eq!(command_id(&erp, None, true), None);
    }
}
