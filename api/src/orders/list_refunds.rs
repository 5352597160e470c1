//! The list of refunds of orders, and one of them.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_domain::orders::RefundId;
use tallybook_read_models::orders::{
    OrderRefundFilter, OrderRefundRow, OrderRefunds, find_order_refund as find, list_order_refunds as read,
};
use tallybook_read_models::{Answer, DateRange, Page, Projection, schema};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, found, list};
use crate::problem::{Problem, ProblemKind};
use crate::request::{ListParameters, PathId, ReadInput, day_after, day_begins};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct OrderRefundParameters {
    /// `requested`, with `-` before it for descending; `-requested` by default.
    sort: Option<String>,
    state: Option<schema::OrderRefundState>,
    /// The order's id.
    order: Option<String>,
    /// The payment's id.
    payment: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    ground: Option<schema::RefundGround>,
    /// The first day on which they were asked for, or fell due.
    from: Option<NaiveDate>,
    /// The last day on which they were asked for, or fell due.
    to: Option<NaiveDate>,
}

impl Tabular for OrderRefundRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "order",
        "customer",
        "ground",
        "wallet",
        "channel",
        "payment",
        "amount",
        "currency",
        "state",
        "reason",
        "why",
        "requested_at",
        "requested_by",
        "decided_by",
        "number",
        "refunded_date",
        "ending",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.order),
            Cell::text(&self.customer),
            Cell::text(self.ground),
            Cell::optional(self.wallet.as_ref()),
            Cell::optional(self.channel.as_ref()),
            Cell::optional(self.payment.as_ref()),
            Cell::money(self.amount),
            Cell::text(self.amount.currency()),
            Cell::text(self.state),
            Cell::optional(self.reason.as_ref()),
            Cell::optional(self.why.as_ref()),
            Cell::at(self.created.at),
            Cell::optional(self.requested_by.as_ref()),
            Cell::optional(self.decided_by.as_ref()),
            Cell::optional(self.number.as_ref()),
            Cell::optional_date(self.refunded_date),
            Cell::optional(self.ending.as_ref()),
        ]
    }
}

/// List refunds of orders
///
/// Those somebody asked for, and those of money that came for an order and is not its.
#[utoipa::path(get, path = "/v1/refunds", tag = "refunds", params(ListParameters, OrderRefundParameters),
    responses((status = 200, body = Page<Vec<OrderRefundRow>>)))]
pub(super) async fn list_order_refunds(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let begun: DateRange = query.dates();
    let zone = state.book().time_zone();
    let filter = OrderRefundFilter {
        state: query.optional("state"),
        order: query.optional("order"),
        payment: query.optional("payment"),
        customer: query.optional("customer"),
        ground: query.optional("ground"),
        begun_from: begun.from().and_then(|first| day_begins(first, zone)),
        begun_before: begun.to().and_then(|last| day_begins(day_after(last)?, zone)),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[OrderRefunds::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}

/// See a refund of an order
#[utoipa::path(get, path = "/v1/refunds/{id}", tag = "refunds",
    params(("id" = String, Path, description = "The refund's id")),
    responses((status = 200, body = Answer<OrderRefundRow>)))]
pub(super) async fn find_order_refund(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let id: RefundId = path.parse(ProblemKind::OrderRefundNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[OrderRefunds::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &id).await?, ProblemKind::OrderRefundNotFound, &id)
}
