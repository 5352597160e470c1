//! The list of credit alerts.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::billing::{
    CreditAlertFilter, CreditAlertRow, CreditAlerts, list_credit_alerts as read,
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
pub(super) struct CreditAlertParameters {
    /// `raised`, with `-` before it for descending; `-raised` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    policy: Option<schema::CreditPolicy>,
    acknowledged: Option<bool>,
    /// The first day on which one was raised.
    from: Option<NaiveDate>,
    /// The last day.
    to: Option<NaiveDate>,
}

impl Tabular for CreditAlertRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "policy",
        "note",
        "limit",
        "exposure",
        "currency",
        "date",
        "acknowledged",
        "remark",
        "raised_at",
        "raised_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.customer),
            Cell::text(self.policy),
            Cell::optional(self.note),
            Cell::money(self.limit),
            Cell::money(self.exposure),
            Cell::text(self.limit.currency()),
            Cell::Date(self.date),
            Cell::text(self.acknowledged),
            Cell::optional(self.remark.as_ref()),
            Cell::at(self.raised.at),
            Cell::text(&self.raised.by),
            Cell::at(self.updated.at),
            Cell::text(&self.updated.by),
        ]
    }
}

/// List credit alerts
///
/// Bills and orders with which customers owe more than their credit limits, or would have, had they been issued. What is
/// owed counts the orders that wait for their payment.
#[utoipa::path(get, path = "/v1/credit-alerts", tag = "bills", params(ListParameters, CreditAlertParameters),
    responses((status = 200, body = Page<Vec<CreditAlertRow>>)))]
pub(super) async fn list_credit_alerts(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = CreditAlertFilter {
        customer: query.optional("customer"),
        policy: query.optional("policy"),
        acknowledged: query.choice("acknowledged"),
        raised: query.dates(),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[CreditAlerts::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
