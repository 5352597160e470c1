//! Whom the bill run of a month could not bill.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::Month;
use tallybook_read_models::billing::{BillRuns, Bills, ParkedRow, list_parked as read};
use tallybook_read_models::{Page, Projection};

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::{Problem, ProblemKind};
use crate::request::{ListParameters, PathId, ReadInput};
use crate::state::ApiState;

impl Tabular for ParkedRow {
    const COLUMNS: &'static [&'static str] = &["customer", "reason", "parked_at", "parked_by"];

    fn cells(&self) -> Vec<Cell> {
        let Self { customer, reason, parked, .. } = self;
        vec![Cell::text(customer), Cell::text(reason), Cell::at(parked.at), Cell::text(&parked.by)]
    }
}

/// List customers that could not be billed
///
/// By customer, each with the last reason; who has got a bill of the month since is not in it.
#[utoipa::path(get, path = "/v1/bill-runs/{month}/parked", tag = "bills",
    params(ListParameters, ("month" = String, Path, example = "2026-10")),
    responses((status = 200, body = Page<Vec<ParkedRow>>)))]
pub(super) async fn list_parked(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let month: Month = path.parse(ProblemKind::BillRunNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[BillRuns::NAME, Bills::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let pool = pool.clone();
        async move { Ok(read(&pool, month, &page.paging()?).await?) }
    })
    .await
}
