//! The months that were ever closed.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::ledger::{PeriodRow, Periods, list_periods as read};
use tallybook_read_models::{Page, Projection};

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

impl Tabular for PeriodRow {
    const COLUMNS: &'static [&'static str] =
        &["id", "state", "requested_by", "reason", "closed_at", "closed_by", "updated_at", "updated_by"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.id),
            Cell::text(self.state),
            Cell::optional(self.requested_by.as_ref()),
            Cell::optional(self.reason.as_ref()),
            Cell::at(self.closed.at),
            Cell::text(&self.closed.by),
            Cell::at(self.updated.at),
            Cell::text(&self.updated.by),
        ]
    }
}

/// List accounting periods
///
/// Those that were ever closed, the latest month first. All others are open.
#[utoipa::path(get, path = "/v1/ledger/periods", tag = "periods", params(ListParameters),
    responses((status = 200, body = Page<Vec<PeriodRow>>)))]
pub(super) async fn list_periods(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Periods::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let pool = pool.clone();
        async move { Ok(read(&pool, &page.paging()?).await?) }
    })
    .await
}
