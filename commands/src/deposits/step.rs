//! What all steps of a withdrawal have in common: whose it is, and that its wallet and customer are asked too.

use chrono::NaiveDate;
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{
    Wallet, WalletCommand, Withdrawal, WithdrawalCommand, WithdrawalEvent, WithdrawalRefusal,
};
use tallybook_domain::payouts::{Payout, PayoutCommand, PayoutId};
use tallybook_domain::risk::{RiskAlert, RiskAlertCommand, WalletFreeze, WithdrawalEnd};
use tallybook_domain::{Actor, CustomerId, EventSourced, Refusal, WalletId, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, StreamKey};

use super::WithdrawalOutcome;

/// A withdrawal and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Parties {
    pub(crate) withdrawal: WithdrawalId,
    pub(crate) wallet: WalletId,
    pub(crate) customer: CustomerId,
}

impl Parties {
    /// Reads them from the request's event, which never changes, before the decision.
    pub(crate) async fn of(book: &Book, withdrawal: &WithdrawalId) -> Result<Self, CommandError> {
        let first = book.event_at(&StreamKey::existing::<Withdrawal>(withdrawal), 1).await?;
        match first.as_ref().and_then(|first| Withdrawal::pick(&first.event)) {
            Some(WithdrawalEvent::WithdrawalRequested { wallet, .. }) => Ok(Self {
                withdrawal: withdrawal.clone(),
                wallet: wallet.clone(),
                customer: wallet.customer(),
            }),
            Some(_) | None => {
                Err(Refusal::from(WithdrawalRefusal::NotFound { withdrawal: withdrawal.clone() }).into())
            }
        }
    }

    pub(crate) fn streams(&self) -> Vec<StreamKey> {
        vec![
            StreamKey::existing::<Customer>(&self.customer),
            StreamKey::existing::<Wallet>(&self.wallet),
            StreamKey::existing::<Withdrawal>(&self.withdrawal),
            StreamKey::existing::<RiskAlert>(RiskAlert::stream(&self.withdrawal)),
            StreamKey::existing::<WalletFreeze>(WalletFreeze::stream(&self.wallet)),
        ]
    }

    /// Of a step that its payout takes too.
    pub(crate) fn streams_with_payout(&self) -> Vec<StreamKey> {
        let mut streams = self.streams();
        streams.push(StreamKey::existing::<Payout>(self.payout()));
        streams
    }

    pub(crate) fn payout(&self) -> PayoutId {
        PayoutId::of(&self.withdrawal)
    }
}

/// What a person says of a withdrawal is said of its payout, if there is one.
pub(super) fn say_of_payout(
    decision: &mut Decision<'_>,
    parties: &Parties,
    said: PayoutCommand,
) -> Result<(), Refusal> {
    let payout = parties.payout();
    if decision.state::<Payout>(payout.as_str()).state().is_some() {
        decision.decide::<Payout>(payout.as_str(), said)?;
    }
    Ok(())
}

/// Lets the withdrawal take a step, and what goes with it happen, unless the step was taken already.
pub(super) fn take(
    decision: &mut Decision<'_>,
    parties: &Parties,
    step: WithdrawalCommand,
    goes_with_it: impl FnOnce(&mut Decision<'_>) -> Result<(), Refusal>,
) -> Result<WithdrawalOutcome, Refusal> {
    let taken_now = decision.decide::<Withdrawal>(parties.withdrawal.as_str(), step)? > 0;
    if taken_now {
        goes_with_it(decision)?;
    }
    WithdrawalOutcome::of(decision, &parties.withdrawal, &parties.wallet)
}

/// The business date of a step, given or not, and the book's day, by which it is judged.
pub(super) fn dates(
    decision: &Decision<'_>,
    parties: &Parties,
    given: Option<NaiveDate>,
) -> (NaiveDate, NaiveDate) {
    let today = decision.today();
    let withdrawal = decision.state::<Withdrawal>(parties.withdrawal.as_str());
    (given.unwrap_or_else(|| withdrawal.effective_date_by_default(today)), today)
}

pub(crate) fn check_may_withdraw(decision: &Decision<'_>, parties: &Parties) -> Result<(), Refusal> {
    check_may_leave(decision, &parties.wallet)
}

/// Money goes out only for a customer who is registered and not suspended, and only of a wallet that is not frozen.
pub(crate) fn check_may_leave(decision: &Decision<'_>, wallet: &WalletId) -> Result<(), Refusal> {
    let id = wallet.customer();
    let customer = decision.state::<Customer>(id.as_str());
    customer.check_registered(&id)?;
    if !customer.may_withdraw() {
        return Err(WithdrawalRefusal::WalletSuspended { customer: id }.into());
    }
    let freeze = decision.state::<WalletFreeze>(&WalletFreeze::stream(wallet));
    Ok(freeze.check_not_frozen(wallet)?)
}

/// Nobody approves what somebody has still to look at, nor who let a blocked one go.
pub(super) fn check_reviewed(decision: &Decision<'_>, parties: &Parties, by: &Actor) -> Result<(), Refusal> {
    Ok(decision.state::<RiskAlert>(&RiskAlert::stream(&parties.withdrawal)).check_approval(by)?)
}

/// The withdrawal has ended: its money is available again, and nobody has to look at it any more.
pub(super) fn end(
    decision: &mut Decision<'_>,
    parties: &Parties,
    ended: WithdrawalEnd,
) -> Result<(), Refusal> {
    let close = RiskAlertCommand::Close { ended };
    decision.decide::<RiskAlert>(&RiskAlert::stream(&parties.withdrawal), close)?;
    release_hold(decision, parties)
}

/// The money that was set aside is available again.
pub(crate) fn release_hold(decision: &mut Decision<'_>, parties: &Parties) -> Result<(), Refusal> {
    let release = WalletCommand::ReleaseHold { withdrawal: parties.withdrawal.clone() };
    decision.decide::<Wallet>(parties.wallet.as_str(), release)?;
    Ok(())
}
