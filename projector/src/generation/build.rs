//! Making a generation of several projections at once.

use std::cmp::Reverse;
use std::sync::{Mutex, PoisonError};

use futures::future::try_join_all;
use sqlx::{Executor, PgPool};
use tallybook_read_models::fold::Share;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Allowance, GenerationError, Load, Loaded, Phase, Place, Progress, source};
use crate::Registered;

/// Pages a fold may be behind the reader.
const PAGES_AHEAD: usize = 2;

/// What the making may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resources {
    /// Tasks that read and decode, and indexes made at a time.
    pub(crate) jobs: usize,
    /// Bytes for rows held in memory, all projections together.
    pub(crate) memory: usize,
}

/// A generation in the making.
pub(crate) struct Builder<'a> {
    pub(crate) pool: &'a PgPool,
    pub(crate) place: &'a Place,
    pub(crate) resources: Resources,
    pub(crate) progress: &'a Progress,
    pub(crate) cancelled: &'a CancellationToken,
}

impl Builder<'_> {
    /// Folds everything up to a position into new tables, with their indexes.
    pub(crate) async fn build(&self, projections: &[Registered], to: u64) -> Result<(), GenerationError> {
        let mut connection = self.place.connect(self.pool).await?;
        for projection in projections {
            self.place.make(&mut connection, &(projection.tables)()).await?;
        }
        self.progress.enter(Phase::Folding);
        let mut left: Vec<(Registered, Vec<Share>)> =
            projections.iter().map(|projection| (*projection, vec![Share::ALL])).collect();
        while !left.is_empty() {
            self.progress.expect(to);
            let put_off = self.pass(&mut left, to).await?;
            for ((_, shares), loaded) in left.iter_mut().zip(put_off) {
                shares.extend(loaded.put_off);
            }
            left.retain(|(_, shares)| !shares.is_empty());
        }
        self.progress.enter(Phase::Indexing);
        self.index(projections).await
    }

    /// Reads the journal once and folds one share of each projection that has any left.
    async fn pass(
        &self,
        left: &mut [(Registered, Vec<Share>)],
        to: u64,
    ) -> Result<Vec<Loaded>, GenerationError> {
        let allowances = Allowance::among(left.len(), self.resources.memory);
        let mut subscribers = Vec::with_capacity(left.len());
        let mut loads = JoinSet::new();
        for ((index, (projection, shares)), memory) in left.iter_mut().enumerate().zip(allowances) {
            let Some(share) = shares.pop() else { continue };
            let (subscriber, pages) = mpsc::channel(PAGES_AHEAD);
            subscribers.push(subscriber);
            let connection = self.place.connect(self.pool).await?;
            let loading = (projection.load)(Load { connection, pages, to, share, memory });
            loads.spawn(async move { (index, loading.await) });
        }
        let watched = (self.progress, self.cancelled);
        let read = source::read(self.pool, to, self.resources.jobs + 1, subscribers, watched).await;
        if let Err(error) = read {
            loads.shutdown().await;
            return Err(error);
        }
        let mut loaded: Vec<Loaded> = left.iter().map(|_| Loaded::default()).collect();
        let mut failed = None;
        while let Some(load) = loads.join_next().await {
            match load? {
                (index, Ok(done)) => loaded[index] = done,
                (_, Err(error)) => failed = Some(error),
            }
        }
        // If one has failed, the others have ended early.
        failed.map_or(Ok(loaded), Err)
    }

    /// Makes every table's keys and indexes, the largest tables' first, so that no core waits for the last one.
    async fn index(&self, projections: &[Registered]) -> Result<(), GenerationError> {
        let mut connection = self.place.connect(self.pool).await?;
        let mut tables = Vec::new();
        for table in projections.iter().copied().flat_map(|projection| (projection.tables)()) {
            let size: i64 = sqlx::query_scalar("SELECT pg_relation_size($1::regclass)")
                .bind(self.place.table(table.name))
                .fetch_one(&mut connection)
                .await?;
            tables.push((Reverse(size), table));
        }
        tables.sort_by_key(|(size, table)| (*size, table.name));
        let (mut indexes, mut rest) = (Vec::new(), Vec::new());
        for (_, table) in &tables {
            let made = self.place.index_statements(&mut connection, *table).await?;
            indexes.extend(made.indexes);
            rest.extend(made.keys);
            rest.push(format!("ANALYZE {}", self.place.table(table.name)));
        }
        self.run_all(indexes).await?;
        self.run_all(rest).await
    }

    /// Runs statements on as many connections as there are jobs, each taking the next as soon as it is free.
    async fn run_all(&self, statements: Vec<String>) -> Result<(), GenerationError> {
        let statements = Mutex::new(statements.into_iter());
        let next = || statements.lock().unwrap_or_else(PoisonError::into_inner).next();
        let working = (0..self.resources.jobs.max(1)).map(|_| async {
            let mut connection = self.place.connect(self.pool).await?;
            while let Some(statement) = next() {
                if self.cancelled.is_cancelled() {
                    return Err(GenerationError::Cancelled);
                }
                connection.execute(statement.as_str()).await?;
            }
            Ok(())
        });
        try_join_all(working).await?;
        Ok(())
    }
}
