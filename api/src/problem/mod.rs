//! What a client is told when it does not get what it asked for: RFC 9457 `application/problem+json`.
//!
//! A problem never carries a stack, SQL or a path. What caused a 5xx travels beside the answer to the boundary,
//! which logs it once.

mod approvals;
mod billing;
mod channels;
mod command_error;
mod kind;
mod orders;
mod payments;
mod payouts;
mod refusal;
mod risk;
mod settlement;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::Value;
use tallybook_read_models::ReadError;
use utoipa::ToSchema;

pub use kind::ProblemKind;

/// A refusal or failure on its way to the client.
#[derive(Debug)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    members: Vec<(&'static str, Value)>,
    retry_after: Option<u64>,
    cause: Option<Cause>,
}

/// Why an answer is a 5xx: for the log, never for the client.
#[derive(Debug, Clone)]
pub(crate) struct Cause(pub(crate) Arc<str>);

/// One value that cannot be used, and where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer into the body (`/amount/currency`), `?name` for a query parameter, or a header's name.
    pub pointer: String,
    /// A stable word for machines, such as `missing`, `wrong_type`, `unknown` or `too_long`.
    pub code: &'static str,
    pub detail: String,
}

/// The shape of every answer that is not a success. Further members carry the facts of the problem.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemSchema {
    /// `/problems/` and the kind of problem.
    #[schema(example = "/problems/insufficient-funds")]
    r#type: String,
    title: String,
    status: u16,
    /// For people.
    detail: String,
    /// Of a `validation` problem: everything that is wrong, at once. Of a refused batch: each record that is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FieldError>>,
}

impl Problem {
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), members: Vec::new(), retry_after: None, cause: None }
    }

    /// Everything that is wrong with a request, at once.
    pub fn validation(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            // The pointer to the whole body is empty.
            [only] if only.pointer.is_empty() => format!("The body {}.", only.detail),
            [only] => format!("{}: {}", only.pointer, only.detail),
            several => format!("{} values cannot be used; see errors", several.len()),
        };
        Self::new(ProblemKind::Validation, detail).with("errors", errors)
    }

    /// One query parameter that is well written but cannot be.
    pub(crate) fn out_of_range(parameter: &str, detail: impl Into<String>) -> Self {
        let (pointer, detail) = (format!("?{parameter}"), detail.into());
        Self::validation(vec![FieldError { pointer, code: "out_of_range", detail }])
    }

    /// A fault of ours: the client learns that it happened, the log learns what.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(
            ProblemKind::Internal,
            "The request could not be answered. The request id leads to the reason.",
        )
        .because(cause)
    }

    /// A fact of the problem, as a member beside `type` and `detail`.
    pub fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.members.push((name, value)),
            Err(error) => {
                return Self::internal(format_args!("the member {name} does not serialise: {error}"));
            }
        }
        self
    }

    /// When it makes sense to try again, in seconds.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(crate) fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(Cause(cause.to_string().into()));
        self
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.cause.as_ref().map(|Cause(cause)| &**cause)
    }

    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }
}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &format_args!("/problems/{}", self.kind.slug()))?;
        map.serialize_entry("title", self.kind.title())?;
        map.serialize_entry("status", &self.status().as_u16())?;
        map.serialize_entry("detail", &self.detail)?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
        let body = match serde_json::to_vec(&self) {
            Ok(body) => body,
            Err(error) => return Self::internal(error).into_response(),
        };
        let mut response = (self.status(), [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
        if self.status() == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self.kind);
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        response
    }
}

/// The database could not be asked, or what it answered makes no sense. Only the first is worth trying again.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        if is_outage(&error) {
            return Self::new(
                ProblemKind::Unavailable,
                "The database does not answer. Nothing was done; try again.",
            )
            .retry_after(1)
            .because(error);
        }
        Self::internal(error)
    }
}

/// A query that has no answer.
impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Cursor(invalid) => Self::validation(vec![FieldError {
                pointer: "?cursor".into(),
                code: "malformed",
                detail: invalid.to_string(),
            }]),
            ReadError::Database(error) => error.into(),
            ReadError::NotYet { projection, position, wanted } => {
                Self::new(ProblemKind::ProjectionBehind, sentence(&error))
                    .with("projection", projection)
                    .with("position", position)
                    .with("min_position", wanted)
                    .retry_after(1)
            }
            ReadError::Corrupt(_) => Self::internal(error),
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enum is sqlx's and open; what is not known to pass is a fault"
)]
fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // Class 57: the server is starting, stopping or was told to end this connection. Class 53: it is full.
        sqlx::Error::Database(refused) => refused
            .code()
            .is_some_and(|code| code.starts_with("57P") || code.starts_with("53") || code.starts_with("08")),
        _ => false,
    }
}

/// Facts are said in lower case and without a full stop; people get a sentence. A name at its beginning stays as it is.
pub(crate) fn sentence(fact: &impl fmt::Display) -> String {
    let text = fact.to_string();
    let first = text.split(' ').next().unwrap_or(&text);
    if !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_lowercase()) {
        format!("{}{}.", text[..1].to_uppercase(), &text[1..])
    } else {
        format!("{text}.")
    }
}
