//! The list of bills.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::billing::{BillFilter, BillRow, Bills, list_bills as read};
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
pub(super) struct BillParameters {
    /// `recorded`, with `-` before it for descending; `-recorded` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    /// The month that is billed.
    #[param(example = "2026-10")]
    period: Option<String>,
    /// `draft`, `issued` (owed and untouched), `partly_settled`, `settled`, `overdue` (today) or `voided`.
    status: Option<String>,
    /// Owed, and due before this day.
    due_before: Option<NaiveDate>,
}

impl Tabular for BillRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "period",
        "number",
        "state",
        "dispute",
        "subtotal",
        "tax",
        "total",
        "settled",
        "open",
        "currency",
        "issue_date",
        "due_date",
        "replaces",
        "replaced_by",
        "amends",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.customer),
            Cell::text(self.period),
            Cell::optional(self.number.as_ref()),
            Cell::text(self.state),
            Cell::text(self.dispute),
            Cell::money(self.subtotal),
            Cell::money(self.tax),
            Cell::money(self.total),
            Cell::money(self.settled),
            Cell::money(self.open),
            Cell::text(self.total.currency()),
            Cell::optional_date(self.issue_date),
            Cell::optional_date(self.due_date),
            Cell::optional(self.replaces.as_ref()),
            Cell::optional(self.replaced_by.as_ref()),
            Cell::optional(self.amends.as_ref()),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
            Cell::at(self.updated.at),
            Cell::text(&self.updated.by),
        ]
    }
}

/// List bills
#[utoipa::path(get, path = "/v1/bills", tag = "bills", params(ListParameters, BillParameters),
    responses((status = 200, body = Page<Vec<BillRow>>)))]
pub(super) async fn list_bills(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let today = state.book().today();
    let filter = BillFilter {
        customer: query.optional("customer"),
        period: query.optional("period"),
        standing: query.optional("status").map(|standing| (standing, today)),
        due_before: query.date("due_before"),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Bills::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
