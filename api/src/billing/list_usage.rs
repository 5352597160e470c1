//! The list of what customers used.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::billing::{BilledUsage, UsageFilter, UsageProjection, list_usage as read};
use tallybook_read_models::{DateRange, Page, Projection};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, QueryReader, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct UsageParameters {
    /// `recorded` or `date`, with `-` before it for descending; `-recorded` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    #[param(example = "2026-10")]
    month: Option<String>,
    #[param(example = "api_calls")]
    meter: Option<String>,
    /// The first day.
    date_from: Option<NaiveDate>,
    /// The last day.
    date_to: Option<NaiveDate>,
    /// Only what came in or was corrected after its month had been billed, or only what did not.
    late: Option<bool>,
}

impl Tabular for BilledUsage {
    const COLUMNS: &'static [&'static str] = &[
        "customer",
        "month",
        "meter",
        "date",
        "reference",
        "quantity",
        "late",
        "billed_by",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self { record, billed_by } = self;
        vec![
            Cell::text(&record.customer),
            Cell::text(record.month),
            Cell::text(&record.meter),
            Cell::Date(record.date),
            Cell::text(&record.reference),
            Cell::Amount(record.quantity.value()),
            Cell::text(record.late),
            Cell::optional(billed_by.as_ref()),
            Cell::at(record.created.at),
            Cell::text(&record.created.by),
            Cell::at(record.updated.at),
            Cell::text(&record.updated.by),
        ]
    }
}

/// List usage
#[utoipa::path(get, path = "/v1/usage", tag = "usage", params(ListParameters, UsageParameters),
    responses((status = 200, body = Page<Vec<BilledUsage>>)))]
pub(super) async fn list_usage(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = UsageFilter {
        customer: query.optional("customer"),
        month: query.optional("month"),
        meter: query.optional("meter"),
        dates: dates(&mut query),
        late: query.choice("late"),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[UsageProjection::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}

/// Days of use are no business dates, so they go by another name.
fn dates(query: &mut QueryReader<'_>) -> DateRange {
    let (from, to) = (query.date("date_from"), query.date("date_to"));
    DateRange::new(from, to).unwrap_or_else(|error| {
        query.refuse("date_to", "out_of_range", error.to_string());
        DateRange::default()
    })
}
