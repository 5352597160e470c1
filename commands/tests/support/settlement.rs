//! Issued bills, receipts and write-offs, as tests of settlement need them.

use tallybook_commands::settlement::{
    ApproveCredit, MakeWriteOff, ProposeCredit, ReceiptOutcome, RecordReceipt, ReverseWriteOff, Split,
    WriteOffOutcome, approve_credit, make_write_off, propose_credit, record_receipt, reverse_write_off,
};
use tallybook_domain::billing::bill::BillPart;
use tallybook_domain::billing::pricing::{Metered, PeriodShare, PlanTerms};
use tallybook_domain::billing::{Bill, BillCommand, BillId};
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::ledger::{Side, postings};
use tallybook_domain::settlement::receipt::Payer;
use tallybook_domain::settlement::write_off::{DifferenceLimits, DifferenceReason, LegSource};
use tallybook_domain::settlement::{CreditNoteId, ReceiptId, WriteOffId};
use tallybook_domain::{BookEvent, Currency, CustomerId, Money, Month, upcasters};
use tallybook_event_store::{Book, CommandError, Receipt as Answer};

use super::billing::tell;
use super::{by, text, yuan};

/// A bill over this fee, without tax, issued on the first of November.
pub async fn issued(book: &Book, customer: &CustomerId, number: u8, fee: &str) -> BillId {
    let month: Month = text(&format!("2026-{number:02}"));
    let bill = BillId::new(customer, month);
    let terms: PlanTerms = serde_json::from_str(&format!(
        r#"{{"currency":"CNY","items":[{{"code":"base","name":"Base","model":"flat","fee":"{fee}"}}]}}"#
    ))
    .unwrap();
    let quote = terms.price(|_| None::<Metered<'_>>, PeriodShare::WHOLE).unwrap();
    let (plan, from, to) = (text("standard"), month.first_day(), month.last_day());
    let parts = vec![BillPart { plan, plan_version: 1, from, to, quote }];
    let (id, currency) = (bill.clone(), Currency::CNY);
    let draft = BillCommand::Draft { bill: id, currency, parts, replaces: None };
    tell::<Bill>(book, bill.to_string(), draft).await;
    let (id, number) = (bill.clone(), text(&format!("2026-{number:06}")));
    let (issue_date, due_date) = (text("2026-11-01"), text("2026-12-01"));
    tell::<Bill>(book, bill.to_string(), BillCommand::Issue { bill: id, number, issue_date, due_date }).await;
    bill
}

pub fn money_in(customer: Option<&CustomerId>, amount: &str, reference: &str) -> RecordReceipt {
    RecordReceipt {
        account: text("ICBC-0123"),
        reference: text(reference),
        amount: yuan(amount),
        method: DepositMethod::BankTransfer,
        received_date: Some(text("2026-11-03")),
        effective_date: None,
        customer: customer.cloned(),
        payer: Payer::default(),
        text: None,
        again: false,
    }
}

/// A receipt of the customer's.
pub async fn received(book: &Book, customer: &CustomerId, amount: &str, reference: &str) -> ReceiptId {
    let entered = money_in(Some(customer), amount, reference);
    record_receipt(book, by("li"), entered).await.unwrap().outcome.receipt.id
}

/// A credit note that li asked for and wang approved.
pub async fn granted(book: &Book, customer: &CustomerId, amount: &str) -> CreditNoteId {
    let id = fresh_credit();
    propose_credit(book, by("li"), id.clone(), credit(customer, amount)).await.unwrap();
    let approve = ApproveCredit { credit_note: id.clone(), effective_date: None };
    approve_credit(book, by("wang"), approve).await.unwrap();
    id
}

pub fn fresh_credit() -> CreditNoteId {
    CreditNoteId::from_uuid(uuid::Uuid::now_v7())
}

pub fn credit(customer: &CustomerId, amount: &str) -> ProposeCredit {
    ProposeCredit {
        customer: customer.clone(),
        subtotal: yuan(amount),
        tax: yuan("0.00"),
        reason: text("goodwill"),
        effective_date: None,
    }
}

/// What is left of a receipt, as a second entry of it is told.
pub async fn left(book: &Book, entered: RecordReceipt) -> ReceiptOutcome {
    record_receipt(book, by("li"), entered).await.unwrap().outcome.receipt
}

pub fn from_receipt(receipt: &ReceiptId, amount: &str) -> (LegSource, Money) {
    (LegSource::Receipt(receipt.clone()), yuan(amount))
}

pub fn fee(amount: &str) -> (LegSource, Money) {
    (LegSource::Difference(DifferenceReason::BankFee), yuan(amount))
}

pub fn sums(sources: &[(LegSource, Money)], bills: &[(&BillId, &str)]) -> Split {
    let bills = bills.iter().map(|(bill, amount)| ((*bill).clone(), yuan(amount))).collect();
    Split::Sums { sources: sources.to_vec(), bills }
}

/// Up to 25.00 of bank fees.
pub fn limits() -> DifferenceLimits {
    DifferenceLimits::new([(DifferenceReason::BankFee, yuan("25.00"))])
}

/// Li writes off.
pub async fn write_off(book: &Book, split: Split) -> Result<Answer<WriteOffOutcome>, CommandError> {
    let asked = MakeWriteOff { split, effective_date: None };
    make_write_off(book, by("li"), fresh_write_off(), asked, limits()).await
}

pub fn fresh_write_off() -> WriteOffId {
    WriteOffId::from_uuid(uuid::Uuid::now_v7())
}

pub fn undo(write_off: &WriteOffId, leg: Option<u32>) -> ReverseWriteOff {
    let reason = text("wrong bill");
    ReverseWriteOff { write_off: write_off.clone(), leg, reason, effective_date: None }
}

/// Li undoes it.
pub async fn reverse(book: &Book, write_off: &WriteOffId, leg: Option<u32>) -> WriteOffOutcome {
    reverse_write_off(book, by("li"), undo(write_off, leg)).await.unwrap().outcome
}

/// What is open of the bills and left of the sources, in the order of the legs.
pub fn figures(outcome: &WriteOffOutcome) -> (Vec<String>, Vec<String>) {
    let open = outcome.bills.iter().map(|bill| bill.open.amount().to_string()).collect();
    (open, outcome.sources.iter().map(|source| source.left.amount().to_string()).collect())
}

/// Debits less credits of an account, over everything in the journal.
pub async fn balance(book: &Book, account: &str) -> String {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT aggregate_type, event_type, event_version, payload::text FROM events ORDER BY position",
    )
    .fetch_all(book.pool())
    .await
    .unwrap();
    let mut sum = Money::zero(Currency::CNY);
    for (aggregate_type, event_type, version, payload) in rows {
        let event =
            BookEvent::decode(&aggregate_type, &event_type, &version, &payload, &upcasters()).unwrap();
        for posting in postings(&event).iter().filter(|posting| posting.account.code() == account) {
            sum = match posting.side {
                Side::Debit => sum.checked_add(posting.amount),
                Side::Credit => sum.checked_sub(posting.amount),
            }
            .unwrap();
        }
    }
    sum.amount().to_string()
}

/// How many events of this name there are.
pub async fn count(book: &Book, event_type: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM events WHERE event_type = $1")
        .bind(event_type)
        .fetch_one(book.pool())
        .await
        .unwrap()
}
