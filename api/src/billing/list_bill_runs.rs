//! The bill runs there were.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::Money;
use tallybook_read_models::billing::{BillRunRow, BillRuns, list_bill_runs as read};
use tallybook_read_models::{Page, Projection};

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

impl Tabular for BillRunRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "state",
        "customers",
        "billed",
        "skipped",
        "parked",
        "totals",
        "started_at",
        "started_by",
        "updated_at",
    ];

    fn cells(&self) -> Vec<Cell> {
        let counts = &self.counts;
        let totals: Vec<String> = counts.totals.iter().map(Money::to_string).collect();
        vec![
            Cell::text(self.id),
            Cell::text(self.state),
            Cell::Integer(counts.customers),
            Cell::Integer(counts.billed),
            Cell::Integer(counts.skipped),
            Cell::Integer(counts.parked),
            Cell::text(totals.join(", ")),
            Cell::at(self.started.at),
            Cell::text(&self.started.by),
            Cell::at(self.updated.at),
        ]
    }
}

/// List bill runs
///
/// One for each month that was ever run, the latest month first, each since it was started last.
#[utoipa::path(get, path = "/v1/bill-runs", tag = "bills", params(ListParameters),
    responses((status = 200, body = Page<Vec<BillRunRow>>)))]
pub(super) async fn list_bill_runs(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[BillRuns::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let pool = pool.clone();
        async move { Ok(read(&pool, &page.paging()?).await?) }
    })
    .await
}
