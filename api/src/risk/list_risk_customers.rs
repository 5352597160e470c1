//! The customers by risk.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::risk::{
    RiskAssessments, RiskCustomer, RiskCustomerFilter, RiskFlows, RiskTrend, list_risk_customers as read,
};
use tallybook_read_models::{Page, Projection, schema};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct RiskCustomerParameters {
    /// `score`, with `-` before it for descending; `-score` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    outcome: Option<schema::RiskOutcome>,
}

impl Tabular for RiskCustomer {
    const COLUMNS: &'static [&'static str] = &[
        "wallet",
        "customer",
        "score",
        "outcome",
        "withdrawal",
        "assessed",
        "withdrawal_rate",
        "withdrawal_rate_before",
        "trend",
        "assessed_at",
    ];

    fn cells(&self) -> Vec<Cell> {
        let row = &self.row;
        vec![
            Cell::text(&row.wallet),
            Cell::text(&row.customer),
            Cell::Integer(u64::from(row.score)),
            Cell::text(row.outcome),
            Cell::text(&row.withdrawal),
            Cell::Integer(row.assessed),
            Cell::optional(self.withdrawal_rate),
            Cell::optional(self.withdrawal_rate_before),
            Cell::optional(self.trend.map(RiskTrend::as_str)),
            Cell::at(row.updated.at),
        ]
    }
}

/// List customers by risk
///
/// Each wallet from which money was asked for, with the score of its latest withdrawal and how much of what came in goes
/// out (出金率), over the last 30 days and the 30 before.
#[utoipa::path(get, path = "/v1/risk/customers", tag = "risk", params(ListParameters, RiskCustomerParameters),
    responses((status = 200, body = Page<Vec<RiskCustomer>>)))]
pub(super) async fn list_risk_customers(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter =
        RiskCustomerFilter { customer: query.optional("customer"), outcome: query.optional("outcome") };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[RiskAssessments::NAME, RiskFlows::NAME], view.as_ref(), listing.fresh).await?;
    let now = state.book().now();
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?, now).await?) }
    })
    .await
}
