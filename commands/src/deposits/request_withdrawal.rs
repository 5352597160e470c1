//! A customer's money is asked for: it is set aside until the withdrawal has come to its end.

use serde::{Deserialize, Serialize};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{
    Destination, Wallet, WalletCommand, Withdrawal, WithdrawalCommand, WithdrawalReference, WithdrawalRefusal,
};
use tallybook_domain::risk::{Known, WalletFreeze};
use tallybook_domain::{CustomerId, Money, Refusal, Requester, WalletId, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::step::{Parties, check_may_withdraw};
use super::{WITHDRAWAL_REFERENCE, WithdrawalOutcome};
use crate::CommandContext;
use crate::approvals::{Subject, ask, missing_approvals};
use crate::requester::requester;
use crate::risk::{judge, streams_of_judgement};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestWithdrawal {
    pub customer: CustomerId,
    pub amount: Money,
    /// The client's own number of it.
    pub reference: WithdrawalReference,
    pub destination: Destination,
}

/// Requests a withdrawal from the customer's wallet of the amount's currency.
///
/// `withdrawal` was made for this call; a repeat with the same key brings another and is answered with the first. What
/// the read tables say of the customer is `known`; without it, somebody has to look at the withdrawal.
pub async fn request_withdrawal(
    book: &Book,
    context: CommandContext,
    withdrawal: WithdrawalId,
    asked: RequestWithdrawal,
    known: Option<Known>,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    let requested_by = requester(book, &context.actor).await?;
    let request = context.request("request_withdrawal", &asked)?;
    let wallet = WalletId::new(&asked.customer, asked.amount.currency());
    let parties = Parties { withdrawal, wallet, customer: asked.customer.clone() };
    let mut streams = vec![
        StreamKey::existing::<Customer>(&parties.customer),
        StreamKey::existing::<Wallet>(&parties.wallet),
        StreamKey::fresh::<Withdrawal>(&parties.withdrawal),
        StreamKey::existing::<WalletFreeze>(WalletFreeze::stream(&parties.wallet)),
    ];
    streams.extend(streams_of_judgement(&parties, &asked.destination));
    let subject = Subject::Withdrawal(parties.clone());
    streams.extend(subject.fresh_streams_of_approval());
    book.execute(request, streams, move |decision| {
        let asked_for = (asked.amount, &asked.destination);
        decide(decision, &parties, &requested_by, asked.clone())?;
        judge(decision, &parties, asked_for, &requested_by, known.clone())?;
        ask(decision, &subject, None)?;
        let outcome = WithdrawalOutcome::of(decision, &parties.withdrawal, &parties.wallet)?;
        Ok(WithdrawalOutcome { missing_approvals: missing_approvals(decision, &subject), ..outcome })
    })
    .await
}

fn decide(
    decision: &mut Decision<'_>,
    parties: &Parties,
    requested_by: &Requester,
    asked: RequestWithdrawal,
) -> Result<(), Refusal> {
    let Parties { withdrawal, wallet, .. } = parties.clone();
    let RequestWithdrawal { amount, reference, destination, .. } = asked;
    check_may_withdraw(decision, parties)?;
    let taken = WithdrawalRefusal::ReferenceTaken { reference: reference.clone() };
    decision.claim(WITHDRAWAL_REFERENCE, reference.as_str(), taken.into());
    let requested_by = requested_by.clone();
    let request =
        WithdrawalCommand::Request { withdrawal, wallet, amount, reference, destination, requested_by };
    decision.decide::<Withdrawal>(parties.withdrawal.as_str(), request)?;
    let Parties { withdrawal, wallet, .. } = parties.clone();
    let hold = WalletCommand::Hold { wallet, withdrawal, amount };
    decision.decide::<Wallet>(parties.wallet.as_str(), hold)?;
    Ok(())
}
