//! The trial balance of a period.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::ledger::{GeneralLedger, TrialBalance, TrialBalanceLine, trial_balance as read};
use tallybook_read_models::{Answer, Projection};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Listed, Seen, Tabular, answer_or_table};
use crate::problem::Problem;
use crate::request::{ReadInput, StandpointParameters};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct TrialBalanceParameters {
    /// The first effective date; from the beginning, if left out.
    from: Option<NaiveDate>,
    /// The last effective date; to the end, if left out.
    to: Option<NaiveDate>,
    /// All currencies, each by itself, if left out.
    currency: Option<String>,
}

impl Listed for TrialBalance {
    type Row = TrialBalanceLine;

    fn into_rows(self) -> Vec<TrialBalanceLine> {
        self.currencies.into_iter().flat_map(|currency| currency.accounts).collect()
    }
}

impl Tabular for TrialBalanceLine {
    const COLUMNS: &'static [&'static str] =
        &["code", "name_zh", "name_en", "kind", "opening", "debit", "credit", "closing", "currency"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.code),
            Cell::text(self.name_zh),
            Cell::text(self.name_en),
            Cell::spelled(self.kind),
            Cell::total(self.opening),
            Cell::total(self.debit),
            Cell::total(self.credit),
            Cell::total(self.closing),
            Cell::text(self.opening.currency()),
        ]
    }
}

/// Show the trial balance
///
/// Opening balance, debits, credits and closing balance of each account that was posted to, by effective date.
/// Balances count debits positive, so each currency's closing balances sum to zero.
#[utoipa::path(get, path = "/v1/ledger/trial-balance", tag = "ledger", params(TrialBalanceParameters, StandpointParameters),
    responses((status = 200, body = Seen<Answer<TrialBalance>>)))]
pub(super) async fn show_trial_balance(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let (period, currency) = (query.dates(), query.optional("currency"));
    let (view, seen_from) = (query.view(), query.seen_from());
    let mut listing = input.whole(query)?;
    let standpoint = seen_from.resolve(&state, view.as_ref(), &mut listing).await?;
    let pool = state.reading(&[GeneralLedger::NAME], view.as_ref(), listing.fresh).await?;
    answer_or_table(&state, &listing, read(&pool, period, currency, standpoint).await?).await
}
