//! What is left of a receipt becomes money in the customer's wallet.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{Wallet, WalletCommand};
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId, ReceiptRefusal};
use tallybook_domain::{Money, Refusal, WalletId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer, StreamKey};

use super::ReceiptOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveAdvance {
    pub receipt: ReceiptId,
    /// All that is left, if not given.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Today, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Not of a closed customer, whose wallet takes nothing.
pub async fn move_advance(
    book: &Book,
    context: CommandContext,
    asked: MoveAdvance,
) -> Result<Answer<ReceiptOutcome>, CommandError> {
    let request = context.request("move_advance", &asked)?;
    let streams = vec![StreamKey::existing::<Receipt>(&asked.receipt)];
    book.execute(request, streams, move |decision| decide(decision, asked.clone())).await
}

fn decide(decision: &mut Decision<'_>, asked: MoveAdvance) -> Result<ReceiptOutcome, Refusal> {
    let MoveAdvance { receipt: id, amount, effective_date } = asked;
    let today = decision.today();
    let receipt = decision.state::<Receipt>(id.as_str());
    let unapplied = receipt.unapplied().map_err(ReceiptRefusal::from)?;
    let not_found = || ReceiptRefusal::NotFound { receipt: id.clone() };
    let amount = amount.or(unapplied).ok_or_else(not_found)?;
    let effective_date = effective_date.unwrap_or_else(|| receipt.effective_date_by_default(today));
    let customer = receipt.customer().cloned();
    let receipt = id.clone();
    let leave = ReceiptCommand::MoveToWallet { receipt, amount, effective_date, today };
    decision.decide::<Receipt>(id.as_str(), leave)?;
    let customer = customer.ok_or_else(not_found)?;
    let wallet = WalletId::new(&customer, amount.currency());
    if !(decision.holds::<Customer>(customer.as_str()) & decision.holds::<Wallet>(wallet.as_str())) {
        return Err(not_found().into());
    }
    decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
    let (of, receipt) = (wallet.clone(), id.clone());
    let credit = WalletCommand::CreditAdvance { wallet: of, receipt, amount, effective_date };
    decision.decide::<Wallet>(wallet.as_str(), credit)?;
    ReceiptOutcome::of(decision, &id)
}
