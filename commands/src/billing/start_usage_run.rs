//! Usage is to be collected from a source, by hand or because it is time.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::usage_source::{
    CollectedCounts, SourceName, UsageRunId, UsageRunState, UsageRunTerms,
};
use tallybook_domain::billing::{UsageSource, UsageSourceCommand, UsageSourceRefusal};
use tallybook_domain::text::Reason;
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StartUsageRun {
    pub source: SourceName,
    pub terms: UsageRunTerms,
}

/// How a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRunOutcome {
    pub id: UsageRunId,
    pub state: UsageRunState,
    pub terms: UsageRunTerms,
    /// Requests that are done with: of a customer's month, or a file.
    pub asked: u64,
    #[serde(flatten)]
    pub counts: CollectedCounts,
    /// What could not be collected.
    pub failed: u64,
}

/// Starts a run; one under way that asks for the same goes on. Nothing is collected yet.
pub async fn start_usage_run(
    book: &Book,
    context: CommandContext,
    start: &StartUsageRun,
) -> Result<Receipt<UsageRunOutcome>, CommandError> {
    let StartUsageRun { source, terms } = start.clone();
    let request = context.request("start_usage_run", start)?;
    book.execute(request, streams(&source), move |decision| {
        let command = UsageSourceCommand::Start { source: source.clone(), terms: terms.clone() };
        decision.decide::<UsageSource>(&UsageSource::stream_of(&source), command)?;
        let first = || UsageSourceRefusal::NotUnderWay { run: UsageRunId::new(&source, 1) };
        Ok(standing(decision, &source, None).ok_or_else(first)?)
    })
    .await
}

/// Another process takes up what is under way.
pub async fn resume_usage_run(
    book: &Book,
    context: CommandContext,
    run: UsageRunId,
) -> Result<Receipt<UsageRunOutcome>, CommandError> {
    let request = context.request("resume_usage_run", &run)?;
    change(book, request, run.clone(), None, UsageSourceCommand::Resume { run }).await
}

/// Everything has been asked for, or it is given up.
pub async fn finish_usage_run(
    book: &Book,
    context: CommandContext,
    run: UsageRunId,
    given_up: Option<Reason>,
) -> Result<Receipt<UsageRunOutcome>, CommandError> {
    let request = context.request("finish_usage_run", &(&run, &given_up))?;
    change(book, request, run.clone(), given_up.clone(), UsageSourceCommand::Finish { run, given_up }).await
}

async fn change(
    book: &Book,
    request: tallybook_event_store::CommandRequest,
    run: UsageRunId,
    given_up: Option<Reason>,
    command: UsageSourceCommand,
) -> Result<Receipt<UsageRunOutcome>, CommandError> {
    let source = run.source();
    book.execute(request, streams(&source), move |decision| {
        decision.decide::<UsageSource>(&UsageSource::stream_of(&source), command.clone())?;
        let not_under_way = || UsageSourceRefusal::NotUnderWay { run: run.clone() };
        Ok(standing(decision, &source, given_up.as_ref()).ok_or_else(not_under_way)?)
    })
    .await
}

/// How the last run of a source stands now; `None` before the first.
pub async fn usage_run_standing(
    book: &Book,
    context: CommandContext,
    source: &SourceName,
) -> Result<Option<UsageRunOutcome>, CommandError> {
    let request = CommandContext { dry_run: true, ..context }.request("usage_run_standing", source)?;
    let source = source.clone();
    let receipt = book
        .execute(request, streams(&source), move |decision| Ok(standing(decision, &source, None)))
        .await?;
    Ok(receipt.outcome)
}

fn streams(source: &SourceName) -> Vec<StreamKey> {
    vec![StreamKey::existing::<UsageSource>(UsageSource::stream_of(source))]
}

pub(super) fn standing(
    decision: &Decision<'_>,
    source: &SourceName,
    given_up: Option<&Reason>,
) -> Option<UsageRunOutcome> {
    let state = decision.state::<UsageSource>(&UsageSource::stream_of(source));
    Some(UsageRunOutcome {
        id: state.run()?.clone(),
        state: match (state.is_under_way(), given_up) {
            (true, _) => UsageRunState::Running,
            (false, None) => UsageRunState::Finished,
            (false, Some(_)) => UsageRunState::Failed,
        },
        terms: state.terms().clone(),
        asked: state.asked(),
        counts: state.counts(),
        failed: state.failed(),
    })
}
