//! Starting a run of a usage source.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::billing::{StartUsageRun, start_usage_run as start};
use tallybook_domain::billing::usage_source::{SourceName, UsageRunTerms};
use tallybook_domain::{CustomerId, Month};
use utoipa::ToSchema;

use super::source_schema::UsageRunOutcome;
use crate::access::Action;
use crate::answer::accepted;
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, list, text};
use crate::state::ApiState;
use crate::usage_sources::months_to_ask;

/// Customers and months that can be named.
const MOST_NAMED: usize = 1_000;
const MOST_MONTHS: usize = 24;

/// What is to be collected.
#[derive(Debug, ToSchema)]
pub(super) struct UsageRunBody {
    /// The month it is, and in its first days the one before, if left out.
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 24)]
    months: Option<Vec<Month>>,
    /// Only these customers; every active one with a plan, if left out.
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 1000)]
    customers: Option<Vec<CustomerId>>,
}

impl ReadBody for UsageRunBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let months = body.optional("months", |value| list(value, MOST_MONTHS, text::<Month>));
        let customers = body.optional("customers", |value| list(value, MOST_NAMED, text::<CustomerId>));
        for (pointer, empty) in [
            ("/months", months.as_ref().is_some_and(Vec::is_empty)),
            ("/customers", customers.as_ref().is_some_and(Vec::is_empty)),
        ] {
            if empty {
                body.refuse(pointer, "empty", "must name at least one; leave it out for all");
            }
        }
        let all = |months: Vec<Option<Month>>| months.into_iter().flatten().collect();
        let customers = customers.map(|named| named.into_iter().flatten().collect());
        Some(Self { months: months.map(all), customers })
    }
}

/// Whom and when is said by the files themselves.
fn not_chosen(months: bool, customers: bool) -> Vec<FieldError> {
    let named = [("/months", months), ("/customers", customers)];
    let named = named.into_iter().filter(|(_, named)| *named);
    let refused = |(pointer, _): (&str, bool)| FieldError {
        pointer: pointer.to_owned(),
        code: "not_applicable",
        detail: "must be left out: this source is not asked by customer and month".to_owned(),
    };
    named.map(refused).collect()
}

/// Collect usage from a source
///
/// It goes on in the background, also when this process ends; `Location` is where to see how far it is. The same run
/// again, while it is under way, changes nothing.
#[utoipa::path(post, path = "/v1/usage/sources/{name}/runs", tag = "usage", request_body = UsageRunBody,
    params(("name" = String, Path, example = "meters")),
    responses((status = 202, body = UsageRunOutcome)))]
pub(super) async fn start_usage_run(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, name, UsageRunBody { months, customers }) =
        input.read::<SourceName, _>(Action::RecordUsage, ProblemKind::UsageSourceNotFound)?;
    let Some(source) = state.settings().usage_sources.get(&name) else {
        let detail = format!("There is no usage source {name} in the settings.");
        return Err(Problem::new(ProblemKind::UsageSourceNotFound, detail).with("id", name));
    };
    let by_month = source.outside().asks_by_month();
    if !by_month && (months.is_some() || customers.is_some()) {
        return Err(Problem::validation(not_chosen(months.is_some(), customers.is_some())));
    }
    let mut months = match months {
        None if !by_month => Vec::new(),
        Some(months) => months,
        None => months_to_ask(state.book().today(), source.usual.previous_month_days),
    };
    let mut customers = customers.unwrap_or_else(Vec::new);
    months.sort_unstable();
    months.dedup();
    customers.sort_unstable();
    customers.dedup();
    let terms = UsageRunTerms { months, customers, scheduled: false };
    let dry = context.dry_run;
    let receipt = start(state.book(), context, &StartUsageRun { source: name.clone(), terms }).await?;
    if !dry {
        state.usage_run_started(name);
    }
    accepted(&receipt, &format!("/v1/usage/runs/{}", receipt.outcome.id))
}
