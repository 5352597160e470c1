//! The bank sent back what had been paid back to a customer: it is the customer's advance again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::Money;
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId, ReceiptRefusal};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt as Answer, StreamKey};

use super::ReceiptOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReturnRefund {
    pub receipt: ReceiptId,
    /// All that was paid back, if not given.
    #[serde(default)]
    pub amount: Option<Money>,
    pub reason: Reason,
    /// Today, if not given, or the latest day on which something became of the receipt, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Also of a suspended or closed customer: what a bank sent back is there.
pub async fn return_refund(
    book: &Book,
    context: CommandContext,
    returned: ReturnRefund,
) -> Result<Answer<ReceiptOutcome>, CommandError> {
    let request = context.request_because("return_refund", Some(&returned.reason), &returned)?;
    let streams = vec![StreamKey::existing::<Receipt>(&returned.receipt)];
    book.execute(request, streams, move |decision| {
        let ReturnRefund { receipt, amount, reason, effective_date } = returned.clone();
        let (id, today) = (receipt.clone(), decision.today());
        let state = decision.state::<Receipt>(id.as_str());
        let not_found = || ReceiptRefusal::NotFound { receipt: id.clone() };
        let amount = amount.or(state.refunded()).ok_or_else(not_found)?;
        let effective_date = effective_date.unwrap_or_else(|| state.effective_date_by_default(today));
        let step = ReceiptCommand::ReturnRefund { receipt, amount, reason, effective_date, today };
        decision.decide::<Receipt>(id.as_str(), step)?;
        ReceiptOutcome::of(decision, &id)
    })
    .await
}
