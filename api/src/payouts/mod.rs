//! Payouts over HTTP, and the ways they get to the bank: in a file that a person takes there, or posted to an endpoint.
//!
//! A way is a file or folder beside this one that implements [`PayoutAdapter`]. What was sent is never sent again: before
//! the first byte goes out, it is durable that it does, and only one process is ever told to. Must never believe an
//! answer: that is done in the domain. Must never log or show a key, the path of an endpoint or a whole account number.

mod adapter;
mod attend;
mod file;
mod find_payout;
mod find_payout_batch;
mod hand_over;
mod http;
mod list_payout_batches;
mod list_payouts;
mod make_payout_batch;
mod manual;
mod opened;
mod prepare_payout;
mod query_payout;
mod resolve_payout_doubt;
mod schema;
mod settings;
mod show_payout_file;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use attend::attend;
pub use opened::{InvalidPayouts, Payouts};
pub use settings::PayoutSettings;

use crate::state::ApiState;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_payouts::list_payouts, prepare_payout::prepare_payout))
        .routes(routes!(find_payout::find_payout))
        .routes(routes!(query_payout::query_payout))
        .routes(routes!(resolve_payout_doubt::resolve_payout_doubt))
        .routes(routes!(list_payout_batches::list_payout_batches, make_payout_batch::make_payout_batch))
        .routes(routes!(find_payout_batch::find_payout_batch))
        .routes(routes!(show_payout_file::show_payout_file))
}
