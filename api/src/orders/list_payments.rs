//! The list of payments of orders, and one of them.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_domain::orders::PaymentId;
use tallybook_read_models::orders::{
    PaymentFilter, PaymentRow, Payments, find_payment as find, list_payments as read,
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
pub(super) struct PaymentParameters {
    /// `begun`, with `-` before it for descending; `-begun` by default.
    sort: Option<String>,
    /// The order's id.
    order: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    channel: Option<schema::Channel>,
    /// Our number of it.
    reference: Option<String>,
    state: Option<schema::PaymentState>,
    /// Those of which something stands out: that nobody has looked at, or that somebody has.
    #[param(inline)]
    exception: Option<schema::PaymentExceptionState>,
    /// The first day on which they were begun.
    from: Option<NaiveDate>,
    /// The last day on which they were begun.
    to: Option<NaiveDate>,
}

impl Tabular for PaymentRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "order",
        "customer",
        "channel",
        "merchant",
        "reference",
        "amount",
        "currency",
        "state",
        "transaction",
        "paid_date",
        "captured",
        "excess",
        "refunded",
        "fee",
        "open_exceptions",
        "begun_at",
        "begun_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.order),
            Cell::text(&self.customer),
            Cell::text(self.channel),
            Cell::text(&self.merchant),
            Cell::text(&self.reference),
            Cell::money(self.amount),
            Cell::text(self.amount.currency()),
            Cell::text(self.state),
            Cell::optional(self.transaction.as_ref()),
            Cell::optional_date(self.paid_date),
            Cell::money(self.captured),
            Cell::money(self.excess),
            Cell::money(self.refunded),
            Cell::money(self.fee),
            Cell::text(self.open_exceptions),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
        ]
    }
}

/// List payments of orders
///
/// Every attempt to pay through a channel, what came of it, and what stands out.
#[utoipa::path(get, path = "/v1/payments", tag = "payments", params(ListParameters, PaymentParameters),
    responses((status = 200, body = Page<Vec<PaymentRow>>)))]
pub(super) async fn list_payments(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let begun: DateRange = query.dates();
    let zone = state.book().time_zone();
    let filter = PaymentFilter {
        order: query.optional("order"),
        customer: query.optional("customer"),
        channel: query.optional("channel"),
        reference: query.optional("reference"),
        state: query.optional("state"),
        exception: query.optional("exception"),
        begun_from: begun.from().and_then(|first| day_begins(first, zone)),
        begun_before: begun.to().and_then(|last| day_begins(day_after(last)?, zone)),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Payments::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}

/// See a payment of an order
#[utoipa::path(get, path = "/v1/payments/{id}", tag = "payments",
    params(("id" = String, Path, description = "The payment's id")),
    responses((status = 200, body = Answer<PaymentRow>)))]
pub(super) async fn find_payment(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let id: PaymentId = path.parse(ProblemKind::PaymentNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[Payments::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &id).await?, ProblemKind::PaymentNotFound, &id)
}
