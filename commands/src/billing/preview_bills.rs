//! What a bill run would bill: the same decisions, none of them recorded.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::PassedLimit;
use tallybook_domain::billing::bill::{Amounts, BillPart};
use tallybook_domain::billing::bill_run::ParkedCustomer;
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, CommandError, Decision};

use super::bill_customers::{Draft, Finding, Priced};
use super::run_bills::chunks;
use super::{BillCustomers, BillableCustomer, RunBills};
use crate::CommandContext;

/// A customer, and what a run would do about him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewedCustomer {
    pub customer: CustomerId,
    #[serde(flatten)]
    pub preview: Preview,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Preview {
    /// A bill made of these parts. It has no number yet.
    Billed {
        parts: Vec<BillPart>,
        amounts: Amounts,
        /// The credit limit it would pass.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passed_limit: Option<PassedLimit>,
    },
    /// Billed already, or not under a plan in this month.
    Skipped,
    Parked {
        reason: String,
    },
}

/// Previews up to [`TOGETHER`](super::TOGETHER) customers of a month.
pub async fn preview_bills(
    book: &Book,
    context: &CommandContext,
    run: &RunBills,
    customers: &[BillableCustomer],
) -> Result<Vec<PreviewedCustomer>, CommandError> {
    let mut previewed = Vec::with_capacity(customers.len());
    for chunk in chunks(book, run, customers) {
        let context = CommandContext { dry_run: true, idempotency_key: None, ..context.clone() };
        let request = context.request("preview_bills", &chunk)?;
        let streams = chunk.streams();
        let decided = book.execute(request, streams, move |decision| preview(decision, &chunk)).await?;
        previewed.extend(decided.outcome);
    }
    Ok(previewed)
}

fn preview(decision: &mut Decision<'_>, chunk: &BillCustomers) -> Result<Vec<PreviewedCustomer>, Refusal> {
    decision.state::<AccountingPeriods>(ACCOUNTING_PERIODS).check_open(chunk.issue_date)?;
    chunk.hold_bills(decision)?;
    let preview = |billable: &BillableCustomer| {
        let priced = chunk.price(decision, billable);
        let preview = match (chunk.draft(decision, billable), priced) {
            (Finding::Bill(Draft { owed, passed, .. }), Priced::Parts(parts)) => {
                Preview::Billed { parts, amounts: owed, passed_limit: passed }
            }
            (Finding::Park(ParkedCustomer { reason, .. }), _) => Preview::Parked { reason },
            (Finding::Skip | Finding::Bill(_), _) => Preview::Skipped,
        };
        PreviewedCustomer { customer: billable.customer.clone(), preview }
    };
    Ok(chunk.customers.iter().map(preview).collect())
}
