//! Looking after sources in the background of an API: runs that were started here, those whose process has died, and
//! the one of each day that begins by itself.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use chrono::NaiveDate;
use tallybook_commands::billing::UsageRunOutcome;
use tallybook_domain::billing::usage_source::SourceName;
use tallybook_event_store::Book;
use tallybook_read_models::billing::sources_under_way;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Source, UsageSourceError, collect, schedule};
use crate::run_lock::{Exclusive, RunLock};
use crate::state::ApiState;

const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// What failed is tried again after a while.
const AFTER_FAILURE: Duration = Duration::from_secs(15);

/// For ever: each source by itself, so that a slow one delays no other.
pub(crate) async fn attend(state: ApiState) {
    let mut tasks = JoinSet::new();
    for source in state.settings().usage_sources.iter() {
        tasks.spawn(look_after(state.clone(), source.name().clone()));
    }
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a usage source is not looked after any more");
        }
    }
}

/// What this process knows of a source.
#[derive(Default)]
struct Known {
    /// The last day whose run has begun.
    begun: Option<NaiveDate>,
    /// What failed, and when.
    failed_at: Option<Instant>,
    waits: HashMap<NaiveDate, Instant>,
}

async fn look_after(state: ApiState, name: SourceName) {
    let sources = state.settings().usage_sources.clone();
    let Some(source) = sources.get(&name) else { return };
    let mut known = Known::default();
    loop {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        if known.failed_at.is_some_and(|at| at.elapsed() < AFTER_FAILURE) {
            continue;
        }
        known.failed_at = None;
        if let Err(error) = look(&state, source, &mut known).await {
            tracing::warn!(%error, source = %name, "usage could not be collected yet; it is tried again");
            known.failed_at = Some(Instant::now());
            // Looked for again, also where no projector tells that it is under way.
            state.usage_run_started(name.clone());
        }
    }
}

async fn look(state: &ApiState, source: &Source, known: &mut Known) -> Result<(), UsageSourceError> {
    let book = state.book();
    let mut under_way = state.take_started_usage_run(source.name());
    let due = schedule::due(source, book, book.now()).filter(|day| known.begun != Some(*day));
    let waits = |day: &NaiveDate| known.waits.get(day).is_some_and(|since| since.elapsed() < AFTER_FAILURE);
    if let Some(day) = due.filter(|day| !waits(day)) {
        match schedule::start(book, source, day).await? {
            None => {
                (known.begun, under_way) = (Some(day), true);
                known.waits.clear();
            }
            Some(refusal) => {
                tracing::warn!(source = %source.name(), %refusal, "the run of the day cannot begin yet");
                known.waits = HashMap::from([(day, Instant::now())]);
            }
        }
    }
    let running: BTreeSet<SourceName> = sources_under_way(book.pool()).await?.into_iter().collect();
    under_way |= running.contains(source.name());
    if !under_way && source.is_watched() {
        under_way = comes(source)?;
    }
    if !under_way {
        return Ok(());
    }
    let exclusive = Exclusive::UsageSource(source.name().clone());
    let Some(lock) = RunLock::try_take(book, &exclusive).await? else { return Ok(()) };
    let done = carry_out(book, source, &lock).await;
    lock.release().await?;
    if let Some(run) = done? {
        let (counts, failed) = (run.counts, run.failed);
        tracing::info!(run = %run.id, state = %run.state, recorded = counts.recorded,
            quarantined = counts.quarantined, failed, "usage was collected");
    }
    Ok(())
}

/// The lock shows that nobody else is at it, so what is offered now is nobody else's.
async fn carry_out(
    book: &Book,
    source: &Source,
    lock: &RunLock,
) -> Result<Option<UsageRunOutcome>, UsageSourceError> {
    if source.is_watched() && comes(source)? {
        schedule::start_watched(book, source).await?;
    }
    collect(book, source, lock, |_| {}).await
}

fn comes(source: &Source) -> Result<bool, UsageSourceError> {
    source.outside().comes().map_err(|unanswered| UsageSourceError::Outside(unanswered.reason))
}
