//! A debit note: the customer owes more of a bill.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::{NoteLines, StepDate};
use tallybook_domain::billing::{Bill, BillCommand, BillId, CreditPolicy};
use tallybook_domain::customers::Customer;
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::NoteOutcome;
use super::credit_limit::check_issued;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DebitBill {
    pub bill: BillId,
    pub lines: NoteLines,
    pub reason: Reason,
    /// Today, or the day of issue if that is later, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// By line: there is no whole of what is owed more. A closed customer owes nothing new. `policy` says what becomes
/// of a note that passes the credit limit.
pub async fn debit_bill(
    book: &Book,
    context: CommandContext,
    debit: DebitBill,
    policy: CreditPolicy,
) -> Result<Receipt<NoteOutcome>, CommandError> {
    let request = context.request_because("debit_bill", Some(&debit.reason), &debit)?;
    let customer = debit.bill.customer();
    let streams = vec![StreamKey::existing::<Bill>(&debit.bill), StreamKey::existing::<Customer>(&customer)];
    book.execute(request, streams, move |decision| {
        let DebitBill { bill, lines, reason, effective_date } = debit.clone();
        let date = StepDate { given: effective_date, today: decision.today() };
        let note = BillCommand::Debit { bill: bill.clone(), lines, reason, date };
        let outcome = NoteOutcome::issue(decision, &bill, note)?;
        decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
        check_issued(decision, &bill, Some(outcome.note), policy)?;
        Ok(outcome)
    })
    .await
}
