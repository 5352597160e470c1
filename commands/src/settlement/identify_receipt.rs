//! Somebody says whose money it is that came in without a name.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::{Bill, BillId, BillRefusal};
use tallybook_domain::customers::Customer;
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptId};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer, StreamKey};

use super::ReceiptOutcome;
use crate::CommandContext;
use crate::customers::drafted;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IdentifyReceipt {
    pub receipt: ReceiptId,
    pub customer: CustomerId,
    /// Today, if not given, or the day it was received, if that is later.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// From here on it is the customer's advance. Saying it again decides nothing.
///
/// A closed customer's it becomes only while a bill of theirs is owed, as it may be after a write-off was undone: somebody
/// has to be able to pay it.
pub async fn identify_receipt(
    book: &Book,
    context: CommandContext,
    said: IdentifyReceipt,
) -> Result<Answer<ReceiptOutcome>, CommandError> {
    let request = context.request("identify_receipt", &said)?;
    let streams =
        vec![StreamKey::existing::<Receipt>(&said.receipt), StreamKey::existing::<Customer>(&said.customer)];
    let bills = drafted(book, &said.customer).await?;
    book.execute(request, streams, move |decision| {
        let IdentifyReceipt { receipt, customer, effective_date } = said.clone();
        if let Err(closed) = decision.state::<Customer>(customer.as_str()).check_open(&customer)
            && !owes(decision, &bills)?
        {
            return Err(closed.into());
        }
        let today = decision.today();
        let by_default = decision.state::<Receipt>(receipt.as_str()).effective_date_by_default(today);
        let effective_date = effective_date.unwrap_or(by_default);
        let id = receipt.clone();
        let identify = ReceiptCommand::Identify { receipt, customer, matched: None, effective_date, today };
        decision.decide::<Receipt>(id.as_str(), identify)?;
        ReceiptOutcome::of(decision, &id)
    })
    .await
}

/// Whether something is owed of one of these bills.
fn owes(decision: &mut Decision<'_>, bills: &HashSet<BillId>) -> Result<bool, Refusal> {
    // Those not held yet are asked for at once, and the decision is made again.
    let held: Vec<&BillId> = bills.iter().filter(|bill| decision.holds::<Bill>(bill.as_str())).collect();
    for bill in held {
        let open = decision.state::<Bill>(bill.as_str()).open().map_err(BillRefusal::from)?;
        if open.is_some_and(|open| open.is_positive()) {
            return Ok(true);
        }
    }
    Ok(false)
}
