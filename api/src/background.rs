//! What runs beside the requests: writing down refusals and forgetting old ones, hearing of new events, tidying figures,
//! approvals nobody gives in time, bill runs, usage sources, orders whose time has come, payouts.

use std::time::Duration;

use tallybook_commands::customers::personal::finish_erasures;
use tallybook_event_store::{journal, subscription};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::access::{WRITE_EVERY, forget_refusals};
use crate::approvals;
use crate::bill_runs;
use crate::metrics;
use crate::orders;
use crate::payouts;
use crate::state::ApiState;
use crate::usage_sources;

const TIDY_EVERY: Duration = Duration::from_secs(5);
const FINISH_ERASURES_EVERY: Duration = Duration::from_secs(60);
const FORGET_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
const FORGET_AGAIN_AFTER: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Background {
    tasks: JoinSet<()>,
    state: ApiState,
}

impl Background {
    pub(crate) fn start(state: &ApiState) -> Self {
        let mut tasks = JoinSet::new();
        tasks.spawn(write_refusals(state.clone()));
        tasks.spawn(forget_old_refusals(state.clone()));
        tasks.spawn(finish_interrupted_erasures(state.clone()));
        tasks.spawn(hear_of_events(state.clone()));
        tasks.spawn(tidy_figures());
        tasks.spawn(approvals::attend(state.clone()));
        tasks.spawn(bill_runs::attend(state.clone()));
        tasks.spawn(usage_sources::attend(state.clone()));
        tasks.spawn(orders::attend(state.clone()));
        tasks.spawn(payouts::attend(state.clone()));
        Self { tasks, state: state.clone() }
    }

    /// Ends it all, and writes down what is left.
    pub(crate) async fn stop(mut self) {
        self.tasks.shutdown().await;
        record(&self.state).await;
    }
}

async fn write_refusals(state: ApiState) {
    let mut ticks = tokio::time::interval(WRITE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        record(&state).await;
    }
}

async fn record(state: &ApiState) {
    if let Err(error) = state.access().refusals.write(state.book().pool()).await {
        tracing::warn!(%error, "refusals could not be written down yet");
    }
}

/// At the start and every day from then on: a process that is restarted often forgets, too.
async fn forget_old_refusals(state: ApiState) {
    let Some(days) = state.settings().refusals_kept_days else { return };
    loop {
        let pause = match forget_refusals(state.book().pool(), days, state.book().now()).await {
            Ok(0) => FORGET_EVERY,
            Ok(rows) => {
                tracing::info!(rows, days, "refused requests older than they are kept were deleted");
                FORGET_EVERY
            }
            Err(error) => {
                tracing::warn!(%error, "old refused requests could not be deleted yet");
                FORGET_AGAIN_AFTER
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// What a crash came between: the erasure is recorded, the key is still there. At the start and every minute.
async fn finish_interrupted_erasures(state: ApiState) {
    let mut ticks = tokio::time::interval(FINISH_ERASURES_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match finish_erasures(state.personal_keys(), state.book().now()).await {
            Ok(0) => {}
            Ok(keys) => tracing::info!(keys, "keys of erased customers were destroyed"),
            Err(error) => tracing::warn!(%error, "keys of erased customers could not be looked for"),
        }
    }
}

/// One ear for all event streams of the process.
async fn hear_of_events(state: ApiState) {
    let pool = state.book().pool();
    let mut wakeups = subscription::wakeups(pool.clone(), state.book().schema());
    while wakeups.recv().await.is_some() {
        match journal::head_position(pool).await {
            Ok(head) => {
                state.tail().send_if_modified(|known| {
                    let more = head > *known;
                    *known = head.max(*known);
                    more
                });
            }
            Err(error) => tracing::debug!(%error, "the head of the journal could not be read"),
        }
    }
}

/// The recorder keeps single samples until it is asked for figures, or told to add them up.
async fn tidy_figures() {
    let Some(recorder) = metrics::recorder() else { return };
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    loop {
        ticks.tick().await;
        recorder.run_upkeep();
    }
}
