//! The customer's wallet pays an order, in one decision over both.

use serde::{Deserialize, Serialize};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{Wallet, WalletCommand};
use tallybook_domain::orders::{Order, OrderCommand, OrderId, PaidWith};
use tallybook_domain::risk::WalletFreeze;
use tallybook_domain::{Money, Refusal, WalletId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::parties::terms_of;
use super::{OrderOutcome, PaidOrder};
use crate::CommandContext;
use crate::deposits::check_may_leave;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PayFromWallet {
    pub order: OrderId,
}

/// Takes all of it from the customer's wallet of the order's currency. What is bought is not owed: a wallet that is
/// frozen, or whose customer is suspended, does not pay.
pub async fn pay_from_wallet(
    book: &Book,
    context: CommandContext,
    asked: PayFromWallet,
) -> Result<Receipt<PaidOrder>, CommandError> {
    let request = context.request("pay_order_from_wallet", &asked)?;
    let terms = terms_of(book, &asked.order).await?;
    let wallet = WalletId::new(&terms.customer, terms.currency());
    let streams = vec![
        StreamKey::existing::<Order>(&asked.order),
        StreamKey::existing::<Customer>(&terms.customer),
        StreamKey::existing::<Wallet>(&wallet),
        StreamKey::existing::<WalletFreeze>(WalletFreeze::stream(&wallet)),
    ];
    book.execute(request, streams, move |decision| decide(decision, &asked.order, &wallet, terms.amount))
        .await
}

fn decide(
    decision: &mut Decision<'_>,
    order: &OrderId,
    wallet: &WalletId,
    amount: Money,
) -> Result<PaidOrder, Refusal> {
    let today = decision.today();
    let pay = OrderCommand::Pay {
        order: order.clone(),
        paid_with: PaidWith::Wallet { wallet: wallet.clone() },
        amount,
        effective_date: today,
        today,
    };
    let paid_now = decision.decide::<Order>(order.as_str(), pay)? > 0;
    if paid_now {
        check_may_leave(decision, wallet)?;
        let (order, effective_date) = (order.clone(), today);
        let take = WalletCommand::PayOrder { wallet: wallet.clone(), order, amount, effective_date };
        decision.decide::<Wallet>(wallet.as_str(), take)?;
    }
    let available = decision.state::<Wallet>(wallet.as_str()).available(amount.currency());
    Ok(PaidOrder { order: OrderOutcome::of(decision, order)?, wallet: wallet.clone(), available })
}
