//! A credit note: the customer owes less of a bill.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill::{NoteLines, StepDate};
use tallybook_domain::billing::{Bill, BillId};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::NoteOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreditBill {
    pub bill: BillId,
    pub lines: NoteLines,
    pub reason: Reason,
    /// Today, or the day of issue if that is later, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Never more than is left of any of its lines, nor of the bill and what a wallet paid of it: that goes back to the
/// wallet.
pub async fn credit_bill(
    book: &Book,
    context: CommandContext,
    credit: CreditBill,
) -> Result<Receipt<NoteOutcome>, CommandError> {
    let request = context.request_because("credit_bill", Some(&credit.reason), &credit)?;
    let streams = vec![StreamKey::existing::<Bill>(&credit.bill)];
    book.execute(request, streams, move |decision| {
        let CreditBill { bill, lines, reason, effective_date } = credit.clone();
        let date = StepDate { given: effective_date, today: decision.today() };
        NoteOutcome::credit(decision, &bill, (lines, reason, date))
    })
    .await
}
