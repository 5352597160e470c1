//! The list of usage that was not believed.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::billing::{
    QuarantineFilter, QuarantinedRow, UsageQuarantines, list_quarantine as read,
};
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
pub(super) struct QuarantineParameters {
    /// `quarantined`, with `-` before it for descending; `-quarantined` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    #[param(example = "2026-10")]
    month: Option<String>,
    #[param(example = "meters")]
    source: Option<String>,
    /// `waiting`, `accepted` or `dismissed`.
    state: Option<String>,
}

impl Tabular for QuarantinedRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "month",
        "run",
        "meter",
        "date",
        "reference",
        "given",
        "why",
        "recorded",
        "average",
        "state",
        "quantity",
        "reason",
        "quarantined_at",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        let held = &self.held;
        vec![
            Cell::text(&self.id),
            Cell::text(&self.customer),
            Cell::text(self.month),
            Cell::text(&self.run),
            Cell::text(&held.meter),
            Cell::optional_date(Some(held.date)),
            Cell::text(&held.reference),
            Cell::text(&held.given),
            Cell::text(held.reason),
            Cell::optional(held.recorded.as_ref()),
            Cell::optional(held.average.as_ref()),
            Cell::text(self.state),
            Cell::optional(self.quantity.as_ref()),
            Cell::optional(self.reason.as_ref()),
            Cell::at(self.quarantined.at),
            Cell::at(self.updated.at),
            Cell::text(&self.updated.by),
        ]
    }
}

/// List usage that was not believed
///
/// What came from a source and was put aside for a person to look at, with what came of it.
#[utoipa::path(get, path = "/v1/usage/quarantine", tag = "usage", params(ListParameters, QuarantineParameters),
    responses((status = 200, body = Page<Vec<QuarantinedRow>>)))]
pub(super) async fn list_quarantine(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = QuarantineFilter {
        customer: query.optional("customer"),
        month: query.optional("month"),
        source: query.optional("source"),
        state: query.optional("state"),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[UsageQuarantines::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
