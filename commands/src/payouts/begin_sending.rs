//! Somebody takes it upon himself to send a payout. Whoever is told so may send it, once; nobody else ever may.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tallybook_domain::payouts::{Payout, PayoutCommand, PayoutId, Prepared};
use tallybook_event_store::{Book, CommandError, Receipt};

use super::order::parties_of;
use crate::CommandContext;
use crate::deposits::check_may_withdraw;

/// It is recorded, and durable, that it is being sent from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingBegan {
    pub id: PayoutId,
    /// What the order is signed as of, however late it gets to the line: the endpoint refuses what is old.
    pub at: DateTime<Utc>,
}

/// Refused to all but the first, and while the customer is suspended or the wallet frozen. Must be called without an
/// idempotency key: a repeat would be told that it begins.
pub async fn begin_sending(
    book: &Book,
    context: CommandContext,
    order: Prepared,
) -> Result<Receipt<SendingBegan>, CommandError> {
    let context = CommandContext { idempotency_key: None, ..context };
    let request = context.request("begin_sending_payout", &order.payout)?;
    let parties = parties_of(&order);
    book.execute(request, parties.streams_with_payout(), move |decision| {
        check_may_withdraw(decision, &parties)?;
        decision.decide::<Payout>(order.payout.as_str(), PayoutCommand::BeginSending)?;
        Ok(SendingBegan { id: order.payout.clone(), at: decision.now() })
    })
    .await
}
