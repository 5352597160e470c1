//! A debit note: the customer owes more of a bill.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::{NoteLines, StepDate};
use tallybook_domain::billing::{Bill, BillCommand, BillId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::NoteOutcome;
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

/// By line: there is no whole of what is owed more.
pub async fn debit_bill(
    book: &Book,
    context: CommandContext,
    debit: DebitBill,
) -> Result<Receipt<NoteOutcome>, CommandError> {
    let request = context.request_because("debit_bill", Some(&debit.reason), &debit)?;
    let streams = vec![StreamKey::existing::<Bill>(&debit.bill)];
    book.execute(request, streams, move |decision| {
        let DebitBill { bill, lines, reason, effective_date } = debit.clone();
        let date = StepDate { given: effective_date, today: decision.today() };
        let note = BillCommand::Debit { bill: bill.clone(), lines, reason, date };
        NoteOutcome::issue(decision, &bill, note)
    })
    .await
}
