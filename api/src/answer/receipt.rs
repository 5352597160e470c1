//! The answer to a command: its outcome and the position it is recorded at, or what a dry run would record.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tallybook_event_store::{DryRunEvent, Receipt};
use utoipa::ToSchema;

use crate::problem::Problem;

pub(crate) const POSITION: HeaderName = HeaderName::from_static("tallybook-position");
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

#[derive(Serialize)]
struct Recorded<'a, T> {
    #[serde(flatten)]
    outcome: &'a T,
    position: u64,
}

#[derive(Serialize)]
struct DryRun<'a, T> {
    dry_run: bool,
    outcome: &'a T,
    events: &'a [DryRunEvent],
}

/// What a dry run answers.
#[derive(Debug, ToSchema)]
#[schema(as = DryRun)]
#[expect(dead_code, reason = "describes DryRun, whose outcome is of any type")]
pub(crate) struct DryRunSchema {
    #[schema(example = true)]
    dry_run: bool,
    /// As the command would answer.
    #[schema(value_type = Object)]
    outcome: serde_json::Value,
    events: Vec<DryRunEventSchema>,
}

/// An event a dry run would have recorded.
#[derive(Debug, ToSchema)]
#[schema(as = DryRunEvent)]
#[expect(dead_code, reason = "describes tallybook_event_store::DryRunEvent")]
pub(crate) struct DryRunEventSchema {
    aggregate_type: String,
    aggregate_id: String,
    sequence: u64,
    event_type: String,
    event_version: String,
    #[schema(value_type = Object)]
    payload: serde_json::Value,
}

/// Something new is in the book.
pub(crate) fn created<T: Serialize>(receipt: &Receipt<T>) -> Result<Response, Problem> {
    answer(receipt, StatusCode::CREATED)
}

/// Something that was in the book has changed.
pub(crate) fn done<T: Serialize>(receipt: &Receipt<T>) -> Result<Response, Problem> {
    answer(receipt, StatusCode::OK)
}

/// Something is in the book that goes on by itself; this is where to look after it.
pub(crate) fn accepted<T: Serialize>(receipt: &Receipt<T>, location: &str) -> Result<Response, Problem> {
    let mut response = answer(receipt, StatusCode::ACCEPTED)?;
    let location = HeaderValue::from_str(location).map_err(Problem::internal)?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

/// What would come of something that takes many commands: its events are too many to tell.
pub(crate) fn tried(outcome: &impl Serialize) -> Result<Response, Problem> {
    json(StatusCode::OK, &DryRun { dry_run: true, outcome, events: &[] })
}

fn answer<T: Serialize>(receipt: &Receipt<T>, status: StatusCode) -> Result<Response, Problem> {
    let outcome = &receipt.outcome;
    if let Some(events) = &receipt.dry_run_events {
        return json(StatusCode::OK, &DryRun { dry_run: true, outcome, events });
    }
    let mut response = json(status, &Recorded { outcome, position: receipt.position })?;
    response.headers_mut().insert(POSITION, receipt.position.into());
    if receipt.replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Result<Response, Problem> {
    // Most answers fit, so that they are written without growing.
    let mut text = Vec::with_capacity(512);
    serde_json::to_writer(&mut text, body).map_err(Problem::internal)?;
    Ok((status, [(header::CONTENT_TYPE, JSON)], text).into_response())
}
