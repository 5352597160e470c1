//! The list of orders.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::orders::{OrderFilter, OrderRow, Orders, list_orders as read};
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
pub(super) struct OrderParameters {
    /// `placed`, with `-` before it for descending; `-placed` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    /// How far it has come.
    state: Option<schema::OrderState>,
    /// The same.
    status: Option<schema::OrderState>,
    /// The shop's number of it.
    order_no: Option<String>,
    /// The first day of placing.
    from: Option<NaiveDate>,
    /// The last day of placing.
    to: Option<NaiveDate>,
}

impl Tabular for OrderRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "order_no",
        "customer",
        "state",
        "placed_date",
        "amount",
        "discount",
        "freight",
        "tax_rate",
        "method",
        "payment",
        "paid_date",
        "captured",
        "refund_pending",
        "refunded",
        "revenue",
        "tax",
        "currency",
        "due_at",
        "remark",
        "created_at",
        "created_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.order_no),
            Cell::text(&self.customer),
            Cell::text(self.state),
            Cell::Date(self.placed_date),
            Cell::money(self.amount),
            Cell::money(self.discount),
            Cell::money(self.freight),
            Cell::optional(self.tax_rate),
            Cell::optional(self.method.as_ref()),
            Cell::optional(self.payment.as_ref()),
            Cell::optional_date(self.paid_date),
            Cell::money(self.captured),
            Cell::money(self.refund_pending),
            Cell::money(self.refunded),
            Cell::money(self.revenue),
            Cell::money(self.tax),
            Cell::text(self.amount.currency()),
            self.due_at.map_or(Cell::Empty, Cell::at),
            Cell::optional(self.remark.as_ref()),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
        ]
    }
}

/// List orders
///
/// Each with its lines; the timeline is shown of a single one.
#[utoipa::path(get, path = "/v1/orders", tag = "orders", params(ListParameters, OrderParameters),
    responses((status = 200, body = Page<Vec<OrderRow>>)))]
pub(super) async fn list_orders(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let (of_state, of_status) = (query.optional("state"), query.optional("status"));
    let filter = OrderFilter {
        customer: query.optional("customer"),
        state: of_state.or(of_status),
        order_no: query.optional("order_no"),
        placed: query.dates(),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Orders::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
