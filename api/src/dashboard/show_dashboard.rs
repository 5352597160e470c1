//! Deposits, withdrawals and orders by day, with their totals.

use axum::extract::State;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use tallybook_domain::Currency;
use tallybook_read_models::deposits::{DailyTotals, Dashboard, DayTurnover, daily_totals as read};
use tallybook_read_models::{Answer, Period, Projection};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Tabular, answer_or_table};
use crate::problem::Problem;
use crate::request::{QueryReader, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct DashboardParameters {
    /// The first day; 29 days before the last, if left out.
    from: Option<NaiveDate>,
    /// The last day; today in the book's time zone, if left out.
    to: Option<NaiveDate>,
    /// All currencies, each by itself, if left out.
    currency: Option<String>,
}

impl Listed for Dashboard {
    type Row = DayTurnover;

    fn into_rows(self) -> Vec<DayTurnover> {
        self.currencies.into_iter().flat_map(|currency| currency.days).collect()
    }
}

impl Tabular for DayTurnover {
    const COLUMNS: &'static [&'static str] = &[
        "date",
        "deposits",
        "deposit_count",
        "reversals",
        "reversal_count",
        "withdrawals",
        "withdrawal_count",
        "returns",
        "return_count",
        "net",
        "orders",
        "orders_converted",
        "conversion",
        "order_payments",
        "order_payment_count",
        "average_order",
        "order_refunds",
        "order_refund_count",
        "currency",
    ];

    fn cells(&self) -> Vec<Cell> {
        let turnover = &self.turnover;
        vec![
            Cell::Date(self.date),
            Cell::total(turnover.deposits),
            Cell::Integer(turnover.deposit_count),
            Cell::total(turnover.reversals),
            Cell::Integer(turnover.reversal_count),
            Cell::total(turnover.withdrawals),
            Cell::Integer(turnover.withdrawal_count),
            Cell::total(turnover.returns),
            Cell::Integer(turnover.return_count),
            Cell::total(turnover.net),
            Cell::Integer(turnover.orders),
            Cell::Integer(turnover.orders_converted),
            turnover.conversion.map_or(Cell::Empty, Cell::Amount),
            Cell::total(turnover.order_payments),
            Cell::Integer(turnover.order_payment_count),
            turnover.average_order.map_or(Cell::Empty, Cell::total),
            Cell::total(turnover.order_refunds),
            Cell::Integer(turnover.order_refund_count),
            Cell::text(turnover.net.currency()),
        ]
    }
}

/// Show the dashboard
///
/// Deposits, reversals, paid withdrawals and returns by effective date, with counts, net and the totals of the
/// period: net = deposits − reversals − withdrawals + returns. Orders beside them: how many were placed, which share of
/// those was paid, what was paid and refunded, and the average payment. At most 3,700 days.
#[utoipa::path(get, path = "/v1/dashboard", tag = "dashboard", params(DashboardParameters),
    responses((status = 200, body = Answer<Dashboard>)))]
pub(super) async fn show_dashboard(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let period = period(&mut query, state.book().today());
    let currency: Option<Currency> = query.optional("currency");
    let view = query.view();
    let listing = input.whole(query)?;
    let Some(period) = period else { return Err(Problem::internal("an impossible period was not refused")) };
    let pool = state.reading(&[DailyTotals::NAME], view.as_ref(), listing.fresh).await?;
    answer_or_table(&state, &listing, read(&pool, period, currency).await?).await
}

fn period(query: &mut QueryReader<'_>, today: NaiveDate) -> Option<Period> {
    let (from, to) = (query.date("from"), query.date("to"));
    let last = to.unwrap_or_else(|| from.map_or(today, |from| from.max(today)));
    let first = from.or_else(|| last.checked_sub_days(Days::new(29))).unwrap_or(last);
    match Period::new(first, last) {
        Ok(period) => Some(period),
        Err(error) => {
            query.refuse("to", "out_of_range", error.to_string());
            None
        }
    }
}
