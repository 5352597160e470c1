//! Money came in: it is a customer's advance, or waits until somebody says whose it is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{BankReference, DepositMethod};
use tallybook_domain::settlement::receipt::{OwnAccount, Payer, ReceivedMoney, RemittanceText};
use tallybook_domain::settlement::{Receipt, ReceiptCommand, ReceiptRefusal};
use tallybook_domain::{CustomerId, Money, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt as Answer, StreamKey};

use super::{ReceiptOutcome, RecordedReceipt};
use crate::CommandContext;
use crate::bank_reference::{Place, claim_for_receipt, is_of_receipts};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordReceipt {
    /// Which of the company's own accounts it came into.
    pub account: OwnAccount,
    /// The bank's number of it, once per account.
    pub reference: BankReference,
    pub amount: Money,
    pub method: DepositMethod,
    /// Today, if not given. Of money that is known it has to be the same, if given.
    #[serde(default)]
    pub received_date: Option<NaiveDate>,
    /// The day it was received, if not given; another where that is in a closed month.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
    #[serde(default)]
    pub customer: Option<CustomerId>,
    #[serde(default)]
    pub payer: Payer,
    #[serde(default)]
    pub text: Option<RemittanceText>,
    /// It is there although the same was reversed before, or a deposit has its reference.
    #[serde(default)]
    pub again: bool,
}

/// Records a receipt, or answers with the one that was recorded of the same money. Of a closed customer none is recorded;
/// it is entered without a customer. A reference is that of a deposit or of receipts, not of both.
pub async fn record_receipt(
    book: &Book,
    context: CommandContext,
    entered: RecordReceipt,
) -> Result<Answer<RecordedReceipt>, CommandError> {
    match record(book, context.clone(), entered.clone(), Place::First).await {
        Err(CommandError::Refused(Refusal::Receipt(ReceiptRefusal::EnteredAsDeposit { reference }))) => {
            let place = if is_of_receipts(book, &reference).await? { Place::Beside } else { Place::None };
            if place == Place::None && !entered.again {
                return Err(Refusal::from(ReceiptRefusal::EnteredAsDeposit { reference }).into());
            }
            record(book, context, entered, place).await
        }
        answer => answer,
    }
}

async fn record(
    book: &Book,
    context: CommandContext,
    entered: RecordReceipt,
    place: Place,
) -> Result<Answer<RecordedReceipt>, CommandError> {
    let request = context.request("record_receipt", &entered)?;
    let received = received_money(entered);
    let receipt = received.receipt();
    let mut streams = vec![StreamKey::existing::<Receipt>(&receipt)];
    streams.extend(received.customer.as_ref().map(StreamKey::existing::<Customer>));
    book.execute(request, streams, move |decision| decide(decision, received.clone(), place)).await
}

fn decide(
    decision: &mut Decision<'_>,
    received: ReceivedMoney,
    place: Place,
) -> Result<RecordedReceipt, Refusal> {
    let (id, today) = (received.receipt(), decision.today());
    let (customer, reference) = (received.customer.clone(), received.reference.clone());
    let account = received.account.clone();
    let before = decision.state::<Receipt>(id.as_str()).entry();
    let holds_reference = place != Place::None;
    let record = ReceiptCommand::Record { received, holds_reference, today };
    let changed = decision.decide::<Receipt>(id.as_str(), record)? > 0;
    if let Some(customer) = customer.filter(|_| changed) {
        decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
    }
    let known = decision.state::<Receipt>(id.as_str()).entry() == before;
    if !known {
        claim_for_receipt(decision, (&reference, &account), place);
    }
    Ok(RecordedReceipt { receipt: ReceiptOutcome::of(decision, &id)?, known })
}

fn received_money(entered: RecordReceipt) -> ReceivedMoney {
    let RecordReceipt {
        account,
        reference,
        amount,
        method,
        received_date,
        effective_date,
        customer,
        payer,
        text,
        again,
    } = entered;
    ReceivedMoney {
        account,
        reference,
        amount,
        method,
        received_date,
        effective_date,
        customer,
        payer,
        text,
        again,
    }
}
