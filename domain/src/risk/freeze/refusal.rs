//! Why something may not happen to a wallet that is frozen.

use crate::ids::WalletId;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalletFreezeRefusal {
    #[error("wallet {wallet} is frozen ({reason}): no money goes out")]
    Frozen { wallet: WalletId, reason: Reason },
    #[error("there is no wallet {wallet}")]
    NotFound { wallet: WalletId },
}
