//! What keeps a customer open.

use crate::billing::{Bill, BillId, BillState, PlanCode};
use crate::deposits::Wallet;
use crate::ids::WalletId;
use crate::money::{Money, MoneyError};
use crate::month::Month;

/// Something of a customer that is not at its end. Whoever adds a debt or a claim to the book adds it here, and to the
/// one use case that closes a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenItem {
    /// Money in a wallet. What is held, or has been handed to the bank and not been settled, is in its balance.
    Wallet { wallet: WalletId, balance: Money, held: Money },
    /// A bill of which something is owed; of a draft, nothing yet.
    Bill { bill: BillId, open: Option<Money> },
    /// A plan the customer is still billed by, or will be.
    Plan { plan: PlanCode },
    /// A month under a plan that has no bill yet.
    Unbilled { month: Month },
}

impl OpenItem {
    /// The wallet, if there is money in it.
    pub fn of_wallet(id: &WalletId, wallet: &Wallet) -> Option<Self> {
        let (balance, held) = (wallet.balance(id.currency()), wallet.held(id.currency()));
        let empty = balance.is_zero() && held.is_zero();
        (!empty).then(|| Self::Wallet { wallet: id.clone(), balance, held })
    }

    /// The bill, if it is still to be issued or paid.
    pub fn of_bill(id: &BillId, bill: &Bill) -> Result<Option<Self>, MoneyError> {
        let open = bill.open()?;
        let item = || Self::Bill { bill: id.clone(), open };
        Ok(match bill.state() {
            Some(BillState::Draft) => Some(item()),
            Some(BillState::Issued) => open.is_some_and(|open| !open.is_zero()).then(item),
            Some(BillState::Voided) | None => None,
        })
    }
}

impl std::fmt::Display for OpenItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wallet { wallet, balance, held } => {
                write!(f, "wallet {wallet} has {balance}, of which {held} is held")
            }
            Self::Bill { bill, open: Some(open) } => write!(f, "{open} is owed of bill {bill}"),
            Self::Bill { bill, open: None } => write!(f, "bill {bill} is a draft"),
            Self::Plan { plan } => write!(f, "price plan {plan} is in force: end it"),
            Self::Unbilled { month } => write!(f, "{month} is not billed yet"),
        }
    }
}
