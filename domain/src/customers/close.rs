//! What keeps a customer open.

use crate::deposits::Wallet;
use crate::ids::WalletId;
use crate::money::Money;

/// Something of a customer that is not at its end. Whoever adds a debt or a claim to the book adds it here, and to the
/// one use case that closes a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenItem {
    /// Money in a wallet. What is held, or has been handed to the bank and not been settled, is in its balance.
    Wallet { wallet: WalletId, balance: Money, held: Money },
}

impl OpenItem {
    /// The wallet, if there is money in it.
    pub fn of_wallet(id: &WalletId, wallet: &Wallet) -> Option<Self> {
        let (balance, held) = (wallet.balance(id.currency()), wallet.held(id.currency()));
        let empty = balance.is_zero() && held.is_zero();
        (!empty).then(|| Self::Wallet { wallet: id.clone(), balance, held })
    }
}

impl std::fmt::Display for OpenItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wallet { wallet, balance, held } => {
                write!(f, "wallet {wallet} has {balance}, of which {held} is held")
            }
        }
    }
}
