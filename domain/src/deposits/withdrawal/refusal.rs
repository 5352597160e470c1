//! Why something may not happen to a withdrawal.

use super::{WithdrawalAction, WithdrawalState};
use crate::actor::Actor;
use crate::dates::EffectiveDateOutOfRange;
use crate::deposits::{ChannelReference, WithdrawalReference};
use crate::ids::{CustomerId, WithdrawalId};
use crate::money::{Money, MoneyError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WithdrawalRefusal {
    #[error("there is no withdrawal {withdrawal}")]
    NotFound { withdrawal: WithdrawalId },
    #[error("withdrawal {withdrawal} is requested already")]
    AlreadyRequested { withdrawal: WithdrawalId },
    #[error("{requested_by} asked for this withdrawal, so someone else has to approve it")]
    SelfApproval { requested_by: Actor },
    #[error("withdrawal {withdrawal} is {state}: it is too late, or too early, to {action} it")]
    NotInState { withdrawal: WithdrawalId, state: WithdrawalState, action: WithdrawalAction },
    /// The bank would be given two orders.
    #[error("withdrawal {withdrawal} is submitted already, {}", spoken(.known.as_ref()))]
    SubmittedOtherwise {
        withdrawal: WithdrawalId,
        known: Option<ChannelReference>,
        given: Option<ChannelReference>,
    },
    #[error("customer {customer} is suspended: no money goes out")]
    WalletSuspended { customer: CustomerId },
    #[error("a withdrawal with the reference {reference:?} is requested already")]
    ReferenceTaken { reference: WithdrawalReference },
    #[error("the amount must be more than zero, it is {amount}")]
    AmountNotPositive { amount: Money },
    #[error(transparent)]
    EffectiveDate(#[from] EffectiveDateOutOfRange),
    /// The currency is another than the wallet's.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

fn spoken(reference: Option<&ChannelReference>) -> String {
    match reference {
        Some(reference) => format!("under the reference {reference:?}"),
        None => "without a reference".to_owned(),
    }
}
