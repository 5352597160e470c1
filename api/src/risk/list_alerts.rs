//! The list of alerts.

use axum::extract::State;
use axum::response::Response;
use tallybook_read_models::risk::{AlertFilter, RiskAlertRow, RiskAlerts, list_alerts as read};
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
pub(super) struct AlertParameters {
    /// `raised`, with `-` before it for descending; `-raised` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    state: Option<schema::RiskAlertState>,
    outcome: Option<schema::RiskOutcome>,
    #[param(example = "user:wang")]
    claimed_by: Option<String>,
}

impl Tabular for RiskAlertRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "wallet",
        "amount",
        "currency",
        "outcome",
        "score",
        "state",
        "requested_by",
        "claimed_by",
        "resolved_by",
        "reason",
        "raised_at",
        "updated_at",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.customer),
            Cell::text(&self.wallet),
            Cell::money(self.amount),
            Cell::text(self.amount.currency()),
            Cell::text(self.outcome),
            Cell::Integer(u64::from(self.score)),
            Cell::text(self.state),
            Cell::text(&self.requested_by),
            Cell::optional(self.claimed_by.as_ref()),
            Cell::optional(self.resolved_by.as_ref()),
            Cell::optional(self.reason.as_ref()),
            Cell::at(self.created.at),
            Cell::at(self.updated.at),
        ]
    }
}

/// List alerts
///
/// Withdrawals somebody has to look at before they are approved, or has looked at.
#[utoipa::path(get, path = "/v1/risk/alerts", tag = "risk", params(ListParameters, AlertParameters),
    responses((status = 200, body = Page<Vec<RiskAlertRow>>)))]
pub(super) async fn list_alerts(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = AlertFilter {
        customer: query.optional("customer"),
        state: query.optional("state"),
        outcome: query.optional("outcome"),
        claimed_by: query.optional("claimed_by"),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[RiskAlerts::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
