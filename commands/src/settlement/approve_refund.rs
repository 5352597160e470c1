//! Someone other than who asked has what is left of a receipt paid back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::WithdrawalRefusal;
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId, ReceiptRefusal};
use tallybook_domain::{Actor, Money, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer, StreamKey};

use super::ReceiptOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveRefund {
    pub receipt: ReceiptId,
    /// What is approved; whatever is asked for, if not given.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Today, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Refused while the customer is suspended: no money goes out.
pub async fn approve_refund(
    book: &Book,
    context: CommandContext,
    approve: ApproveRefund,
) -> Result<Answer<ReceiptOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request("approve_refund", &approve)?;
    let streams = vec![StreamKey::existing::<Receipt>(&approve.receipt)];
    book.execute(request, streams, move |decision| decide(decision, approve.clone(), by.clone())).await
}

fn decide(
    decision: &mut Decision<'_>,
    approve: ApproveRefund,
    approved_by: Actor,
) -> Result<ReceiptOutcome, Refusal> {
    let ApproveRefund { receipt: id, amount, effective_date } = approve;
    let today = decision.today();
    let receipt = decision.state::<Receipt>(id.as_str());
    let customer = receipt.customer().cloned();
    let effective_date = effective_date.unwrap_or_else(|| receipt.effective_date_by_default(today));
    let receipt = id.clone();
    let step = ReceiptCommand::ApproveRefund { receipt, amount, approved_by, effective_date, today };
    decision.decide::<Receipt>(id.as_str(), step)?;
    let not_found = || ReceiptRefusal::NotFound { receipt: id.clone() };
    let customer = customer.ok_or_else(not_found)?;
    if !decision.holds::<Customer>(customer.as_str()) {
        return Err(not_found().into());
    }
    if !decision.state::<Customer>(customer.as_str()).may_withdraw() {
        return Err(WithdrawalRefusal::WalletSuspended { customer }.into());
    }
    ReceiptOutcome::of(decision, &id)
}
