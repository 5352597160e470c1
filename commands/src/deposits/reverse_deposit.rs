//! A deposit should not have been recorded: its money leaves the wallet again, and its reference is free.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{DepositFacts, DepositState, Wallet, WalletCommand, WalletRefusal};
use tallybook_domain::text::Reason;
use tallybook_domain::{DepositId, EventSourced, Refusal};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::DepositOutcome;
use crate::CommandContext;
use crate::bank_reference::release_of_deposit;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReverseDeposit {
    pub deposit: DepositId,
    pub reason: Reason,
    /// Today, if not given, or the deposit's day, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

pub async fn reverse_deposit(
    book: &Book,
    context: CommandContext,
    reverse: ReverseDeposit,
) -> Result<Receipt<DepositOutcome>, CommandError> {
    let request = context.request_because("reverse_deposit", Some(&reverse.reason), &reverse)?;
    let facts = recorded(book, &reverse.deposit).await?;
    let wallet = reverse.deposit.wallet();
    let streams = vec![StreamKey::existing::<Wallet>(&wallet)];
    book.execute(request, streams, move |decision| {
        let (DepositFacts { deposit: id, amount, .. }, wallet) = (facts.clone(), wallet.clone());
        let today = decision.today();
        let command = WalletCommand::ReverseDeposit {
            deposit: facts.clone(),
            reason: reverse.reason.clone(),
            effective_date: reverse.effective_date.unwrap_or_else(|| facts.effective_date.max(today)),
            today,
        };
        let reversed_now = decision.decide::<Wallet>(wallet.as_str(), command)? > 0;
        // By the second time another deposit may have the reference.
        if reversed_now {
            release_of_deposit(decision, &facts.reference);
        }
        Ok(DepositOutcome::of(decision, id, wallet, DepositState::Reversed, amount))
    })
    .await
}

/// What was recorded of the deposit. Its event never changes, so it is read before the decision.
async fn recorded(book: &Book, deposit: &DepositId) -> Result<DepositFacts, CommandError> {
    let stream = StreamKey::existing::<Wallet>(deposit.wallet());
    let recorded = book.event_at(&stream, deposit.entry()).await?;
    let facts = recorded
        .and_then(|recorded| DepositFacts::from_event(deposit, Wallet::pick(&recorded.event)?))
        .ok_or_else(|| WalletRefusal::DepositNotFound { deposit: deposit.clone() });
    facts.map_err(|refusal| Refusal::from(refusal).into())
}
