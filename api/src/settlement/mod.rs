//! Receipts, credit notes, write-offs (收款核销) and statements (对账单) over HTTP.

mod change_matching_rules;
mod confirmation;
mod decide_credit;
mod decide_refund;
mod decide_write_off;
mod find_credit_note;
mod find_receipt;
mod find_statement;
mod find_write_off;
mod identify_receipt;
mod issue_statement;
mod limits;
mod list_credit_notes;
mod list_receipts;
mod list_statements;
mod list_write_offs;
mod make_write_off;
mod move_advance;
mod move_back;
mod propose;
mod propose_credit;
mod reason_body;
mod record_receipt;
mod request_refund;
mod return_refund;
mod reverse_credit;
mod reverse_receipt;
mod reverse_write_off;
mod schema;
mod show_customer_statement;
mod show_matching_rules;
mod show_statement_document;
mod statement_page;
mod withdraw_statement;
mod write_off_body;
mod write_off_matches;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use confirmation::{LinkKey, pages};

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_receipts::list_receipts, record_receipt::record_receipt))
        .routes(routes!(find_receipt::find_receipt))
        .routes(routes!(identify_receipt::identify_receipt))
        .routes(routes!(reverse_receipt::reverse_receipt))
        .routes(routes!(move_advance::move_advance))
        .routes(routes!(move_back::move_back))
        .routes(routes!(request_refund::request_refund))
        .routes(routes!(decide_refund::approve_refund))
        .routes(routes!(decide_refund::reject_refund))
        .routes(routes!(list_credit_notes::list_credit_notes, propose_credit::propose_credit))
        .routes(routes!(return_refund::return_refund))
        .routes(routes!(show_customer_statement::show_customer_statement))
        .routes(routes!(issue_statement::issue_statement))
        .routes(routes!(list_statements::list_statements))
        .routes(routes!(find_statement::find_statement))
        .routes(routes!(show_statement_document::show_statement_document))
        .routes(routes!(withdraw_statement::withdraw_statement))
        .routes(routes!(find_credit_note::find_credit_note))
        .routes(routes!(decide_credit::approve_credit))
        .routes(routes!(decide_credit::reject_credit))
        .routes(routes!(reverse_credit::reverse_credit))
        .routes(routes!(list_write_offs::list_write_offs, make_write_off::make_write_off))
        .routes(routes!(write_off_matches::write_off_matches))
        .routes(routes!(propose::propose))
        .routes(routes!(
            show_matching_rules::show_matching_rules,
            change_matching_rules::change_matching_rules
        ))
        .routes(routes!(find_write_off::find_write_off))
        .routes(routes!(decide_write_off::approve_write_off))
        .routes(routes!(decide_write_off::reject_write_off))
        .routes(routes!(reverse_write_off::reverse_write_off))
}
