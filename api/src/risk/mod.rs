//! The risk of withdrawals over HTTP: its rules, the alerts somebody has to look at, and frozen wallets.

mod change_risk_rules;
mod claim_alert;
mod find_alert;
mod freeze_wallet;
mod known;
mod list_alerts;
mod list_risk_customers;
mod resolve_alert;
mod schema;
mod show_risk_rules;

pub(crate) use known::known_now;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(show_risk_rules::show_risk_rules, change_risk_rules::change_risk_rules))
        .routes(routes!(list_alerts::list_alerts))
        .routes(routes!(find_alert::find_alert))
        .routes(routes!(list_risk_customers::list_risk_customers))
        .routes(routes!(claim_alert::claim_alert))
        .routes(routes!(resolve_alert::resolve_alert))
        .routes(routes!(freeze_wallet::freeze_wallet))
        .routes(routes!(freeze_wallet::unfreeze_wallet))
}
