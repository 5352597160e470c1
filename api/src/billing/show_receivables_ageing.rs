//! How old what is owed is, held against the ledger.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::CustomerId;
use tallybook_read_models::billing::{
    AgeingBounds, AgeingOfCurrency, AgeingScope, DaysOverdue, Receivables, ReceivablesAgeing,
    receivables_ageing as read,
};
use tallybook_read_models::customers::Customers;
use tallybook_read_models::ledger::GeneralLedger;
use tallybook_read_models::{Answer, Projection, Total};
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
pub(super) struct AgeingParameters {
    /// The last day of each bucket but the last, counted from the due date: rising, at most 24, none above 3700.
    #[param(default = "0,30,60,90")]
    buckets: Option<String>,
    /// Over how many days up to that day it is counted what was billed and paid.
    #[param(default = 90, minimum = 1, maximum = 3700)]
    window_days: Option<u32>,
    /// All currencies, each by itself, if left out.
    currency: Option<String>,
    /// How many customers of each currency, those who owe most. CSV and XLSX without it have all.
    #[param(default = 1000, minimum = 1, maximum = 100000)]
    limit: Option<u32>,
}

/// A row of the table: what a customer owes in a bucket. Customers without a bill in it have no row; a currency in which
/// nobody owes anything has one without a customer, as the ledger may say otherwise.
#[derive(Debug)]
pub(crate) struct AgeingLine {
    customer: Option<CustomerId>,
    name: Option<String>,
    days: Option<DaysOverdue>,
    bill_count: u64,
    open: Total,
    /// Of all buckets and customers of the currency.
    owed: Total,
    ledger: Total,
    agrees: bool,
}

impl AgeingLine {
    fn of_currency(currency: AgeingOfCurrency) -> Vec<Self> {
        let AgeingOfCurrency { owed, ledger, agrees, customers, .. } = currency;
        let owed = owed.open;
        if customers.is_empty() {
            return vec![Self {
                customer: None,
                name: None,
                days: None,
                bill_count: 0,
                open: owed,
                owed,
                ledger,
                agrees,
            }];
        }
        let lines = customers.into_iter().flat_map(|owes| {
            let buckets = owes.owed.buckets.into_iter().filter(|bucket| bucket.bill_count > 0);
            let (customer, name) = (owes.customer, owes.name);
            buckets.map(move |bucket| Self {
                customer: Some(customer.clone()),
                name: name.clone(),
                days: Some(bucket.days),
                bill_count: bucket.bill_count,
                open: bucket.open,
                owed,
                ledger,
                agrees,
            })
        });
        lines.collect()
    }
}

impl Listed for ReceivablesAgeing {
    type Row = AgeingLine;

    fn into_rows(self) -> Vec<AgeingLine> {
        self.currencies.into_iter().flat_map(AgeingLine::of_currency).collect()
    }
}

impl Tabular for AgeingLine {
    const COLUMNS: &'static [&'static str] = &[
        "customer",
        "name",
        "from_days",
        "to_days",
        "bill_count",
        "open",
        "currency",
        "owed",
        "ledger",
        "agrees",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::optional(self.customer.as_ref()),
            Cell::optional(self.name.as_ref()),
            Cell::optional(self.days.and_then(|days| days.from_days)),
            Cell::optional(self.days.and_then(|days| days.to_days)),
            Cell::Integer(self.bill_count),
            Cell::total(self.open),
            Cell::text(self.open.currency()),
            Cell::total(self.owed),
            Cell::total(self.ledger),
            Cell::text(self.agrees),
        ]
    }
}

/// Show the ageing of receivables
///
/// What is owed (账龄分析), with tax, by the days since it was due: on `as_of`, or today. The buckets of a currency sum up
/// to what the ledger has in account 1122 at the same position, as far as `as_of` and `known_at` say; `ledger` and
/// `agrees` say so in every answer. The bills in a bucket are listed by `/v1/receivables` with `customer`, `from_days`
/// and `to_days`. Who owes most comes first.
#[utoipa::path(get, path = "/v1/receivables/ageing", tag = "receivables",
    params(AgeingParameters, StandpointParameters),
    responses((status = 200, body = Seen<Answer<ReceivablesAgeing>>)))]
pub(super) async fn show_receivables_ageing(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let bounds: Option<AgeingBounds> = query.optional("buckets");
    let window = query.number("window_days", 1..=3_700).and_then(|days| u32::try_from(days).ok());
    let window_days = window.unwrap_or(AgeingScope::USUAL_WINDOW);
    let (currency, limit) = (query.optional("currency"), report_limit(&mut query));
    let (view, seen_from) = (query.view(), query.seen_from());
    let mut listing = input.whole(query)?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    let names = [Receivables::NAME, GeneralLedger::NAME, Customers::NAME];
    let pool = state.reading(&names, view.as_ref(), listing.fresh).await?;
    let on = standpoint.as_of.map_or_else(|| state.book().today(), |as_of| as_of.date);
    let (limit, bounds) = (limit.of(listing.format), bounds.unwrap_or_default());
    let scope = AgeingScope { on, currency, limit, bounds, window_days };
    answer_or_table(&state, &listing, read(&pool, &scope, standpoint).await?).await
}
