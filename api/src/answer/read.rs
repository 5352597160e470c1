//! The answer to a question about one thing.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use tallybook_read_models::Answer;

use super::receipt::{POSITION, json};
use crate::problem::{Problem, ProblemKind};

/// `{"data": …, "position": n}`.
pub(crate) fn answer<T: Serialize>(answer: &Answer<T>) -> Result<Response, Problem> {
    let mut response = json(StatusCode::OK, answer)?;
    response.headers_mut().insert(POSITION, answer.position.into());
    Ok(response)
}

/// An answer that is not about the book.
pub(crate) fn plain(body: &impl Serialize) -> Result<Response, Problem> {
    json(StatusCode::OK, body)
}

/// The same, if there is such a thing.
pub(crate) fn found<T: Serialize>(
    found: Answer<Option<T>>,
    otherwise: ProblemKind,
    id: &impl std::fmt::Display,
) -> Result<Response, Problem> {
    let Answer { data, position } = found;
    match data {
        Some(data) => answer(&Answer { data, position }),
        None => Err(not_found(otherwise, id, position)),
    }
}

/// There is no such thing. The position tells a reader who just wrote whether the read model could know yet.
pub(crate) fn not_found(kind: ProblemKind, id: &impl std::fmt::Display, position: u64) -> Problem {
    Problem::new(kind, format!("{}.", kind.title())).with("id", id.to_string()).with("position", position)
}
