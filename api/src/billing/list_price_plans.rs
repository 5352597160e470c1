//! The list of price plans.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::billing::{PricePlanSummary, PricePlans, list_price_plans as read};
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
pub(super) struct PricePlanParameters {
    /// `code` (the default) or `created`, with `-` before it for descending.
    sort: Option<String>,
}

impl Tabular for PricePlanSummary {
    const COLUMNS: &'static [&'static str] = &[
        "code",
        "name",
        "currency",
        "latest_version",
        "version_in_force",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self { plan, currency, version_in_force } = self;
        vec![
            Cell::text(&plan.code),
            Cell::text(&plan.name),
            Cell::text(currency),
            Cell::Integer(plan.latest_version),
            version_in_force.map_or(Cell::Empty, Cell::Integer),
            Cell::at(plan.created.at),
            Cell::text(&plan.created.by),
            Cell::at(plan.updated.at),
            Cell::text(&plan.updated.by),
        ]
    }
}

/// List price plans
#[utoipa::path(get, path = "/v1/price-plans", tag = "price-plans", params(ListParameters, PricePlanParameters),
    responses((status = 200, body = Page<Vec<PricePlanSummary>>)))]
pub(super) async fn list_price_plans(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let today = state.book().today();
    let pool = state.reading(&[PricePlans::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let pool = pool.clone();
        async move { Ok(read(&pool, today, sort, &page.paging()?).await?) }
    })
    .await
}
