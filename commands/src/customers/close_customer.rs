//! A customer is closed for ever, once nothing of it is open.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::Subscription;
use tallybook_domain::customers::{Customer, CustomerCommand, OpenItem};
use tallybook_domain::deposits::Wallet;
use tallybook_domain::text::Reason;
use tallybook_domain::{Currency, CustomerId, WalletId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::CustomerOutcome;
use super::open_bills::Bills;
use super::open_credits::Credits;
use super::open_orders::Orders;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CloseCustomer {
    pub customer: CustomerId,
    pub reason: Reason,
}

/// Closes a customer. What is open is judged inside the decision, in the wallets of every currency there is, in all
/// bills, in the plan, in the usage, in orders and in what came in or was granted, so that a deposit, a bill or usage at the same moment comes before the closing and
/// stops it, or after it and is refused.
pub async fn close_customer(
    book: &Book,
    context: CommandContext,
    close: CloseCustomer,
) -> Result<Receipt<CustomerOutcome>, CommandError> {
    let request = context.request_because("close_customer", Some(&close.reason), &close)?;
    let mut streams = vec![StreamKey::existing::<Customer>(&close.customer)];
    streams.extend(wallets(&close.customer).map(StreamKey::existing::<Wallet>));
    let bills = Bills::of(book, &close.customer).await?;
    streams.extend(bills.streams());
    let credits = Credits::of(book, &close.customer).await?;
    streams.extend(credits.streams());
    let orders = Orders::of(book, &close.customer).await?;
    streams.extend(orders.streams());
    streams.push(StreamKey::existing::<Subscription>(Subscription::stream_of(&close.customer)));
    book.execute(request, streams, move |decision| {
        let CloseCustomer { customer, reason } = close.clone();
        let to_come = bills.still_to_come(decision, &customer);
        let (wallets, credits) = (open_wallets(decision, &customer), credits.open(decision, &customer)?);
        let open = [wallets, credits, orders.open(decision), bills.open(decision)?, to_come].concat();
        let command = CustomerCommand::Close { customer: customer.clone(), reason, open };
        decision.decide::<Customer>(customer.as_str(), command)?;
        CustomerOutcome::of(decision, &customer)
    })
    .await
}

/// A withdrawal under way, asked for or with the bank, holds its money in the wallet, so the wallets tell of it too.
fn open_wallets(decision: &Decision<'_>, customer: &CustomerId) -> Vec<OpenItem> {
    wallets(customer)
        .filter_map(|id| OpenItem::of_wallet(&id, decision.state::<Wallet>(id.as_str())))
        .collect()
}

fn wallets(customer: &CustomerId) -> impl Iterator<Item = WalletId> {
    Currency::all().map(move |currency| WalletId::new(customer, currency))
}
