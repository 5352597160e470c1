//! Who owes how much, and for how long it has been due.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::Currency;
use tallybook_read_models::billing::{
    Ageing, Receivables, ReceivablesOfCustomer, ReceivablesScope, ReceivablesSummary,
    receivables_summary as read,
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
pub(super) struct ReceivablesSummaryParameters {
    /// All currencies, each by itself, if left out.
    currency: Option<String>,
    /// How many customers of each currency, those who owe most. CSV and XLSX without it have all.
    #[param(default = 1000, minimum = 1, maximum = 100000)]
    limit: Option<u32>,
}

impl Listed for ReceivablesSummary {
    type Row = ReceivablesOfCustomer;

    fn into_rows(self) -> Vec<ReceivablesOfCustomer> {
        self.currencies.into_iter().flat_map(|currency| currency.customers).collect()
    }
}

impl Tabular for ReceivablesOfCustomer {
    const COLUMNS: &'static [&'static str] = &[
        "customer",
        "name",
        "bill_count",
        "open",
        "not_due",
        "overdue_1_30",
        "overdue_31_60",
        "overdue_61_90",
        "overdue_over_90",
        "currency",
    ];

    fn cells(&self) -> Vec<Cell> {
        let Ageing { open, not_due, overdue_1_30, overdue_31_60, overdue_61_90, overdue_over_90 } =
            self.ageing;
        vec![
            Cell::text(&self.customer),
            Cell::optional(self.name.as_ref()),
            Cell::Integer(self.bill_count),
            Cell::total(open),
            Cell::total(not_due),
            Cell::total(overdue_1_30),
            Cell::total(overdue_31_60),
            Cell::total(overdue_61_90),
            Cell::total(overdue_over_90),
            Cell::text(open.currency()),
        ]
    }
}

/// Show the receivables summary
///
/// What each customer owes of issued bills (应收账款), with tax, by the days since it was due: on `as_of`, or today.
/// The sums are those of account 1122 in the ledger. Who owes most comes first.
#[utoipa::path(get, path = "/v1/reports/receivables-summary", tag = "reports",
    params(ReceivablesSummaryParameters, StandpointParameters),
    responses((status = 200, body = Seen<Answer<ReceivablesSummary>>)))]
pub(super) async fn show_receivables_summary(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let currency: Option<Currency> = query.optional("currency");
    let limit = report_limit(&mut query);
    let (view, seen_from) = (query.view(), query.seen_from());
    let mut listing = input.whole(query)?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    let pool = state.reading(&[Receivables::NAME, Customers::NAME], view.as_ref(), listing.fresh).await?;
    let on = standpoint.as_of.map_or_else(|| state.book().today(), |as_of| as_of.date);
    let scope = ReceivablesScope { on, currency, limit: limit.of(listing.format) };
    answer_or_table(&state, &listing, read(&pool, scope, standpoint).await?).await
}
