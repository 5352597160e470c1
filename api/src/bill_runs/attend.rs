//! Looking after bill runs in the background of an API: those that were started here, those whose process has died,
//! and the one that begins by itself.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use tallybook_domain::Month;
use tallybook_domain::billing::CreditPolicy;
use tallybook_event_store::Book;
use tallybook_read_models::billing::months_under_way;
use tokio::time::Instant;

use super::{BillRunError, schedule, take_up};
use crate::run_lock::{Exclusive, RunLock};
use crate::state::ApiState;

const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// What failed is tried again after a while.
const AFTER_FAILURE: Duration = Duration::from_secs(15);

/// For ever.
pub(crate) async fn attend(state: ApiState) {
    let mut failed: HashMap<Month, Instant> = HashMap::new();
    let mut scheduled = Scheduled::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
            () = state.started_bill_run() => {}
        }
        if let Err(error) = begin_scheduled(&state, &mut scheduled).await {
            tracing::warn!(%error, "the bill run of the month could not begin; it is tried again");
        }
        let months = match under_way(&state).await {
            Ok(months) => months,
            Err(error) => {
                tracing::debug!(%error, "bill runs could not be looked after");
                continue;
            }
        };
        for month in months {
            if failed.get(&month).is_some_and(|at| at.elapsed() < AFTER_FAILURE) {
                continue;
            }
            failed.remove(&month);
            if let Err(error) = carry_out(state.book(), month, state.settings().credit_policy).await {
                tracing::error!(%error, %month, "a bill run was broken off; it is taken up again");
                failed.insert(month, Instant::now());
            }
        }
    }
}

/// What this process knows of the run that begins by itself.
#[derive(Default)]
struct Scheduled {
    begun: Option<Month>,
    /// It was told that this one has to wait, and when.
    waits: Option<(Month, Instant)>,
}

async fn begin_scheduled(state: &ApiState, scheduled: &mut Scheduled) -> Result<(), BillRunError> {
    let (book, Some(at)) = (state.book(), state.settings().bill_run_at) else { return Ok(()) };
    let now = book.now().with_timezone(&book.time_zone()).naive_local();
    let due = schedule::due(now, at).filter(|month| scheduled.begun != Some(*month));
    let Some(month) = due else { return Ok(()) };
    let waits = scheduled.waits.filter(|(waiting, _)| *waiting == month);
    if waits.is_some_and(|(_, since)| since.elapsed() < AFTER_FAILURE) {
        return Ok(());
    }
    match schedule::start(book, month).await? {
        None => {
            scheduled.begun = Some(month);
            state.bill_run_started(month);
        }
        Some(refusal) => {
            if waits.is_none() {
                tracing::warn!(%month, %refusal, "the bill run of the month cannot begin yet");
            }
            scheduled.waits = Some((month, Instant::now()));
        }
    }
    Ok(())
}

/// Those that were started here, which the read model need not know yet, and all others.
async fn under_way(state: &ApiState) -> Result<BTreeSet<Month>, BillRunError> {
    let mut months = state.take_started_bill_runs();
    months.extend(months_under_way(state.book().pool()).await?);
    Ok(months)
}

async fn carry_out(book: &Book, month: Month, policy: CreditPolicy) -> Result<(), BillRunError> {
    let Some(lock) = RunLock::try_take(book, &Exclusive::BillRun(month)).await? else { return Ok(()) };
    let done = take_up(book, &lock, month, policy, |_| {}).await;
    lock.release().await?;
    if let Some(taken_up) = done? {
        let counts = taken_up.outcome.counts;
        tracing::info!(%month, billed = counts.billed, parked = counts.parked, "a bill run is finished");
    }
    Ok(())
}
