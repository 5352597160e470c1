//! The bill run of a month: everyone with a plan, in chunks.
//!
//! Stopped anywhere and taken up again it goes on: who has a bill is passed over. Several processes at it at once harm
//! nobody. Must never find out by itself who is to be billed.

use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use tallybook_domain::billing::bill_run::{BillRunState, ParkedCustomer, RunCounts, RunTerms};
use tallybook_domain::billing::{BillRun, BillRunCommand, CreditPolicy};
use tallybook_domain::customers::Customer;
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods};
use tallybook_domain::{Month, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::{BillCustomers, BillableCustomer, BilledCustomers, bill_customers};
use crate::CommandContext;

/// Customers billed by one decision.
pub const TOGETHER: usize = 100;
/// Chunks under way at once: while one is decided, the next ones' streams are read.
pub const AT_ONCE: usize = 4;
/// Days from the issue date to the due date, where nothing else is said.
pub const PAYMENT_TERM_DAYS: u16 = 30;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunBills {
    pub period: Month,
    pub terms: RunTerms,
    /// What becomes of a bill that passes the credit limit: a setting of whoever is at the run, not asked for.
    #[serde(skip)]
    pub credit_policy: CreditPolicy,
}

impl RunBills {
    /// One that tells of credit limits and keeps nobody from being billed.
    pub fn of(period: Month, terms: RunTerms) -> Self {
        Self { period, terms, credit_policy: CreditPolicy::Warn }
    }
}

/// How a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillRunOutcome {
    /// The month.
    pub id: Month,
    pub state: BillRunState,
    pub terms: RunTerms,
    #[serde(flatten)]
    pub counts: RunCounts,
}

/// Starts the run of a month with so many customers; one under way under the same terms goes on. Nobody is billed yet.
pub async fn start_bill_run(
    book: &Book,
    context: CommandContext,
    run: &RunBills,
    customers: u64,
) -> Result<Receipt<BillRunOutcome>, CommandError> {
    let RunBills { period, terms, .. } = run.clone();
    let request = context.request("start_bill_run", run)?;
    let streams = streams(period).into_iter().chain(named(&terms)).collect();
    book.execute(request, streams, move |decision| {
        check_terms(decision, &terms)?;
        let today = decision.today();
        let start = BillRunCommand::Start { period, customers, terms: terms.clone(), today };
        decision.decide::<BillRun>(&BillRun::stream_of(period), start)?;
        Ok(standing(decision, period))
    })
    .await
}

/// Refuses to try a run that nobody could start, as it would be refused itself; but for a month that is not over.
pub async fn check_bill_run(
    book: &Book,
    context: &CommandContext,
    run: &RunBills,
) -> Result<(), CommandError> {
    let RunBills { period, terms, .. } = run.clone();
    let context = CommandContext { dry_run: true, idempotency_key: None, ..context.clone() };
    let request = context.request("check_bill_run", run)?;
    let streams = named(&terms).collect();
    let checked = book.execute(request, streams, move |decision| {
        check_terms(decision, &terms)?;
        Ok(BillRun::check_terms(period, &terms, decision.today())?)
    });
    checked.await.map(|_: Receipt<()>| ())
}

/// Refuses customers nobody knows, and a day of issue on which nothing can be effective.
fn check_terms(decision: &mut Decision<'_>, terms: &RunTerms) -> Result<(), Refusal> {
    for customer in &terms.customers {
        decision.state::<Customer>(customer.as_str()).check_registered(customer)?;
    }
    let issue_date = terms.issue_date.unwrap_or(decision.today());
    Ok(decision.state::<AccountingPeriods>(ACCOUNTING_PERIODS).check_open(issue_date)?)
}

fn named(terms: &RunTerms) -> impl Iterator<Item = StreamKey> {
    terms.customers.iter().map(StreamKey::existing::<Customer>)
}

/// Says that a run under way goes on with so many customers that are not done yet: who was passed over before is counted
/// anew.
pub async fn take_up_bill_run(
    book: &Book,
    context: &CommandContext,
    period: Month,
    left: u64,
) -> Result<Receipt<BillRunOutcome>, CommandError> {
    let request = context.clone().request("take_up_bill_run", &(period, left))?;
    book.execute(request, streams(period), move |decision| {
        let take_up = BillRunCommand::TakeUp { period, left };
        decision.decide::<BillRun>(&BillRun::stream_of(period), take_up)?;
        Ok(standing(decision, period))
    })
    .await
}

/// Bills these customers within a run that was started, finishes it, and tells what became of each chunk.
pub async fn carry_on_bill_run(
    book: &Book,
    context: &CommandContext,
    run: &RunBills,
    customers: &[BillableCustomer],
    mut billed: impl FnMut(&BilledCustomers),
) -> Result<Receipt<BillRunOutcome>, CommandError> {
    let period = run.period;
    let chunks = chunks(book, run, customers).map(|chunk| bill_or_park(book, context, chunk));
    let mut outcomes = futures::stream::iter(chunks).buffer_unordered(AT_ONCE);
    while let Some(outcomes) = outcomes.try_next().await? {
        outcomes.iter().for_each(&mut billed);
    }
    let request = context.clone().request("finish_bill_run", &period)?;
    book.execute(request, streams(period), move |decision| {
        decision.decide::<BillRun>(&BillRun::stream_of(period), BillRunCommand::Finish { period })?;
        Ok(standing(decision, period))
    })
    .await
}

/// Bills a chunk. If it is refused as a whole, or something in it cannot be read, its customers are billed one by one,
/// and who is the reason is parked.
async fn bill_or_park(
    book: &Book,
    context: &CommandContext,
    chunk: BillCustomers,
) -> Result<Vec<BilledCustomers>, CommandError> {
    match bill_customers(book, context.clone(), chunk.clone()).await {
        Ok(receipt) => return Ok(vec![receipt.outcome]),
        Err(CommandError::Refused(_) | CommandError::Corrupt(_)) => {}
        Err(error) => return Err(error),
    }
    let mut outcomes = Vec::with_capacity(chunk.customers.len());
    for customer in &chunk.customers {
        let alone = BillCustomers { customers: vec![customer.clone()], ..chunk.clone() };
        outcomes.push(match bill_customers(book, context.clone(), alone).await {
            Ok(receipt) => receipt.outcome,
            Err(error) => {
                let (customer, reason) = (customer.customer.clone(), reason_to_park(error)?);
                park(book, context, chunk.period, ParkedCustomer { customer, reason }).await?
            }
        });
    }
    Ok(outcomes)
}

/// What is the matter with one customer; not what is the matter with the book.
fn reason_to_park(error: CommandError) -> Result<String, CommandError> {
    match error {
        CommandError::Refused(refusal) => Ok(refusal.to_string()),
        CommandError::Corrupt(fault) => {
            tracing::error!(%fault, "a customer cannot be billed");
            Ok("what the book holds of it cannot be read: the log says why".into())
        }
        CommandError::KeyReused
        | CommandError::Busy
        | CommandError::Unavailable
        | CommandError::OutcomeUnknown { .. } => Err(error),
    }
}

async fn park(
    book: &Book,
    context: &CommandContext,
    period: Month,
    customer: ParkedCustomer,
) -> Result<BilledCustomers, CommandError> {
    let request = context.clone().request("park_customer", &(period, &customer))?;
    let receipt = book.execute(request, streams(period), move |decision| {
        let parked = vec![customer.clone()];
        let progress = BillRunCommand::Progress {
            period,
            billed: 0,
            totals: Vec::new(),
            skipped: 0,
            parked: parked.clone(),
        };
        decision.decide::<BillRun>(&BillRun::stream_of(period), progress)?;
        Ok(BilledCustomers { bills: Vec::new(), parked, run: standing(decision, period).counts })
    });
    Ok(receipt.await?.outcome)
}

/// Starts the run and bills these customers.
pub async fn run_bills(
    book: &Book,
    context: &CommandContext,
    run: &RunBills,
    customers: &[BillableCustomer],
    billed: impl FnMut(&BilledCustomers),
) -> Result<RunCounts, CommandError> {
    start_bill_run(book, context.clone(), run, customers.len() as u64).await?;
    Ok(carry_on_bill_run(book, context, run, customers, billed).await?.outcome.counts)
}

/// How the run of a month stands now.
pub async fn bill_run_standing(
    book: &Book,
    context: CommandContext,
    period: Month,
) -> Result<BillRunOutcome, CommandError> {
    let request = CommandContext { dry_run: true, ..context }.request("bill_run_standing", &period)?;
    let receipt =
        book.execute(request, streams(period), move |decision| Ok(standing(decision, period))).await?;
    Ok(receipt.outcome)
}

/// The customers in chunks, each to be billed by one decision.
pub(super) fn chunks(
    book: &Book,
    run: &RunBills,
    customers: &[BillableCustomer],
) -> impl Iterator<Item = BillCustomers> {
    customers.chunks(TOGETHER).map(|customers| BillCustomers {
        period: run.period,
        customers: customers.to_vec(),
        issue_date: run.terms.issue_date.unwrap_or_else(|| book.today()),
        payment_term_days: run.terms.payment_term_days.unwrap_or(PAYMENT_TERM_DAYS),
        credit_policy: run.credit_policy,
    })
}

fn streams(period: Month) -> Vec<StreamKey> {
    vec![StreamKey::existing::<BillRun>(BillRun::stream_of(period))]
}

fn standing(decision: &Decision<'_>, period: Month) -> BillRunOutcome {
    let run = decision.state::<BillRun>(&BillRun::stream_of(period));
    let (state, terms, counts) = (run.state(), run.terms().clone(), run.counts().clone());
    BillRunOutcome { id: period, state, terms, counts }
}
