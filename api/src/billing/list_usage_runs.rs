//! The runs of usage sources there were.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::billing::{UsageRunFilter, UsageRunRow, UsageRuns, list_usage_runs as read};
use tallybook_read_models::{Page, Projection};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct UsageRunParameters {
    #[param(example = "meters")]
    source: Option<String>,
    /// `running`, `finished` or `failed`.
    state: Option<String>,
}

impl Tabular for UsageRunRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "state",
        "asked",
        "recorded",
        "unchanged",
        "corrected",
        "quarantined",
        "held",
        "failed",
        "given_up",
        "started_at",
        "started_by",
        "updated_at",
    ];

    fn cells(&self) -> Vec<Cell> {
        let counts = &self.counts;
        vec![
            Cell::text(&self.id),
            Cell::text(self.state),
            Cell::Integer(self.asked),
            Cell::Integer(counts.recorded),
            Cell::Integer(counts.unchanged),
            Cell::Integer(counts.corrected),
            Cell::Integer(counts.quarantined),
            Cell::Integer(counts.held),
            Cell::Integer(self.failed),
            Cell::optional(self.given_up.as_ref()),
            Cell::at(self.started.at),
            Cell::text(&self.started.by),
            Cell::at(self.updated.at),
        ]
    }
}

/// List runs of usage sources
///
/// What came with each, and how much failed; the latest first.
#[utoipa::path(get, path = "/v1/usage/runs", tag = "usage", params(ListParameters, UsageRunParameters),
    responses((status = 200, body = Page<Vec<UsageRunRow>>)))]
pub(super) async fn list_usage_runs(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = UsageRunFilter { source: query.optional("source"), state: query.optional("state") };
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[UsageRuns::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, &page.paging()?).await?) }
    })
    .await
}
