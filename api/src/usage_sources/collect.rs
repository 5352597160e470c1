//! Carrying out a run that is under way, be it that it was only just started or that its process has died.
//!
//! Everything is asked for, whatever an earlier process has done: what is recorded is unchanged.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{
    CollectUsage, CollectedMonth, MOST_RECORDS, UsageRunOutcome, collect_usage, finish_usage_run,
    resume_usage_run, usage_file_is_taken, usage_run_standing,
};
use tallybook_domain::billing::UsageSourceRefusal;
use tallybook_domain::billing::quarantine::CollectedRecord;
use tallybook_domain::billing::usage_source::{FailedCollection, UsageRunId, UsageRunState};
use tallybook_domain::{CustomerId, Month, Refusal};
use tallybook_event_store::{Book, CommandError};

use super::schedule::in_the_name_of;
use super::{Asked, Brought, Ended, Source, Unanswered, UsageSourceError, months};
use crate::run_lock::RunLock;

/// In whose name what was collected is recorded.
const COLLECTOR: &str = "system:usage-sources";
/// Requests under way at once.
const AT_ONCE: usize = 4;
/// Requests that are recorded by one decision, at most.
const TOGETHER: usize = 50;
/// Reasons that are told of one request.
const TOLD: usize = 20;
/// So many in a row that nobody answers, and the rest is not asked for.
const GIVEN_UP_AFTER: usize = 5;

/// Brings a run that is under way to its end. `None`: none is. The lock shows that nobody else is at it.
pub async fn collect(
    book: &Book,
    source: &Source,
    _held: &RunLock,
    progress: impl FnMut(&UsageRunOutcome),
) -> Result<Option<UsageRunOutcome>, UsageSourceError> {
    let context = in_the_name_of(COLLECTOR)?;
    let Some(standing) = usage_run_standing(book, context.clone(), source.name()).await? else {
        return Ok(None);
    };
    match standing.state {
        UsageRunState::Running => {}
        UsageRunState::Finished | UsageRunState::Failed => return Ok(None),
    }
    resume_usage_run(book, context.clone(), standing.id.clone()).await?;
    let requests = if source.outside().asks_by_month() {
        Ok(months::requests(book, &standing.terms).await?)
    } else {
        source.outside().offers().await
    };
    let mut run = Run {
        book,
        source,
        context,
        id: standing.id,
        progress,
        months: Vec::new(),
        failed: Vec::new(),
        asked: 0,
        file: None,
        failures: 0,
    };
    let given_up = match requests {
        Ok(requests) => run.ask_all(requests).await?,
        Err(unanswered) => Some(unanswered.reason),
    };
    let given_up = given_up.map(|reason| FailedCollection::because(&reason).reason);
    let finished = finish_usage_run(book, run.context, run.id, given_up).await?;
    Ok(Some(finished.outcome))
}

/// A run, and what has come and is not recorded yet.
struct Run<'r, P> {
    book: &'r Book,
    source: &'r Source,
    context: CommandContext,
    id: UsageRunId,
    progress: P,
    months: Vec<CollectedMonth>,
    failed: Vec<FailedCollection>,
    asked: u64,
    /// The content hash of a file that has come whole.
    file: Option<String>,
    /// Failures of the run that are recorded.
    failures: u64,
}

impl<P: FnMut(&UsageRunOutcome)> Run<'_, P> {
    /// The answer is why not everything was asked for, if so.
    async fn ask_all(&mut self, requests: Vec<Asked>) -> Result<Option<String>, UsageSourceError> {
        let (book, source) = (self.book, self.source);
        // Files are large, and one after the other.
        let at_once = if source.outside().asks_by_month() { AT_ONCE } else { 1 };
        let answers = requests.into_iter().map(|asked| async move {
            let answer = ask(book, source, &asked).await;
            (asked, answer)
        });
        let mut answers = futures::stream::iter(answers).buffered(at_once);
        let mut in_vain = 0;
        while let Some((asked, answer)) = answers.next().await {
            let silent = answer.as_ref().is_err_and(|unanswered| unanswered.again);
            in_vain = if silent { in_vain + 1 } else { 0 };
            self.take(asked, answer).await?;
            if in_vain >= GIVEN_UP_AFTER {
                self.record().await?;
                return Ok(Some(format!("the source did not answer {GIVEN_UP_AFTER} requests in a row")));
            }
        }
        self.record().await?;
        Ok(None)
    }

    async fn take(
        &mut self,
        asked: Asked,
        answer: Result<Brought, Unanswered>,
    ) -> Result<(), UsageSourceError> {
        let (brought, reasons) = match answer {
            Ok(mut brought) => {
                let reasons = std::mem::take(&mut brought.unreadable);
                (brought, reasons)
            }
            Err(Unanswered { reason, .. }) => (Brought::default(), vec![reason]),
        };
        match &asked {
            Asked::Month { .. } => {
                self.note(&asked, &reasons);
                self.add(brought.records).await?;
                self.asked += 1;
                if self.asked >= TOGETHER as u64 {
                    self.record().await?;
                }
                Ok(())
            }
            Asked::File(_) => self.take_file(&asked, brought, &reasons).await,
        }
    }

    /// A file is recorded by itself, so that it is known how it ended.
    async fn take_file(
        &mut self,
        asked: &Asked,
        brought: Brought,
        reasons: &[String],
    ) -> Result<(), UsageSourceError> {
        let before = self.failures;
        self.note(asked, reasons);
        let file = brought.hash.filter(|_| reasons.is_empty());
        if !self.is_taken(file.clone()).await? {
            self.add(brought.records).await?;
        }
        self.asked += 1;
        self.file = file.filter(|_| self.failures == before);
        self.record().await?;
        let ended = Ended { whole: self.failures == before, copy: brought.copy };
        if let Err(Unanswered { reason, .. }) = self.source.outside().settle(asked, &ended).await {
            self.note(asked, &[reason]);
            self.record().await?;
        }
        Ok(())
    }

    async fn is_taken(&self, file: Option<String>) -> Result<bool, CommandError> {
        if file.is_none() {
            return Ok(false);
        }
        let nothing = CollectUsage { file, ..self.collected(0, Vec::new(), Vec::new()) };
        usage_file_is_taken(self.book, self.context.clone(), nothing).await
    }

    fn note(&mut self, asked: &Asked, reasons: &[String]) {
        self.failed.extend(reasons.iter().take(TOLD).map(|reason| failure(asked, reason)));
        if reasons.len() > TOLD {
            self.failed.push(failure(asked, &format!("and {} more", reasons.len() - TOLD)));
        }
    }

    async fn add(&mut self, records: Vec<(CustomerId, CollectedRecord)>) -> Result<(), UsageSourceError> {
        for (customer, month, records) in by_month(records) {
            for records in records.chunks(MOST_RECORDS) {
                let waiting: usize = self.months.iter().map(|of| of.records.len()).sum();
                if waiting + records.len() > MOST_RECORDS {
                    self.record().await?;
                }
                let (customer, records) = (customer.clone(), records.to_vec());
                self.months.push(CollectedMonth { customer, month, records });
            }
        }
        Ok(())
    }

    /// Records what has come so far. What cannot be recorded together is recorded one by one, and who is the reason
    /// is told.
    async fn record(&mut self) -> Result<(), UsageSourceError> {
        let (months, failed) = (std::mem::take(&mut self.months), std::mem::take(&mut self.failed));
        let (asked, file) = (std::mem::take(&mut self.asked), self.file.take());
        if asked == 0 && months.is_empty() && failed.is_empty() {
            return Ok(());
        }
        let together = self.collected(asked, months.clone(), failed.clone());
        match self.send(CollectUsage { file, ..together }).await {
            Ok(()) => return Ok(()),
            Err(CommandError::Refused(Refusal::UsageSource(refusal))) => match refusal {
                UsageSourceRefusal::FileTaken => {
                    return Ok(self.send(self.collected(asked, Vec::new(), failed)).await?);
                }
                UsageSourceRefusal::NotUnderWay { .. }
                | UsageSourceRefusal::UnderWay { .. }
                | UsageSourceRefusal::TooMany { .. } => {
                    return Err(CommandError::Refused(refusal.into()).into());
                }
            },
            Err(CommandError::Refused(_) | CommandError::Corrupt(_)) => {}
            Err(error) => return Err(error.into()),
        }
        self.send(self.collected(asked, Vec::new(), failed)).await?;
        for month in months {
            self.record_alone(month).await?;
        }
        Ok(())
    }

    async fn record_alone(&mut self, month: CollectedMonth) -> Result<(), UsageSourceError> {
        let (customer, of) = (month.customer.clone(), month.month);
        let reason = match self.send(self.collected(0, vec![month], Vec::new())).await {
            Ok(()) => return Ok(()),
            Err(CommandError::Refused(refusal)) => refusal.to_string(),
            Err(CommandError::Corrupt(fault)) => {
                tracing::error!(%fault, "usage of a customer cannot be recorded");
                "what the book holds of it cannot be read: the log says why".to_owned()
            }
            Err(error) => return Err(error.into()),
        };
        let failed = vec![FailedCollection::because(&reason).of_month(customer, of)];
        Ok(self.send(self.collected(0, Vec::new(), failed)).await?)
    }

    fn collected(
        &self,
        asked: u64,
        months: Vec<CollectedMonth>,
        failed: Vec<FailedCollection>,
    ) -> CollectUsage {
        let (run, plausibility) = (self.id.clone(), self.source.usual.plausibility());
        CollectUsage { run, plausibility, asked, months, failed, file: None }
    }

    async fn send(&mut self, collected: CollectUsage) -> Result<(), CommandError> {
        let receipt = collect_usage(self.book, self.context.clone(), collected).await?;
        self.failures = receipt.outcome.failed;
        (self.progress)(&receipt.outcome);
        Ok(())
    }
}

/// With as many repetitions, further and further apart, as the settings allow.
async fn ask(book: &Book, source: &Source, asked: &Asked) -> Result<Brought, Unanswered> {
    let mut pause = Duration::from_millis(source.usual.retry_after_milliseconds.into());
    for _ in 0..source.usual.retries {
        match source.outside().ask(book, asked).await {
            Err(Unanswered { again: true, reason }) => {
                tracing::debug!(source = %source.name(), %asked, reason, "a request is repeated");
            }
            answer @ (Ok(_) | Err(Unanswered { again: false, .. })) => return answer,
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2);
    }
    source.outside().ask(book, asked).await
}

fn failure(asked: &Asked, reason: &str) -> FailedCollection {
    let failed = FailedCollection::because(reason);
    match asked {
        Asked::Month { customer, month, .. } => failed.of_month(customer.clone(), *month),
        Asked::File(file) => FailedCollection { file: Some(file.name.clone()), ..failed },
    }
}

fn by_month(records: Vec<(CustomerId, CollectedRecord)>) -> Vec<(CustomerId, Month, Vec<CollectedRecord>)> {
    let mut months: BTreeMap<(CustomerId, Month), Vec<CollectedRecord>> = BTreeMap::new();
    for (customer, record) in records {
        months.entry((customer, Month::nearest(record.date))).or_default().push(record);
    }
    months
        .into_iter()
        .map(|((customer, month), mut records)| {
            // An earlier day first: later ones are measured by it, also where they come with the next decision.
            records.sort_by_key(|record| record.date);
            (customer, month, records)
        })
        .collect()
}
