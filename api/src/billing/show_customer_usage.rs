//! What one customer used in a month.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::billing::pricing::Meter;
use tallybook_domain::customers::CustomerRefusal;
use tallybook_domain::{CustomerId, Month};
use tallybook_read_models::billing::{
    CustomerUsage, DayUsage, MeterMonth, UsageProjection, customer_usage as read,
};
use tallybook_read_models::customers::{Customers, find_customer};
use tallybook_read_models::{Answer, Projection};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Tabular, answer_or_table};
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct MonthParameters {
    /// This month in the book's time zone, if left out.
    #[param(example = "2026-10")]
    month: Option<String>,
}

/// A meter's day, as a row of a table.
#[derive(Debug)]
pub(crate) struct MeterDay {
    meter: Meter,
    day: DayUsage,
}

impl Listed for CustomerUsage {
    type Row = MeterDay;

    fn into_rows(self) -> Vec<MeterDay> {
        let days = |MeterMonth { meter, days, .. }: MeterMonth| {
            days.into_iter().map(move |day| MeterDay { meter: meter.clone(), day })
        };
        self.meters.into_iter().flat_map(days).collect()
    }
}

impl Tabular for MeterDay {
    const COLUMNS: &'static [&'static str] = &["meter", "date", "records", "quantity", "late_records"];

    fn cells(&self) -> Vec<Cell> {
        let DayUsage { date, sum } = &self.day;
        vec![
            Cell::text(&self.meter),
            Cell::Date(*date),
            Cell::Integer(sum.records),
            Cell::Amount(sum.quantity.value()),
            Cell::Integer(sum.late_records),
        ]
    }
}

/// See what a customer used
///
/// In a month, summed up by meter and day.
#[utoipa::path(get, path = "/v1/customers/{id}/usage", tag = "usage",
    params(("id" = String, Path, example = "C00042"), MonthParameters),
    responses((status = 200, body = Answer<CustomerUsage>)))]
pub(super) async fn show_customer_usage(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let customer: CustomerId = path.parse(ProblemKind::CustomerNotFound)?;
    let mut query = input.query();
    let month: Option<Month> = query.optional("month");
    let view = query.view();
    let listing = input.whole(query)?;
    let month = month.unwrap_or_else(|| Month::nearest(state.book().today()));
    let pool = state.reading(&[Customers::NAME, UsageProjection::NAME], view.as_ref(), listing.fresh).await?;
    if find_customer(&pool, &customer).await?.data.is_none() {
        return Err(CustomerRefusal::NotFound { customer }.into());
    }
    answer_or_table(&state, &listing, read(&pool, &customer, month).await?).await
}
