//! The bill run of a month: everyone with a plan, in chunks.
//!
//! Stopped anywhere and started again it goes on: who has a bill is passed over.

use chrono::NaiveDate;
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use tallybook_domain::Month;
use tallybook_domain::billing::bill_run::RunCounts;
use tallybook_domain::billing::{BillRun, BillRunCommand};
use tallybook_event_store::{Book, CommandError, StreamKey};

use super::{BillCustomers, BillableCustomer, BilledCustomers, bill_customers};
use crate::CommandContext;

/// Customers billed by one decision.
const TOGETHER: usize = 100;
/// Chunks under way at once: while one is decided, the next ones' streams are read.
const AT_ONCE: usize = 4;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunBills {
    pub period: Month,
    /// The book's today, if not given.
    #[serde(default)]
    pub issue_date: Option<NaiveDate>,
    pub payment_term_days: u16,
}

/// Bills these customers, and tells what became of each chunk.
pub async fn run_bills(
    book: &Book,
    context: &CommandContext,
    run: &RunBills,
    customers: &[BillableCustomer],
    mut billed: impl FnMut(&BilledCustomers),
) -> Result<RunCounts, CommandError> {
    let period = run.period;
    step(
        book,
        context,
        "start_bill_run",
        BillRunCommand::Start { period, customers: customers.len() as u64 },
    )
    .await?;
    let chunks = customers.chunks(TOGETHER).map(|customers| {
        let chunk = BillCustomers {
            period,
            customers: customers.to_vec(),
            issue_date: run.issue_date.unwrap_or_else(|| book.today()),
            payment_term_days: run.payment_term_days,
        };
        bill_customers(book, context.clone(), chunk)
    });
    let mut outcomes = futures::stream::iter(chunks).buffer_unordered(AT_ONCE);
    while let Some(receipt) = outcomes.try_next().await? {
        billed(&receipt.outcome);
    }
    step(book, context, "finish_bill_run", BillRunCommand::Finish { period }).await
}

/// A step of the run itself. The steps of a run have no key: each is good once, or changes nothing.
async fn step(
    book: &Book,
    context: &CommandContext,
    operation: &'static str,
    command: BillRunCommand,
) -> Result<RunCounts, CommandError> {
    let (BillRunCommand::Start { period, .. }
    | BillRunCommand::Progress { period, .. }
    | BillRunCommand::Finish { period }) = command;
    let request = context.clone().request(operation, &period)?;
    let run = BillRun::stream_of(period);
    let streams = vec![StreamKey::existing::<BillRun>(&run)];
    let receipt = book
        .execute(request, streams, move |decision| {
            decision.decide::<BillRun>(&run, command.clone())?;
            Ok(decision.state::<BillRun>(&run).counts().clone())
        })
        .await?;
    Ok(receipt.outcome)
}
