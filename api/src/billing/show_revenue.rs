//! Revenue, put together by what people ask for.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_domain::Currency;
use tallybook_read_models::billing::{
    PricePlans, Revenue, RevenueBy, RevenueLine, RevenueReport, RevenueScope, revenue as read,
};
use tallybook_read_models::customers::Customers;
use tallybook_read_models::{Answer, Projection};
use utoipa::IntoParams;

use super::report_limit::report_limit;
use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Seen, Tabular, answer_or_table};
use crate::problem::Problem;
use crate::request::{ReadInput, StandpointParameters};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct RevenueParameters {
    /// `customer`, `plan`, `meter`, `industry` or `account_manager`; the last two as the customers' files say now.
    #[param(default = "customer")]
    group_by: Option<String>,
    /// The first effective date; from the beginning, if left out.
    from: Option<NaiveDate>,
    /// The last effective date; to the end, if left out.
    to: Option<NaiveDate>,
    /// All currencies, each by itself, if left out.
    currency: Option<String>,
    /// How many groups of each currency, those with the most revenue. CSV and XLSX without it have all.
    #[param(default = 1000, minimum = 1, maximum = 100000)]
    limit: Option<u32>,
}

impl Listed for RevenueReport {
    type Row = RevenueLine;

    fn into_rows(self) -> Vec<RevenueLine> {
        self.currencies.into_iter().flat_map(|currency| currency.groups).collect()
    }
}

impl Tabular for RevenueLine {
    const COLUMNS: &'static [&'static str] = &[
        "key",
        "name",
        "bill_count",
        "issued",
        "debit_notes",
        "credit_notes",
        "voided",
        "revenue",
        "currency",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::optional(self.key.as_ref()),
            Cell::optional(self.name.as_ref()),
            Cell::Integer(self.bill_count),
            Cell::total(self.issued),
            Cell::total(self.debit_notes),
            Cell::total(self.credit_notes),
            Cell::total(self.voided),
            Cell::total(self.revenue),
            Cell::text(self.revenue.currency()),
        ]
    }
}

/// Show revenue
///
/// What bills, notes and voidings made of revenue (营业收入), without tax, each on its own effective date. The sums
/// are those of account 6001 in the ledger for the same dates. The groups with the most revenue come first.
#[utoipa::path(get, path = "/v1/reports/revenue", tag = "reports", params(RevenueParameters, StandpointParameters),
    responses((status = 200, body = Seen<Answer<RevenueReport>>)))]
pub(super) async fn show_revenue(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let by = query.optional("group_by").unwrap_or(RevenueBy::Customer);
    let (range, currency): (_, Option<Currency>) = (query.dates(), query.optional("currency"));
    let limit = report_limit(&mut query);
    let (view, seen_from) = (query.view(), query.seen_from());
    let mut listing = input.whole(query)?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    let read_models = [Revenue::NAME, Customers::NAME, PricePlans::NAME];
    let pool = state.reading(&read_models, view.as_ref(), listing.fresh).await?;
    let scope = RevenueScope { by, range, currency, limit: limit.of(listing.format) };
    answer_or_table(&state, &listing, read(&pool, scope, standpoint).await?).await
}
