//! Running projections until told to stop.

use std::sync::Arc;

use sqlx::PgPool;
use tallybook_event_store::schema::shared_pool;
use tallybook_event_store::subscription;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::engine::Surroundings;
use crate::journal::Journal;
use crate::rebuild::{Attendant, Overtaker, Resting};
use crate::sampling::Sampler;
use crate::{ProjectorSettings, Rebuilder, Registered, sweep_views};

/// Leads every projection no other process leads, and takes over those whose leader goes silent. Returns after
/// `shutdown`, when each has finished the page it was at and has given its lease back.
///
/// Rebuilds that are asked for are done beside them, and tables of an older version rebuilt.
///
/// `pool` has the book's schema as its search path; the projections share connections of their own, made like its.
pub async fn run(
    pool: PgPool,
    schema: String,
    projections: Vec<Registered>,
    settings: ProjectorSettings,
    shutdown: CancellationToken,
) {
    sweep(&pool, &schema).await;
    let resting = Resting::default();
    let attendant = Attendant {
        rebuilder: Rebuilder::new(pool.clone(), &schema, shutdown.clone())
            .with_resources(settings.rebuild_jobs, settings.rebuild_memory),
        projections: projections.clone(),
        overtaker: Overtaker::new(&settings.leader, settings.rebuild_when_behind, resting.clone()),
        shutdown: shutdown.clone(),
    };
    let sampler = settings.sample_one_in.map(|one_in| {
        let (pool, projections, shutdown) = (pool.clone(), projections.clone(), shutdown.clone());
        Sampler { pool, projections, one_in, shutdown }
    });
    // What is lost in a crash is folded again: rows and position go together. And a leader that hangs must not keep its
    // row locked.
    let writers = shared_pool(
        &pool,
        settings.connections,
        "SET synchronous_commit = off; SET idle_in_transaction_session_timeout = '5s'",
    );
    let (wakes, woken) = watch::channel(0_u64);
    let surroundings = Surroundings {
        journal: Arc::new(Journal::new(pool.clone(), woken.clone())),
        writers: writers.clone(),
        settings: Arc::new(settings),
        resting,
        woken,
        shutdown: shutdown.clone(),
    };
    let mut tasks = JoinSet::new();
    tasks.spawn(attendant.attend());
    sampler.map(|sampler| tasks.spawn(sampler.run()));
    for projection in projections {
        tasks.spawn(keep_running(projection, surroundings.clone()));
    }
    let mut wakeups = subscription::wakeups(pool, &schema);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            wakeup = wakeups.recv() => match wakeup {
                Some(()) => wakes.send_modify(|count| *count += 1),
                None => break,
            },
        }
    }
    while tasks.join_next().await.is_some() {}
    writers.close().await;
}

/// Views that were half made when their process died. What cannot be swept now is swept at the next start.
async fn sweep(pool: &PgPool, schema: &str) {
    match sweep_views(pool, schema).await {
        Ok(0) => {}
        Ok(views) => tracing::info!(views, "views that were half made are dropped"),
        Err(error) => tracing::warn!(%error, "half-made views could not be dropped yet"),
    }
}

/// A defect in one fold must not end the others, nor go unnoticed.
async fn keep_running(projection: Registered, surroundings: Surroundings) {
    let pause = surroundings.settings.longest_backoff;
    let shutdown = surroundings.shutdown.clone();
    // Aborted with this future, so that dropping `run` leaves nothing behind.
    while let Err(defect) = AbortOnDropHandle::new(tokio::spawn((projection.run)(surroundings.clone()))).await
    {
        tracing::error!(projection = projection.name, %defect, "the projection's task broke off; it begins again");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shutdown.cancelled() => return,
        }
    }
}
