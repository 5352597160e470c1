//! What keeps a customer open.

use crate::billing::{Bill, BillId, BillState, PlanCode, UsageQuarantine, UsageQuarantineId};
use crate::deposits::Wallet;
use crate::ids::{CreditNoteId, CustomerId, WalletId};
use crate::money::{Money, MoneyError};
use crate::month::Month;
use crate::orders::{Order, OrderId, OrderState};
use crate::settlement::{CreditNote, Receipt, ReceiptId};

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
    /// A month's bill that was voided, and none stands in its place.
    NotBilledAgain { bill: BillId },
    /// Usage of a month without a plan, which has no bill.
    UnbilledUsage { month: Month },
    /// Usage that came after the bill, or after the last bill of late usage, and is not settled.
    LateUsage { bill: BillId },
    /// Usage that was put aside, and nobody has accepted or dismissed.
    Quarantined { quarantine: UsageQuarantineId, waiting: usize },
    /// Money that came in and is free.
    Advance { receipt: ReceiptId, unapplied: Money },
    /// A refund somebody has asked for, and nobody has decided on.
    Refund { receipt: ReceiptId, amount: Money },
    /// What is left of a credit note.
    CreditNote { credit_note: CreditNoteId, unapplied: Money },
    /// An order that is not at its end.
    Order { order: OrderId, state: OrderState },
}

impl OpenItem {
    /// The wallet, if there is money in it.
    pub fn of_wallet(id: &WalletId, wallet: &Wallet) -> Option<Self> {
        let (balance, held) = (wallet.balance(id.currency()), wallet.held(id.currency()));
        let empty = balance.is_zero() && held.is_zero();
        (!empty).then(|| Self::Wallet { wallet: id.clone(), balance, held })
    }

    /// What is free of a receipt, if it is this customer's, and what is asked back of it.
    pub fn of_receipt(
        customer: &CustomerId,
        id: &ReceiptId,
        receipt: &Receipt,
    ) -> Result<Vec<Self>, MoneyError> {
        if receipt.customer() != Some(customer) {
            return Ok(Vec::new());
        }
        let refund = receipt.refund().map(|refund| refund.amount);
        let unapplied = receipt.unapplied()?.filter(|unapplied| !unapplied.is_zero());
        let refund = refund.map(|amount| Self::Refund { receipt: id.clone(), amount });
        let advance = unapplied.map(|unapplied| Self::Advance { receipt: id.clone(), unapplied });
        Ok(advance.into_iter().chain(refund).collect())
    }

    /// The credit note, if something of it is left.
    pub fn of_credit_note(id: &CreditNoteId, note: &CreditNote) -> Result<Option<Self>, MoneyError> {
        let unapplied = note.unapplied()?.filter(|unapplied| !unapplied.is_zero());
        Ok(unapplied.map(|unapplied| Self::CreditNote { credit_note: id.clone(), unapplied }))
    }

    /// The order, if something can still become of it.
    pub fn of_order(id: &OrderId, order: &Order) -> Option<Self> {
        let state = order.state().filter(|state| state.is_open())?;
        Some(Self::Order { order: id.clone(), state })
    }

    /// The quarantine of a month, if something waits in it.
    pub fn of_quarantine(id: &UsageQuarantineId, quarantine: &UsageQuarantine) -> Option<Self> {
        let waiting = quarantine.waiting();
        (waiting > 0).then(|| Self::Quarantined { quarantine: id.clone(), waiting })
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
            Self::NotBilledAgain { bill } => {
                write!(f, "{} is not billed again since bill {bill} was voided", bill.month())
            }
            Self::UnbilledUsage { month } => write!(f, "usage of {month} is not billed, and under no plan"),
            Self::LateUsage { bill } => write!(
                f,
                "usage that came after bill {bill} is not settled: settle it, and where that makes the bill less than write-offs settled of it, undo those first"
            ),
            Self::Quarantined { quarantine, waiting } => {
                write!(f, "{waiting} values of usage wait in {quarantine}: accept or dismiss them")
            }
            Self::Advance { receipt, unapplied } => {
                write!(f, "{unapplied} of receipt {receipt} is free: write it off, or pay it back")
            }
            Self::Refund { receipt, amount } => {
                write!(f, "a refund of {amount} of receipt {receipt} is asked for: approve or reject it")
            }
            Self::CreditNote { credit_note, unapplied } => {
                write!(f, "{unapplied} of credit note {credit_note} is left: write it off, or reverse it")
            }
            Self::Order { order, state } => {
                write!(f, "order {order} is {state}: cancel, refund or complete it")
            }
        }
    }
}
