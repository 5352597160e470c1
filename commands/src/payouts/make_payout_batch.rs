//! Approved withdrawals are submitted together, for one file that a person takes to the bank.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::payouts::{
    Debtor, PayoutAdapterKind, PayoutBatch, PayoutBatchCommand, PayoutBatchEvent, PayoutBatchId,
    PayoutBatchRefusal,
};
use tallybook_domain::{Money, Refusal, WithdrawalId};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::order::Asked;
use super::{PayoutBatchOutcome, SkippedWithdrawal};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MakePayoutBatch {
    pub which: Which,
    /// The day on which the bank is to pay; today, if not given.
    #[serde(default)]
    pub execution_date: Option<NaiveDate>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// These, or none of them.
    Withdrawals(Vec<WithdrawalId>),
    /// As many of those that are approved as a batch takes; what may not go out now is left out.
    AllApproved,
}

/// Makes a batch of the withdrawals found for it, in one decision.
///
/// `batch` was made for this call; a repeat with the same key brings another and is answered with the first. `debtor` is
/// whose account pays, as it is set now.
pub async fn make_payout_batch(
    book: &Book,
    context: CommandContext,
    batch: PayoutBatchId,
    asked: MakePayoutBatch,
    (found, debtor): (Vec<WithdrawalId>, Debtor),
) -> Result<Receipt<PayoutBatchOutcome>, CommandError> {
    let request = context.request("make_payout_batch", &asked)?;
    if found.len() > PayoutBatch::MOST {
        let refusal = PayoutBatchRefusal::TooMany { given: found.len(), most: PayoutBatch::MOST };
        return Err(Refusal::from(refusal).into());
    }
    let mut orders: Vec<Asked> = Vec::with_capacity(found.len());
    for withdrawal in found {
        if orders.iter().all(|order| order.parties.withdrawal != withdrawal) {
            orders.push(Asked::of(book, &withdrawal).await?);
        }
    }
    let mut streams: Vec<StreamKey> =
        orders.iter().flat_map(|order| order.parties.streams_with_payout()).collect();
    streams.push(StreamKey::fresh::<PayoutBatch>(&batch));
    book.execute(request, streams, move |decision| make(decision, &batch, &asked, &orders, debtor.clone()))
        .await
}

fn make(
    decision: &mut Decision<'_>,
    batch: &PayoutBatchId,
    asked: &MakePayoutBatch,
    orders: &[Asked],
    debtor: Debtor,
) -> Result<PayoutBatchOutcome, Refusal> {
    let (mut payouts, mut totals, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for order in orders {
        if let (Which::AllApproved, Err(refusal)) = (&asked.which, order.check_may_be_paid_out(decision)) {
            let (withdrawal, reason) = (order.parties.withdrawal.clone(), refusal.to_string());
            skipped.push(SkippedWithdrawal { withdrawal, reason });
            continue;
        }
        payouts.push(order.prepare(decision, PayoutAdapterKind::Manual, Some(batch.clone()))?);
        add(&mut totals, order.amount)?;
    }
    let execution_date = asked.execution_date.unwrap_or_else(|| decision.today());
    let made = PayoutBatchEvent::PayoutBatchMade {
        batch: batch.clone(),
        debtor,
        execution_date,
        payouts: payouts.clone(),
    };
    decision.decide::<PayoutBatch>(batch.as_str(), PayoutBatchCommand::Make(made))?;
    Ok(PayoutBatchOutcome { id: batch.clone(), execution_date, payouts, totals, skipped })
}

/// One sum for each currency, in the order in which they come.
fn add(totals: &mut Vec<Money>, amount: Money) -> Result<(), Refusal> {
    match totals.iter_mut().find(|total| total.currency() == amount.currency()) {
        Some(total) => {
            *total = total.checked_add(amount).map_err(PayoutBatchRefusal::from)?;
        }
        None => totals.push(amount),
    }
    Ok(())
}
