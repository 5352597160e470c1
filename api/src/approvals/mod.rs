//! Approvals over HTTP: what waits for a second person, who decides it, by which rules, and in whose place.

mod attend;
mod change_approval_rules;
mod deciders;
mod delegate_approvals;
mod duties;
mod duties_report;
mod find_approval;
mod give_approval;
mod list_approvals;
mod list_delegations;
mod reject_approval;
mod schema;
mod show_approval_rules;
mod show_segregation_of_duties;

pub(crate) use attend::attend;
pub(crate) use duties::Duties;
pub(crate) use duties_report::DutiesReport;
pub use duties_report::DutiesScope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_approvals::list_approvals))
        .routes(routes!(
            show_approval_rules::show_approval_rules,
            change_approval_rules::change_approval_rules
        ))
        .routes(routes!(list_delegations::list_delegations, delegate_approvals::delegate_approvals))
        .routes(routes!(delegate_approvals::end_delegation))
        .routes(routes!(find_approval::find_approval))
        .routes(routes!(give_approval::give_approval))
        .routes(routes!(reject_approval::reject_approval))
        .routes(routes!(show_segregation_of_duties::show_segregation_of_duties))
}
