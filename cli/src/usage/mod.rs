//! `tallybook usage`: usage collected from an outside system, by hand.

use clap::{Args, Subcommand};
use tallybook_api::run_lock::{Exclusive, RunLock};
use tallybook_api::usage_sources::{Source, Sources, UsageSourceError, collect, months_to_ask};
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{StartUsageRun, UsageRunOutcome, start_usage_run};
use tallybook_domain::billing::usage_source::{SourceName, UsageRunState, UsageRunTerms};
use tallybook_domain::{CustomerId, Month};
use tallybook_event_store::Book;
use tokio_util::sync::CancellationToken;

use crate::database::in_book;
use crate::environment;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::progress::Progress;
use crate::settings::Settings;

/// Collect usage from the sources of the settings file
#[derive(Debug, Args)]
pub struct UsageCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Collect(CollectCommand),
}

/// Ask a source what was used, and record it
///
/// What is recorded already is unchanged, what is not believed is put aside. It can be stopped, or die, at any point:
/// run again, it asks for everything again. Exit code 1 if something could not be collected.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook usage collect meters
  tallybook usage collect meters --month 2026-10 --customer C00042 --json")]
struct CollectCommand {
    /// The source, as the settings file calls it
    #[arg(value_name = "NAME")]
    source: SourceName,
    /// A month; may be given several times [default: this one, and in its first days the one before]
    #[arg(long = "month", value_name = "MONTH")]
    months: Vec<Month>,
    /// Only this customer; may be given several times [default: every active one with a plan]
    #[arg(long = "customer", value_name = "ID")]
    customers: Vec<CustomerId>,
    /// The summary as one JSON object
    #[arg(long)]
    json: bool,
}

impl UsageCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Collect(collect) => collect.run(settings, stop).await,
        }
    }
}

/// Those of the settings, with their secrets.
pub fn sources(settings: &Settings) -> Result<Sources, Failure> {
    Sources::open(&settings.usage_sources.value, &environment::secret)
        .map_err(|error| Failure::usage(anyhow::Error::new(error)))
}

impl CollectCommand {
    async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let sources = sources(settings)?;
        let Some(source) = sources.get(&self.source) else {
            return Err(Failure::usage(anyhow::anyhow!("the settings have no usage source {}", self.source)));
        };
        let chosen = !self.months.is_empty() || !self.customers.is_empty();
        if chosen && !source.outside().asks_by_month() {
            let name = &self.source;
            return Err(Failure::usage(anyhow::anyhow!(
                "{name} is not asked by customer and month: leave out --month and --customer"
            )));
        }
        in_book(settings, async |book| {
            tokio::select! {
                done = self.collect(book, source) => done,
                () = stop.cancelled() => {
                    note("Stopped. Run it again: nothing is recorded twice.");
                    Err(Failure::Reported)
                }
            }
        })
        .await
    }

    async fn collect(&self, book: &Book, source: &Source) -> Result<(), Failure> {
        let waiting = || note(format!("{} is being collected from elsewhere; waiting for it.", self.source));
        let lock = RunLock::take(book, &Exclusive::UsageSource(self.source.clone()), waiting)
            .await
            .map_err(UsageSourceError::from)?;
        let done = self.carry_out(book, source, &lock).await;
        lock.release().await.map_err(UsageSourceError::from)?;
        tell(&done?, self.json)
    }

    /// What another has left comes first.
    async fn carry_out(
        &self,
        book: &Book,
        source: &Source,
        lock: &RunLock,
    ) -> Result<UsageRunOutcome, Failure> {
        let terms = self.terms(book, source);
        if let Some(left) = self.bring_to_end(book, source, lock).await? {
            note(format!("{} that was under way is finished.", left.id));
            if left.terms.months == terms.months && left.terms.customers == terms.customers {
                return Ok(left);
            }
        }
        let context = CommandContext {
            actor: environment::actor()?,
            idempotency_key: None,
            request_id: None,
            client_address: None,
            dry_run: false,
        };
        let start = StartUsageRun { source: self.source.clone(), terms };
        let started = start_usage_run(book, context, &start).await?.outcome;
        Ok(self.bring_to_end(book, source, lock).await?.unwrap_or(started))
    }

    fn terms(&self, book: &Book, source: &Source) -> UsageRunTerms {
        let mut customers = self.customers.clone();
        customers.sort_unstable();
        customers.dedup();
        let mut months = if !source.outside().asks_by_month() {
            Vec::new()
        } else if self.months.is_empty() {
            months_to_ask(book.today(), source.usual.previous_month_days)
        } else {
            self.months.clone()
        };
        months.sort_unstable();
        months.dedup();
        UsageRunTerms { months, customers, scheduled: false }
    }

    async fn bring_to_end(
        &self,
        book: &Book,
        source: &Source,
        lock: &RunLock,
    ) -> Result<Option<UsageRunOutcome>, UsageSourceError> {
        let progress = Progress::over(0, "requests", self.json);
        let told = |run: &UsageRunOutcome| {
            let doing = format!("{} recorded, {} failed", run.counts.recorded, run.failed);
            progress.reach(run.asked, run.asked, doing);
        };
        let done = collect(book, source, lock, told).await;
        progress.finish();
        done
    }
}

fn tell(run: &UsageRunOutcome, json: bool) -> Result<(), Failure> {
    if json {
        say_json(run).map_err(|error| Failure::environment(anyhow::Error::new(error)))?;
    } else {
        let counts = &run.counts;
        say(format!(
            "{} is {}: {} requests, {} recorded, {} unchanged, {} corrected, {} put aside, {} put aside before, \
             {} failed.",
            run.id,
            run.state,
            run.asked,
            counts.recorded,
            counts.unchanged,
            counts.corrected,
            counts.quarantined,
            counts.held,
            run.failed
        ));
    }
    match run.state {
        UsageRunState::Finished if run.failed == 0 => Ok(()),
        UsageRunState::Finished | UsageRunState::Failed | UsageRunState::Running => Err(Failure::Reported),
    }
}
