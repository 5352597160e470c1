//! The general ledger over HTTP: the chart, the trial balance, the lines of an account, and why a month was restated.

mod list_accounts;
mod list_lines;
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
}
