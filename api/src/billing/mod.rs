//! Price plans, usage and bills (计费, 账单) over HTTP.

mod acknowledge_credit_alert;
mod add_price_plan_version;
mod assign_price_plan;
mod assign_price_plans;
mod bill_schema;
mod close_dispute;
mod create_price_plan;
mod credit_bill;
mod debit_bill;
mod decide_bad_debt;
mod decide_quarantined_usage;
mod document;
mod find_bill;
mod find_bill_run;
mod find_price_plan;
mod find_usage_run;
mod import_usage;
mod late_schema;
mod list_bill_runs;
mod list_bills;
mod list_credit_alerts;
mod list_parked;
mod list_price_plans;
mod list_quarantine;
mod list_receivables;
mod list_reminders;
mod list_usage;
mod list_usage_runs;
mod list_usage_sources;
mod note_body;
mod open_dispute;
mod plan_schema;
mod quote;
mod reason_body;
mod record_usage;
mod record_usage_batch;
mod regenerate_bill;
mod report_limit;
mod request_bad_debt;
mod schema;
mod settle_late_usage;
mod show_customer_plan;
mod show_customer_usage;
mod show_late_usage;
mod show_receivables_ageing;
mod show_receivables_summary;
mod show_revenue;
mod source_schema;
mod start_bill_run;
mod start_usage_run;
mod stream_bill_run;
mod terms;
mod usage;
mod usage_body;
mod usage_schema;
mod void_bill;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(quote::quote))
        .routes(routes!(list_usage::list_usage, record_usage::record_usage))
        .routes(routes!(record_usage_batch::record_usage_batch))
        .routes(routes!(import_usage::import_usage))
        .routes(routes!(import_usage::import_usage_template))
        .routes(routes!(show_customer_usage::show_customer_usage))
        .routes(routes!(list_quarantine::list_quarantine))
        .routes(routes!(decide_quarantined_usage::accept_quarantined_usage))
        .routes(routes!(decide_quarantined_usage::dismiss_quarantined_usage))
        .routes(routes!(list_usage_runs::list_usage_runs))
        .routes(routes!(list_usage_sources::list_usage_sources))
        .routes(routes!(start_usage_run::start_usage_run))
        .routes(routes!(find_usage_run::find_usage_run))
        .routes(routes!(list_price_plans::list_price_plans, create_price_plan::create_price_plan))
        .routes(routes!(find_price_plan::find_price_plan))
        .routes(routes!(add_price_plan_version::add_price_plan_version))
        .routes(routes!(show_customer_plan::show_customer_plan, assign_price_plan::assign_price_plan))
        .routes(routes!(assign_price_plans::assign_price_plans))
        .routes(routes!(list_bills::list_bills))
        .routes(routes!(find_bill::find_bill))
        .routes(routes!(list_credit_alerts::list_credit_alerts))
        .routes(routes!(acknowledge_credit_alert::acknowledge_credit_alert))
        .routes(routes!(list_reminders::list_reminders))
        .routes(routes!(document::show_bill_document))
        .routes(routes!(show_revenue::show_revenue))
        .routes(routes!(list_receivables::list_receivables))
        .routes(routes!(show_receivables_ageing::show_receivables_ageing))
        .routes(routes!(show_receivables_summary::show_receivables_summary))
        .routes(routes!(void_bill::void_bill))
        .routes(routes!(list_bill_runs::list_bill_runs, start_bill_run::start_bill_run))
        .routes(routes!(find_bill_run::find_bill_run))
        .routes(routes!(list_parked::list_parked))
        .routes(routes!(stream_bill_run::stream_bill_run))
        .routes(routes!(regenerate_bill::regenerate_bill))
        .routes(routes!(credit_bill::credit_bill))
        .routes(routes!(show_late_usage::show_late_usage))
        .routes(routes!(settle_late_usage::settle_late_usage))
        .routes(routes!(debit_bill::debit_bill))
        .routes(routes!(open_dispute::open_dispute))
        .routes(routes!(close_dispute::win_dispute))
        .routes(routes!(close_dispute::lose_dispute))
        .routes(routes!(request_bad_debt::request_bad_debt))
        .routes(routes!(decide_bad_debt::approve_bad_debt))
        .routes(routes!(decide_bad_debt::reject_bad_debt))
}
