//! Making a generation of several projections at once.

use std::sync::Arc;

use futures::future::try_join_all;
use sqlx::PgPool;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::try_join;
use tokio_util::sync::CancellationToken;

use super::index::Indexer;
use super::{Allowance, GenerationError, Load, Phase, Place, Progress, Remainder, Sessions, source};
use crate::Registered;

/// Pages a fold may be behind the reader.
const PAGES_AHEAD: usize = 2;

/// Tables that one session makes, one after the other.
const MADE_IN_A_ROW: usize = 8;

/// What the making may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resources {
    /// One task more reads and decodes. As many of the database's sessions copy rows in, and as many make tables and
    /// indexes.
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
        let at_most = self.resources.jobs.max(1);
        let copying = Arc::new(self.place.sessions(self.pool, at_most));
        let indexing = self.place.sessions(self.pool, at_most);
        let mut session = indexing.session().await?;
        self.place.establish(&mut session).await?;
        session.done();
        // The journal is read while tables are made still, into which nobody copies before.
        let closed = copying.all_turns().await?;
        // What is loaded is indexed while the rest is loaded still, which must not wait for all of that.
        let (loaded, to_index) = mpsc::unbounded_channel();
        let make_and_index = async {
            self.make(projections, &indexing).await?;
            drop(closed);
            Indexer { builder: self, sessions: &indexing }.index_loaded(to_index).await
        };
        try_join!(self.fold(projections, to, &copying, loaded), make_and_index)?;
        Ok(())
    }

    async fn make(&self, projections: &[Registered], sessions: &Sessions) -> Result<(), GenerationError> {
        let tables: Vec<_> = projections.iter().flat_map(|projection| (projection.tables)()).collect();
        let parts = tables.chunks(MADE_IN_A_ROW).map(async |tables| {
            let mut session = sessions.session().await?;
            self.place.make(&mut session, tables).await?;
            session.done();
            Ok::<(), GenerationError>(())
        });
        try_join_all(parts).await?;
        Ok(())
    }

    async fn fold(
        &self,
        projections: &[Registered],
        to: u64,
        copying: &Arc<Sessions>,
        loaded: mpsc::UnboundedSender<Registered>,
    ) -> Result<(), GenerationError> {
        self.progress.enter(Phase::Folding);
        let mut left: Vec<_> =
            projections.iter().map(|projection| (*projection, Remainder::everything())).collect();
        while !left.is_empty() {
            self.progress.expect(to);
            left = self.pass(left, to, copying, &loaded).await?;
        }
        self.progress.enter(Phase::Indexing);
        Ok(())
    }

    /// Reads the journal once and folds as much as there is memory for. Answers what is left.
    async fn pass(
        &self,
        left: Vec<(Registered, Remainder)>,
        to: u64,
        copying: &Arc<Sessions>,
        loaded: &mpsc::UnboundedSender<Registered>,
    ) -> Result<Vec<(Registered, Remainder)>, GenerationError> {
        let allowances = Allowance::among(left.len(), self.resources.memory);
        let mut subscribers = Vec::with_capacity(left.len());
        let mut loads = JoinSet::new();
        for ((projection, remainder), memory) in left.into_iter().zip(allowances) {
            let (subscriber, pages) = mpsc::channel(PAGES_AHEAD);
            subscribers.push(subscriber);
            let sessions = Arc::clone(copying);
            let loading = (projection.load)(Load { sessions, pages, to, remainder, memory });
            loads.spawn(async move { (projection, loading.await) });
        }
        let watched = (self.progress, self.cancelled);
        let read = source::read(self.pool, to, self.resources.jobs + 1, subscribers, watched).await;
        if let Err(error) = read {
            loads.shutdown().await;
            return Err(error);
        }
        let mut still_left = Vec::new();
        let mut failed = None;
        while let Some(load) = loads.join_next().await {
            match load? {
                (projection, Ok(Some(remainder))) => still_left.push((projection, remainder)),
                (projection, Ok(None)) => {
                    if loaded.send(projection).is_err() {
                        tracing::debug!(projection = projection.name, "nobody indexes any more");
                    }
                }
                (_, Err(error)) => failed = Some(error),
            }
        }
        // If one has failed, the others have ended early.
        failed.map_or(Ok(still_left), Err)
    }
}
