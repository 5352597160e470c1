//! An approved withdrawal is submitted, and the order of its payout is written.

use serde::{Deserialize, Serialize};
use tallybook_domain::WithdrawalId;
use tallybook_domain::payouts::PayoutAdapterKind;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::PayoutOutcome;
use super::order::Asked;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreparePayout {
    pub withdrawal: WithdrawalId,
    pub adapter: PayoutAdapterKind,
}

/// Refused while the customer is suspended or the wallet frozen, and for what is submitted already.
pub async fn prepare_payout(
    book: &Book,
    context: CommandContext,
    asked: PreparePayout,
) -> Result<Receipt<PayoutOutcome>, CommandError> {
    let request = context.request("prepare_payout", &asked)?;
    let order = Asked::of(book, &asked.withdrawal).await?;
    book.execute(request, order.parties.streams_with_payout(), move |decision| {
        order.prepare(decision, asked.adapter, None)?;
        PayoutOutcome::of(decision, &order.parties)
    })
    .await
}
