//! Writing off what the rules of matching are sure of.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use tallybook_commands::settlement::{WriteOffMatches, answer_automatic, answered_automatic};
use tallybook_domain::CustomerId;
use tallybook_event_store::Receipt;
use tallybook_read_models::settlement::matching_projections;
use utoipa::ToSchema;

use super::limits::limits_of;
use crate::access::{Action, Caller};
use crate::answer::{POSITION, REPLAYED, json, tried};
use crate::matching::{AutomaticRun, AutomaticWriteOffs, MatchingError, write_off_matches as carry_out};
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, Freshness, ReadBody, number, text};
use crate::state::ApiState;

/// Proposals one request acts on.
const USUALLY: u32 = 500;
const AT_MOST: u32 = 5_000;

/// Which receipts are matched.
#[derive(Debug, ToSchema)]
#[schema(as = AutomaticWriteOffBody)]
pub(super) struct AutomaticBody {
    /// Only identified receipts of this customer.
    #[schema(value_type = Option<String>, example = "C00042")]
    customer: Option<CustomerId>,
    /// The same as the parameter `dry_run`.
    dry_run: Option<bool>,
    /// So many are written off at most; if there is room, so many with those that wait are told. 500, if left out.
    #[schema(minimum = 1, maximum = 5000)]
    limit: Option<u32>,
}

impl ReadBody for AutomaticBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customer = body.optional("customer", text);
        let dry_run = body.optional("dry_run", |value| value.boolean());
        let limit = body.optional("limit", |value| number(value, 1..=AT_MOST));
        Some(Self { customer, dry_run, limit })
    }
}

/// What was written off.
#[derive(Serialize, ToSchema)]
pub(super) struct WrittenOff {
    #[serde(flatten)]
    outcome: AutomaticWriteOffs,
    /// Where in the journal the last of them is recorded.
    position: u64,
}

/// The answer as it is kept: a repeat gets it letter by letter.
#[derive(Clone, Serialize, Deserialize)]
struct Answered {
    body: Box<RawValue>,
    position: u64,
}

/// Write off what is sure
///
/// Matches all receipts of which something is free with open bills, each rule over all receipts before the next one.
/// What scores high enough is written off, each by a decision of its own that keeps its score, reasons and version of
/// the rules; the rest is told and waits for a person. Harmless to repeat: nothing is written off twice, and of a receipt
/// of which a person has undone or rejected a write-off nothing is written off by itself any more. The same
/// `Idempotency-Key` gets the same answer again, and begins nothing; a run that was not answered goes on with it.
#[utoipa::path(post, path = "/v1/write-offs/auto", tag = "write-offs", request_body = AutomaticBody,
    responses((status = 200, body = WrittenOff)))]
pub(super) async fn write_off_matches(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::WriteOff)?;
    let (mut context, AutomaticBody { customer, dry_run, limit }) = input.command(&caller)?;
    context.dry_run |= dry_run.unwrap_or(false);
    let limit = usize::try_from(limit.unwrap_or(USUALLY)).map_err(Problem::internal)?;
    let asked = WriteOffMatches { customer: customer.clone(), limit };
    let keyed = input.brings_key() && !context.dry_run;
    if keyed && let Some(before) = answered_automatic(state.book(), context.clone(), &asked).await? {
        return written(&before);
    }
    // Of what was recorded before this request, nothing is overlooked.
    let fresh = Some(Freshness::at_least(state.book().head(), None));
    let pool = state.reading(&matching_projections(), None, fresh).await?;
    let run = AutomaticRun { customer, limit, limits: limits_of(caller.role(), &state) };
    let (outcome, position) = carry_out(state.book(), &pool, &context, &run).await?;
    if context.dry_run {
        return tried(&outcome);
    }
    let body = to_raw_value(&WrittenOff { outcome, position }).map_err(Problem::internal)?;
    let answer = Answered { body, position };
    // Nobody can ask again for what had no key.
    if !keyed {
        return written(&Receipt { outcome: answer, position, replayed: false, dry_run_events: None });
    }
    written(&answer_automatic(state.book(), context, &asked, answer).await?)
}

fn written(receipt: &Receipt<Answered>) -> Result<Response, Problem> {
    let Answered { body, position } = &receipt.outcome;
    let mut response = json(StatusCode::OK, body)?;
    response.headers_mut().insert(POSITION, (*position).into());
    if receipt.replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

impl From<MatchingError> for Problem {
    fn from(error: MatchingError) -> Self {
        match error {
            MatchingError::Read(error) => error.into(),
            MatchingError::Command(error) => error.into(),
            MatchingError::Money(error) => Self::internal(error),
            MatchingError::Stopped(error) => Self::internal(error),
        }
    }
}
