//! Paying an order from the wallet.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::orders::{self as commands, PayFromWallet};
use utoipa::ToSchema;

use super::schema::PaidOrder;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody};
use crate::state::ApiState;

/// What pays the order.
#[derive(Debug, ToSchema)]
pub(super) struct PayOrderBody {
    #[expect(dead_code, reason = "there is one word")]
    from: PaidFrom,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum PaidFrom {
    /// The customer's wallet in the order's currency.
    Wallet,
}

impl ReadBody for PayOrderBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let from = body.required("from", |value| {
            let (word, value) = value.string()?;
            match &*word {
                "wallet" => Some(PaidFrom::Wallet),
                _ => value.refuse("unknown_value", "must be wallet"),
            }
        });
        Some(Self { from: from? })
    }
}

/// Pay an order from the wallet
///
/// All of it, from the customer's wallet in its currency: Dr 2241.01, Cr 2205. What is bought is not owed, so a wallet
/// that is frozen, or whose customer is suspended, does not pay.
#[utoipa::path(post, path = "/v1/orders/{id}/pay", tag = "orders", request_body = PayOrderBody,
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 200, body = PaidOrder)))]
pub(super) async fn pay_order(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, order, PayOrderBody { .. }) = input.read(Action::PayOrders, ProblemKind::OrderNotFound)?;
    let receipt = commands::pay_from_wallet(state.book(), context, PayFromWallet { order }).await?;
    done(&receipt)
}
