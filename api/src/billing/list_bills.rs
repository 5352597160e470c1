//! The list of bills.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::billing::{BillFilter, BillOnDay, Bills, list_bills as read};
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
    /// As the bills tell it today: `draft`, `issued` (owed and untouched), `partly_settled`, `settled`, `overdue` or
    /// `voided`.
    status: Option<String>,
    /// Owed, and due before this day.
    due_before: Option<NaiveDate>,
}

impl Tabular for BillOnDay {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "customer",
        "period",
        "number",
        "state",
        "status",
        "dispute",
        "subtotal",
        "tax",
        "total",
        "settled",
        "written_off",
        "open",
        "currency",
        "issue_date",
        "due_date",
        "replaces",
        "replaced_by",
        "amends",
        "revision",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        let bill = &self.bill;
        vec![
            Cell::text(&bill.id),
            Cell::text(&bill.customer),
            Cell::text(bill.period),
            Cell::optional(bill.number.as_ref()),
            Cell::text(bill.state),
            Cell::text(self.status),
            Cell::text(bill.dispute),
            Cell::money(bill.subtotal),
            Cell::money(bill.tax),
            Cell::money(bill.total),
            Cell::money(bill.settled),
            Cell::money(bill.written_off),
            Cell::money(bill.open),
            Cell::text(bill.total.currency()),
            Cell::optional_date(bill.issue_date),
            Cell::optional_date(bill.due_date),
            Cell::optional(bill.replaces.as_ref()),
            Cell::optional(bill.replaced_by.as_ref()),
            Cell::optional(bill.amends.as_ref()),
            Cell::optional(self.revision),
            Cell::at(bill.created.at),
            Cell::text(&bill.created.by),
            Cell::at(bill.updated.at),
            Cell::text(&bill.updated.by),
        ]
    }
}

/// List bills
#[utoipa::path(get, path = "/v1/bills", tag = "bills", params(ListParameters, BillParameters),
    responses((status = 200, body = Page<Vec<BillOnDay>>)))]
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
        status: query.optional("status"),
        due_before: query.date("due_before"),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Bills::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, (&filter, today), sort, &page.paging()?).await?) }
    })
    .await
}
