//! The order of a payout: what its withdrawal says of the account, and how it is written.

use tallybook_domain::deposits::{
    Destination, Withdrawal, WithdrawalAction, WithdrawalEvent, WithdrawalReference, WithdrawalRefusal,
    WithdrawalState,
};
use tallybook_domain::payouts::{
    Payout, PayoutAdapterKind, PayoutBatchId, PayoutCommand, PayoutEvent, PayoutId, PayoutRefusal, Prepared,
};
use tallybook_domain::{EventSourced, Money, Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, StreamKey};

use crate::deposits::{Parties, check_may_withdraw, submit};

/// What a withdrawal asks for, from its first event, which never changes.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) parties: Parties,
    pub(super) amount: Money,
    reference: WithdrawalReference,
    destination: Destination,
}

impl Asked {
    pub(super) async fn of(book: &Book, withdrawal: &WithdrawalId) -> Result<Self, CommandError> {
        let first = book.event_at(&StreamKey::existing::<Withdrawal>(withdrawal), 1).await?;
        match first.as_ref().and_then(|first| Withdrawal::pick(&first.event)) {
            Some(WithdrawalEvent::WithdrawalRequested { wallet, amount, reference, destination, .. }) => {
                let (withdrawal, customer) = (withdrawal.clone(), wallet.customer());
                Ok(Self {
                    parties: Parties { withdrawal, wallet: wallet.clone(), customer },
                    amount: *amount,
                    reference: reference.clone(),
                    destination: destination.clone(),
                })
            }
            Some(_) | None => {
                Err(Refusal::from(WithdrawalRefusal::NotFound { withdrawal: withdrawal.clone() }).into())
            }
        }
    }

    /// Accepts that money goes out for it now: it is approved, and neither its customer nor its wallet is stopped.
    pub(super) fn check_may_be_paid_out(&self, decision: &Decision<'_>) -> Result<(), Refusal> {
        let withdrawal = self.parties.withdrawal.clone();
        match decision.state::<Withdrawal>(withdrawal.as_str()).state() {
            Some(WithdrawalState::Approved) => check_may_withdraw(decision, &self.parties),
            Some(WithdrawalState::Submitted) => Err(PayoutRefusal::AlreadySubmitted { withdrawal }.into()),
            Some(state) => {
                let action = WithdrawalAction::Submit;
                Err(WithdrawalRefusal::NotInState { withdrawal, state, action }.into())
            }
            None => Err(WithdrawalRefusal::NotFound { withdrawal }.into()),
        }
    }

    /// Submits the withdrawal, and writes the order.
    pub(super) fn prepare(
        &self,
        decision: &mut Decision<'_>,
        adapter: PayoutAdapterKind,
        batch: Option<PayoutBatchId>,
    ) -> Result<PayoutId, Refusal> {
        self.check_may_be_paid_out(decision)?;
        submit(decision, &self.parties, None, None)?;
        let payout = self.parties.payout();
        let order = Prepared {
            payout: payout.clone(),
            withdrawal: self.parties.withdrawal.clone(),
            wallet: self.parties.wallet.clone(),
            amount: self.amount,
            reference: self.reference.clone(),
            destination: self.destination.clone(),
            adapter,
            batch,
            submitted_date: decision.today(),
        };
        decision.decide::<Payout>(payout.as_str(), PayoutCommand::Prepare(order))?;
        Ok(payout)
    }
}

/// The order of a payout, which never changes.
pub async fn find_order(book: &Book, payout: &PayoutId) -> Result<Prepared, CommandError> {
    let first = book.event_at(&StreamKey::existing::<Payout>(payout), 1).await?;
    match first.and_then(|first| Payout::pick(&first.event).cloned()) {
        Some(PayoutEvent::PayoutPrepared(order)) => Ok(order),
        Some(_) | None => Err(Refusal::from(PayoutRefusal::NotFound { payout: payout.clone() }).into()),
    }
}

/// Whose it is.
pub(super) fn parties_of(order: &Prepared) -> Parties {
    let Prepared { withdrawal, wallet, .. } = order;
    Parties { withdrawal: withdrawal.clone(), wallet: wallet.clone(), customer: wallet.customer() }
}
