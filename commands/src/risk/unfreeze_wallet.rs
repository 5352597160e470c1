//! Money may leave a wallet again that was frozen.

use serde::{Deserialize, Serialize};
use tallybook_domain::WalletId;
use tallybook_domain::deposits::Wallet;
use tallybook_domain::risk::{WalletFreeze, WalletFreezeCommand, WalletFreezeRefusal};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::FreezeOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UnfreezeWallet {
    pub wallet: WalletId,
    pub reason: Reason,
}

/// Refused of a wallet into which nothing has ever come.
pub async fn unfreeze_wallet(
    book: &Book,
    context: CommandContext,
    asked: UnfreezeWallet,
) -> Result<Receipt<FreezeOutcome>, CommandError> {
    let request = context.request_because("unfreeze_wallet", Some(&asked.reason), &asked)?;
    let stream = WalletFreeze::stream(&asked.wallet);
    let streams =
        vec![StreamKey::existing::<Wallet>(&asked.wallet), StreamKey::existing::<WalletFreeze>(&stream)];
    book.execute(request, streams, move |decision| {
        let UnfreezeWallet { wallet, reason } = asked.clone();
        if !decision.state::<Wallet>(wallet.as_str()).is_opened() {
            return Err(WalletFreezeRefusal::NotFound { wallet }.into());
        }
        let unfreeze = WalletFreezeCommand::Unfreeze { wallet: wallet.clone(), reason };
        decision.decide::<WalletFreeze>(&stream, unfreeze)?;
        Ok(FreezeOutcome::of(decision, wallet))
    })
    .await
}
