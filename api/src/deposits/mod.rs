//! Wallets, deposits and withdrawals (入金, 出金) over HTTP.

mod approve_withdrawal;
mod bank_notice;
mod cancel_withdrawal;
mod fail_withdrawal;
mod find_deposit;
mod find_withdrawal;
mod list_customer_wallets;
mod list_deposits;
mod list_wallets;
mod list_withdrawals;
mod record_deposit;
mod reject_withdrawal;
mod request_withdrawal;
mod return_withdrawal;
mod reverse_deposit;
mod schema;
mod show_wallet_statement;
mod submit_withdrawal;
mod succeed_withdrawal;

pub(crate) use list_customer_wallets::known_customer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_deposits::list_deposits, record_deposit::record_deposit))
        .routes(routes!(find_deposit::find_deposit))
        .routes(routes!(reverse_deposit::reverse_deposit))
        .routes(routes!(list_withdrawals::list_withdrawals, request_withdrawal::request_withdrawal))
        .routes(routes!(find_withdrawal::find_withdrawal))
        .routes(routes!(approve_withdrawal::approve_withdrawal))
        .routes(routes!(reject_withdrawal::reject_withdrawal))
        .routes(routes!(cancel_withdrawal::cancel_withdrawal))
        .routes(routes!(submit_withdrawal::submit_withdrawal))
        .routes(routes!(succeed_withdrawal::succeed_withdrawal))
        .routes(routes!(fail_withdrawal::fail_withdrawal))
        .routes(routes!(return_withdrawal::return_withdrawal))
        .routes(routes!(list_wallets::list_wallets))
        .routes(routes!(list_customer_wallets::list_customer_wallets))
        .routes(routes!(show_wallet_statement::show_wallet_statement))
}
