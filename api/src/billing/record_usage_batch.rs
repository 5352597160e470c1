//! Recording what many customers used, all of it or nothing.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::billing::{self as commands, MOST_RECORDS, RecordUsage};
use utoipa::ToSchema;

use super::usage_body::UsageBody;
use super::usage_schema::UsageBatchOutcome;
use crate::access::{Action, Caller};
use crate::answer::{created, done};
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, list, object};
use crate::state::ApiState;

/// Records of any customers and months.
#[derive(Debug, ToSchema)]
pub(super) struct UsageBatchBody {
    #[schema(min_items = 1, max_items = 1000)]
    records: Vec<UsageBody>,
}

impl ReadBody for UsageBatchBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let records =
            body.required("records", |value| list(value, MOST_RECORDS, |one| object(one, UsageBody::read)))?;
        if records.is_empty() {
            body.refuse("/records", "empty", "must have at least one entry");
        }
        Some(Self { records: records.into_iter().collect::<Option<_>>()? })
    }
}

/// Record usage in batches
///
/// At most 1,000 records, all of them or none. Each is judged after those before it. What is refused is told in `errors`,
/// by its place in the batch; the problem is that of the first, at `index`.
#[utoipa::path(post, path = "/v1/usage/batch", tag = "usage", request_body = UsageBatchBody,
    responses((status = 201, body = UsageBatchOutcome),
        (status = 200, description = "Nothing of it is new", body = UsageBatchOutcome)))]
pub(super) async fn record_usage_batch(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::RecordUsage)?;
    let (context, body) = input.command::<UsageBatchBody>(&caller)?;
    let records: Vec<RecordUsage> = body.records.into_iter().map(RecordUsage::from).collect();
    let receipt = commands::record_usage_batch(state.book(), context, records).await?;
    if receipt.outcome.recorded > 0 { created(&receipt) } else { done(&receipt) }
}
