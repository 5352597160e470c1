//! A person has looked at what was said of a payout after its end, and need not be shown it again.

use serde::{Deserialize, Serialize};
use tallybook_domain::payouts::{Payout, PayoutCommand, PayoutId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt};

use super::PayoutOutcome;
use super::order::{find_order, parties_of};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResolvePayoutDoubt {
    pub payout: PayoutId,
    pub reason: Reason,
}

pub async fn resolve_payout_doubt(
    book: &Book,
    context: CommandContext,
    asked: ResolvePayoutDoubt,
) -> Result<Receipt<PayoutOutcome>, CommandError> {
    let request = context.request_because("resolve_payout_doubt", Some(&asked.reason), &asked)?;
    let parties = parties_of(&find_order(book, &asked.payout).await?);
    book.execute(request, parties.streams_with_payout(), move |decision| {
        let ResolvePayoutDoubt { payout, reason } = asked.clone();
        decision.decide::<Payout>(payout.as_str(), PayoutCommand::ResolveDoubt { reason })?;
        PayoutOutcome::of(decision, &parties)
    })
    .await
}
