//! Someone other than who asked gives up what a customer will not pay.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::Money;
use tallybook_domain::billing::bill::{BadDebtState, StepDate};
use tallybook_domain::billing::{Bill, BillCommand, BillId};
use tallybook_event_store::{Book, CommandError, Receipt, StreamKey};

use super::BadDebtOutcome;
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApproveBadDebt {
    pub bill: BillId,
    /// What is approved; whatever is asked for, if not given.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Today, or the day of issue if that is later, if not given.
    #[serde(default)]
    pub effective_date: Option<NaiveDate>,
}

/// Refused if less than was asked for is left by now.
pub async fn approve_bad_debt(
    book: &Book,
    context: CommandContext,
    approve: ApproveBadDebt,
) -> Result<Receipt<BadDebtOutcome>, CommandError> {
    let by = context.actor.clone();
    let request = context.request("approve_bad_debt", &approve)?;
    let streams = vec![StreamKey::existing::<Bill>(&approve.bill)];
    book.execute(request, streams, move |decision| {
        let ApproveBadDebt { bill, amount, effective_date } = approve.clone();
        let date = StepDate { given: effective_date, today: decision.today() };
        let (id, approved_by) = (bill.clone(), by.clone());
        let step = BillCommand::ApproveBadDebt { bill: id, amount, approved_by, date };
        BadDebtOutcome::after(decision, &bill, step, BadDebtState::WrittenOff)
    })
    .await
}
