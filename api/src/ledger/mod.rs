//! The general ledger over HTTP: the chart, the trial balance, the lines of an account, why a month was restated,
//! and closed months.

mod approve_reopening;
mod close_period;
mod find_period;
mod list_accounts;
mod list_lines;
mod list_periods;
mod period_schema;
mod reject_reopening;
mod request_reopening;
mod show_restatement;
mod show_trial_balance;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_accounts::list_accounts))
        .routes(routes!(show_trial_balance::show_trial_balance))
        .routes(routes!(list_lines::list_lines))
        .routes(routes!(show_restatement::show_restatement))
        .routes(routes!(list_periods::list_periods))
        .routes(routes!(find_period::find_period))
        .routes(routes!(close_period::close_period))
        .routes(routes!(request_reopening::request_reopening))
        .routes(routes!(approve_reopening::approve_reopening))
        .routes(routes!(reject_reopening::reject_reopening))
}
