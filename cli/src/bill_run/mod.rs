//! `tallybook bill-run`: a month billed, or tried.

mod summary;

use std::path::PathBuf;

use anyhow::Context;
use chrono::NaiveDate;
use clap::Args;
use tallybook_api::bill_runs::{BillRunError, TakenUp, billable, preview_workbook, take_up};
use tallybook_api::run_lock::{Exclusive, RunLock};
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{BilledCustomers, RunBills, check_bill_run, start_bill_run};
use tallybook_domain::billing::CreditPolicy;
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::{CustomerId, Month};
use tallybook_event_store::Book;
use tokio_util::sync::CancellationToken;

use self::summary::Summary;
use crate::database::in_book;
use crate::environment;
use crate::failure::Failure;
use crate::output::note;
use crate::progress::Progress;
use crate::settings::{BillingFlags, Settings};

/// Bill a month: everyone with a price plan, once
///
/// Who has a bill of the month is passed over, and who cannot be billed is parked with the reason. It can be stopped, or
/// die, at any point: run again, it goes on. Exit code 1 if somebody is parked.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook bill-run 2026-10 --dry-run --output october.xlsx
  tallybook bill-run 2026-10
  tallybook bill-run 2026-10 --customer C00042 --issue-date 2026-11-03 --json")]
pub struct BillRunCommand {
    /// The month, which has to be over
    #[arg(value_name = "MONTH")]
    month: Month,
    /// Only this customer; may be given several times
    #[arg(long = "customer", value_name = "ID")]
    customers: Vec<CustomerId>,
    /// Issue date of the bills [default: the book's today]
    #[arg(long, value_name = "DATE")]
    issue_date: Option<NaiveDate>,
    /// Days from the issue date to the due date of customers who have no term of their own [default: 30]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(0..=3650))]
    payment_term_days: Option<u16>,
    /// Price everyone, record nothing, and write every line of every bill to an Excel workbook; takes any month
    #[arg(long)]
    dry_run: bool,
    /// The workbook of a dry run [default: bill-run-MONTH.xlsx]
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    output: Option<PathBuf>,
    /// The summary as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub billing: BillingFlags,
}

impl BillRunCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let run = self.run_bills(settings.credit_limit.value);
        in_book(settings, async |book| {
            tokio::select! {
                done = async {
                    if self.dry_run { self.preview(book, &run).await } else { self.bill(book, &run).await }
                } => done,
                () = stop.cancelled() => {
                    if !self.dry_run {
                        note("Stopped. Run it again: nobody is billed twice.");
                    }
                    Err(Failure::Reported)
                }
            }
        })
        .await
    }

    fn run_bills(&self, credit_policy: CreditPolicy) -> RunBills {
        let mut customers = self.customers.clone();
        customers.sort_unstable();
        customers.dedup();
        let (issue_date, payment_term_days) = (self.issue_date, self.payment_term_days);
        let terms = RunTerms { customers, issue_date, payment_term_days };
        RunBills { period: self.month, terms, credit_policy }
    }

    fn context(&self) -> anyhow::Result<CommandContext> {
        Ok(CommandContext {
            actor: environment::actor()?,
            idempotency_key: None,
            request_id: None,
            client_address: None,
            dry_run: self.dry_run,
        })
    }

    async fn preview(&self, book: &Book, run: &RunBills) -> Result<(), Failure> {
        let context = self.context()?;
        check_bill_run(book, &context, run).await?;
        let customers = billable(book, run).await?;
        let progress = Progress::over(customers.len() as u64, "customers", self.json);
        let previewed =
            preview_workbook(book, &context, run, &customers, |customers| progress.advance(customers)).await;
        progress.finish();
        let (outcome, mut workbook) = previewed?;
        let file = self.output.clone().unwrap_or_else(|| format!("bill-run-{}.xlsx", self.month).into());
        let unwritable = || format!("cannot write {}", file.display());
        let mut copy = std::fs::File::create(&file).with_context(unwritable)?;
        std::io::copy(&mut workbook, &mut copy).with_context(unwritable)?;
        let summary = Summary::of_preview(outcome, file.display().to_string());
        summary.tell(self.json)
    }

    async fn bill(&self, book: &Book, run: &RunBills) -> Result<(), Failure> {
        let waiting = || note(format!("The run of {} is under way elsewhere; waiting for it.", self.month));
        let lock = RunLock::take(book, &Exclusive::BillRun(self.month), waiting)
            .await
            .map_err(BillRunError::from)?;
        let done = self.carry_out(book, &lock, run).await;
        lock.release().await.map_err(BillRunError::from)?;
        Summary::of_run(done?).tell(self.json)
    }

    /// What another has left comes first: it goes on as it was begun.
    async fn carry_out(&self, book: &Book, lock: &RunLock, run: &RunBills) -> Result<TakenUp, Failure> {
        if let Some(left) = self.take_up(book, lock, run.credit_policy).await? {
            note(format!("The run of {} that was under way is finished.", self.month));
            if left.outcome.terms == run.terms {
                return Ok(left);
            }
        }
        let customers = billable(book, run).await?.len() as u64;
        let outcome = start_bill_run(book, self.context()?, run, customers).await?.outcome;
        let done = self.take_up(book, lock, run.credit_policy).await?;
        Ok(done.unwrap_or(TakenUp { outcome, parked: Vec::new() }))
    }

    async fn take_up(
        &self,
        book: &Book,
        lock: &RunLock,
        policy: CreditPolicy,
    ) -> Result<Option<TakenUp>, BillRunError> {
        let progress = Progress::over(0, "customers", self.json);
        let billed = |chunk: &BilledCustomers| {
            let run = &chunk.run;
            let doing = format!("{} billed, {} parked", run.billed, run.parked);
            progress.reach((run.billed + run.skipped + run.parked).min(run.customers), run.customers, doing);
        };
        let done = take_up(book, lock, self.month, policy, billed).await;
        progress.finish();
        done
    }
}
