//! A wallet is frozen: money comes in, and none goes out.

use serde::{Deserialize, Serialize};
use tallybook_domain::WalletId;
use tallybook_domain::deposits::Wallet;
use tallybook_domain::risk::{WalletFreeze, WalletFreezeCommand, WalletFreezeRefusal};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::FreezeOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FreezeWallet {
    pub wallet: WalletId,
    pub reason: Reason,
}

/// Refused of a wallet into which nothing has ever come.
pub async fn freeze_wallet(
    book: &Book,
    context: CommandContext,
    asked: FreezeWallet,
) -> Result<Receipt<FreezeOutcome>, CommandError> {
    let request = context.request_because("freeze_wallet", Some(&asked.reason), &asked)?;
    let stream = WalletFreeze::stream(&asked.wallet);
    let streams =
        vec![StreamKey::existing::<Wallet>(&asked.wallet), StreamKey::existing::<WalletFreeze>(&stream)];
    book.execute(request, streams, move |decision| {
        let FreezeWallet { wallet, reason } = asked.clone();
        if !decision.state::<Wallet>(wallet.as_str()).is_opened() {
            return Err(WalletFreezeRefusal::NotFound { wallet }.into());
        }
        let freeze = WalletFreezeCommand::Freeze { wallet: wallet.clone(), reason };
        decision.decide::<WalletFreeze>(&stream, freeze)?;
        Ok(FreezeOutcome::of(decision, wallet))
    })
    .await
}
