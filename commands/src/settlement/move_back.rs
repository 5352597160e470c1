//! What went from a receipt to the customer's wallet is the customer's advance again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{Wallet, WalletCommand};
use tallybook_domain::risk::WalletFreeze;
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId, ReceiptRefusal};
use tallybook_domain::{Money, Refusal, WalletId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer, StreamKey};

use super::ReceiptOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveBack {
    pub receipt: ReceiptId,
    /// All that went there, if not given.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Today, if not given, or the latest day on which something became of the receipt, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// As far as the wallet has it available, and not while it is frozen: from the receipt money could be paid back. Whatever has
/// become of the customer: a receipt that bounced has to be undone.
pub async fn move_back(
    book: &Book,
    context: CommandContext,
    asked: MoveBack,
) -> Result<Answer<ReceiptOutcome>, CommandError> {
    let request = context.request("move_back", &asked)?;
    let streams = vec![StreamKey::existing::<Receipt>(&asked.receipt)];
    book.execute(request, streams, move |decision| decide(decision, asked.clone())).await
}

fn decide(decision: &mut Decision<'_>, asked: MoveBack) -> Result<ReceiptOutcome, Refusal> {
    let MoveBack { receipt: id, amount, effective_date } = asked;
    let today = decision.today();
    let receipt = decision.state::<Receipt>(id.as_str());
    let not_found = || ReceiptRefusal::NotFound { receipt: id.clone() };
    let amount = amount.or(receipt.moved()).ok_or_else(not_found)?;
    let effective_date = effective_date.unwrap_or_else(|| receipt.effective_date_by_default(today));
    let customer = receipt.customer().cloned();
    let receipt = id.clone();
    let come = ReceiptCommand::ReturnFromWallet { receipt, amount, effective_date, today };
    decision.decide::<Receipt>(id.as_str(), come)?;
    let wallet = WalletId::new(&customer.ok_or_else(not_found)?, amount.currency());
    let freeze = WalletFreeze::stream(&wallet);
    if !decision.holds::<Wallet>(wallet.as_str()) || !decision.holds::<WalletFreeze>(&freeze) {
        return Err(not_found().into());
    }
    decision.state::<WalletFreeze>(&freeze).check_not_frozen(&wallet)?;
    let (of, receipt) = (wallet.clone(), id.clone());
    let leave = WalletCommand::ReturnAdvance { wallet: of, receipt, amount, effective_date };
    decision.decide::<Wallet>(wallet.as_str(), leave)?;
    ReceiptOutcome::of(decision, &id)
}
