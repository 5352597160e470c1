//! The list of deposits.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::deposits::{DepositFilter, DepositRow, Deposits, list_deposits as read};
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
pub(super) struct DepositParameters {
    /// `recorded` or `effective_date`, with `-` before it for descending; `-recorded` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    currency: Option<String>,
    method: Option<schema::DepositMethod>,
    state: Option<schema::DepositState>,
    reference: Option<String>,
    /// The first effective date.
    from: Option<NaiveDate>,
    /// The last effective date.
    to: Option<NaiveDate>,
}

impl Tabular for DepositRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "wallet",
        "amount",
        "currency",
        "reference",
        "method",
        "state",
        "effective_date",
        "remark",
        "reversal_reason",
        "reversal_effective_date",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        let reversal = self.reversal.as_ref();
        vec![
            Cell::text(&self.id),
            Cell::text(&self.customer),
            Cell::text(&self.wallet),
            Cell::money(self.amount),
            Cell::text(self.amount.currency()),
            Cell::text(&self.reference),
            Cell::text(self.method),
            Cell::text(self.state),
            Cell::Date(self.effective_date),
            Cell::optional(self.remark.as_ref()),
            Cell::optional(reversal.map(|reversal| &reversal.reason)),
            Cell::optional_date(reversal.map(|reversal| reversal.effective_date)),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
            Cell::at(self.updated.at),
            Cell::text(&self.updated.by),
        ]
    }
}

/// List deposits
#[utoipa::path(get, path = "/v1/deposits", tag = "deposits", params(ListParameters, DepositParameters),
    responses((status = 200, body = Page<Vec<DepositRow>>)))]
pub(super) async fn list_deposits(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = DepositFilter {
        customer: query.optional("customer"),
        currency: query.optional("currency"),
        method: query.optional("method"),
        state: query.optional("state"),
        reference: query.optional("reference"),
        effective: query.dates(),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Deposits::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
