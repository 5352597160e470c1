//! Money came in: it is the customer's from now on.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{
    BankReference, DepositMethod, DepositState, Wallet, WalletCommand, WalletRefusal,
};
use tallybook_domain::text::Remark;
use tallybook_domain::{CustomerId, DepositId, Money, Refusal, WalletId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::DepositOutcome;
use crate::CommandContext;
use crate::bank_reference::{claim_for_deposit, is_of_receipts};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordDeposit {
    pub customer: CustomerId,
    pub amount: Money,
    pub reference: BankReference,
    pub method: DepositMethod,
    /// Today, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
    #[serde(default)]
    pub remark: Option<Remark>,
}

/// Records a deposit in the customer's wallet of the amount's currency. A suspended customer's wallet takes it too, a
/// closed one's does not.
pub async fn record_deposit(
    book: &Book,
    context: CommandContext,
    deposit: RecordDeposit,
) -> Result<Receipt<DepositOutcome>, CommandError> {
    let request = context.request("record_deposit", &deposit)?;
    let wallet = WalletId::new(&deposit.customer, deposit.amount.currency());
    let streams =
        vec![StreamKey::existing::<Customer>(&deposit.customer), StreamKey::existing::<Wallet>(&wallet)];
    let decided = book
        .execute(request, streams, move |decision| decide(decision, wallet.clone(), deposit.clone()))
        .await;
    match decided {
        Err(CommandError::Refused(Refusal::Wallet(WalletRefusal::ReferenceTaken { reference })))
            if is_of_receipts(book, &reference).await? =>
        {
            Err(Refusal::from(WalletRefusal::EnteredAsReceipt { reference }).into())
        }
        answer => answer,
    }
}

fn decide(
    decision: &mut Decision<'_>,
    wallet: WalletId,
    deposit: RecordDeposit,
) -> Result<DepositOutcome, Refusal> {
    let RecordDeposit { customer, amount, reference, method, effective_date, remark } = deposit;
    decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
    claim_for_deposit(decision, &reference);
    let today = decision.today();
    let command = WalletCommand::RecordDeposit {
        wallet: wallet.clone(),
        amount,
        reference,
        method,
        effective_date: effective_date.unwrap_or(today),
        remark,
        today,
    };
    decision.decide::<Wallet>(wallet.as_str(), command)?;
    let id = DepositId::new(&wallet, decision.sequence::<Wallet>(wallet.as_str()));
    Ok(DepositOutcome::of(decision, id, wallet, DepositState::Recorded, amount))
}
