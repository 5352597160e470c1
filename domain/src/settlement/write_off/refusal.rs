//! Why something may not be written off, or not be undone.

use super::{WriteOffId, WriteOffState};
use crate::actor::Actor;
use crate::billing::BillId;
use crate::dates::EffectiveDateOutOfRange;
use crate::ids::{CustomerId, WalletId};
use crate::money::{Money, MoneyError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteOffRefusal {
    #[error("there is no write-off {write_off}")]
    NotFound { write_off: WriteOffId },
    #[error("write-off {write_off} exists already")]
    AlreadyMade { write_off: WriteOffId },
    #[error("write-off {write_off} is {state}")]
    NotInState { write_off: WriteOffId, state: WriteOffState },
    #[error("{requested_by} made write-off {write_off}, so someone else has to approve it")]
    SelfApproval { write_off: WriteOffId, requested_by: Actor },
    #[error("write-off {write_off} has no leg {leg}")]
    LegNotFound { write_off: WriteOffId, leg: u32 },
    #[error("a write-off needs something that pays and a bill that is paid")]
    NoLegs,
    #[error("a write-off has at most {most} legs, this one has {legs}")]
    TooManyLegs { legs: usize, most: usize },
    #[error("leg {leg} is numbered {number}")]
    Misnumbered { leg: usize, number: u32 },
    #[error("sources and differences come to {from}, the bills to {to}: both have to come to the same")]
    SumsDiffer { from: Money, to: Money },
    #[error("bill {bill} is not one of customer {customer}")]
    StrangeBill { bill: BillId, customer: CustomerId },
    #[error("wallet {wallet} is not one of customer {customer}")]
    StrangeWallet { wallet: WalletId, customer: CustomerId },
    #[error("the amount must be more than zero, it is {amount}")]
    AmountNotPositive { amount: Money },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
    #[error(transparent)]
    Money(#[from] MoneyError),
}
