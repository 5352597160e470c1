//! A rebuild from beginning to end.

use futures::{FutureExt, StreamExt, stream};
use sqlx::PgPool;
use tallybook_event_store::journal;

use super::growing::{Growing, Look};
use super::lock::Lock;
use super::logbook::Logbook;
use super::restore::{missing, restore};
use super::{RebuildError, RebuildOutcome, RebuildRecord, RebuildRequest, Rebuilder, sweep};
use crate::engine::register;
use crate::generation::{Builder, Phase, Place, TableDifference};
use crate::{Registered, every};

/// A projection this far behind the journal is not waited for: its new tables go ahead of it.
const FAR_BEHIND: u64 = 10_000;

/// Where the next generation is made.
pub(super) fn next(schema: &str) -> Place {
    Place::beside(schema, "next")
}

impl Rebuilder {
    /// Rebuilds projections together, reading the journal once. Each is swapped by itself, when it is ready.
    pub async fn rebuild(
        &self,
        projections: &[Registered],
        request: RebuildRequest,
    ) -> Result<Vec<RebuildOutcome>, RebuildError> {
        sweep(&self.pool, &self.schema, &every()).await?;
        let locks = self.lock(projections).await?;
        match Logbook::begin(&self.pool, projections, request, &self.by).await {
            Ok(logbook) => self.logged(projections, request, (locks, logbook)).await,
            Err(error) => {
                release(locks).await?;
                Err(error)
            }
        }
    }

    /// Does a rebuild that was asked for, unless it was cancelled or done in the meantime.
    pub(super) async fn carry_out(
        &self,
        projection: Registered,
        record: &RebuildRecord,
    ) -> Result<(), RebuildError> {
        let locks = self.lock(&[projection]).await?;
        match Logbook::take_up(&self.pool, projection.name, record).await {
            Ok(Some(logbook)) => {
                self.logged(&[projection], record.request(), (locks, logbook)).await?;
                Ok(())
            }
            Ok(None) => release(locks).await,
            Err(error) => {
                release(locks).await?;
                Err(error)
            }
        }
    }

    /// Rebuilds while the logbook is kept. Its last entry is there before others may begin.
    async fn logged(
        &self,
        projections: &[Registered],
        request: RebuildRequest,
        (locks, logbook): (Vec<Lock>, Logbook),
    ) -> Result<Vec<RebuildOutcome>, RebuildError> {
        let place = next(&self.schema);
        let done = tokio::select! {
            done = self.rebuild_in(&place, projections, request, (&locks, &logbook)) => done,
            never = logbook.follow(&self.progress, &self.cancelled) => match never {},
        };
        if let Err(error) = &done {
            for projection in projections {
                logbook.end(projection.name, &self.progress, Err(error)).await;
            }
        }
        // What was done is told even if what is left over could not be dropped: the next sweep drops it.
        if let Err(error) = self.clear(&place, projections, locks).await {
            tracing::warn!(%error, "what a rebuild left over could not be dropped");
        }
        done
    }

    pub(super) async fn lock(&self, projections: &[Registered]) -> Result<Vec<Lock>, RebuildError> {
        let mut locks = Vec::with_capacity(projections.len());
        for projection in projections {
            register(&self.pool, projection.name, projection.version).await?;
            locks.push(Lock::take(&self.pool, &self.schema, projection.name).await?);
            let made = version(&self.pool, projection.name).await?;
            if made > projection.version {
                return Err(RebuildError::NewerVersion { name: projection.name.to_owned(), made });
            }
        }
        Ok(locks)
    }

    /// Drops what is left of the tables in the place, and lets others work on these projections.
    pub(super) async fn clear(
        &self,
        place: &Place,
        projections: &[Registered],
        locks: Vec<Lock>,
    ) -> Result<(), RebuildError> {
        let mut connection = place.connect(&self.pool).await?;
        for (projection, lock) in projections.iter().zip(&locks) {
            // Without the lock they are perhaps another's.
            if lock.is_held(&mut connection).await? {
                place.drop_tables(&mut connection, &(projection.tables)()).await?;
            }
        }
        release(locks).await
    }

    async fn rebuild_in(
        &self,
        place: &Place,
        projections: &[Registered],
        request: RebuildRequest,
        (locks, logbook): (&[Lock], &Logbook),
    ) -> Result<Vec<RebuildOutcome>, RebuildError> {
        let to = if self.restore_missing(projections, request).await? {
            journal::head_position(&self.pool).await?
        } else {
            self.target(projections).await?
        };
        self.builder(place).build(projections, to).await?;
        self.progress.enter(Phase::CatchingUp);
        // All are looked at before the first is swapped: a difference nobody expected stops all of them.
        let looking: Vec<_> = projections
            .iter()
            .copied()
            .zip(locks)
            .map(|locked| self.look(place, locked, to, request).boxed())
            .collect();
        let looks: Vec<Result<_, _>> = stream::iter(looking).buffered(self.jobs.max(1)).collect().await;
        let looks = looks.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut outcomes = Vec::with_capacity(looks.len());
        for (growing, differences) in looks {
            let outcome = finish(growing, differences, request).await?;
            logbook.end(&outcome.projection, &self.progress, Ok(&outcome)).await;
            outcomes.push(outcome);
        }
        self.progress.enter(Phase::Done);
        Ok(outcomes)
    }

    /// Makes tables again that somebody threw away. `true`: there were such.
    async fn restore_missing(
        &self,
        projections: &[Registered],
        request: RebuildRequest,
    ) -> Result<bool, RebuildError> {
        let mut restored = false;
        for projection in projections {
            let tables = missing(&self.pool, &self.schema, *projection).await?;
            if tables.is_empty() {
                continue;
            }
            if request != RebuildRequest::default() {
                return Err(RebuildError::Missing { name: projection.name.to_owned(), tables });
            }
            restore(&self.pool, &self.schema, (*projection, &tables)).await?;
            restored = true;
        }
        Ok(restored)
    }

    pub(crate) fn builder<'a>(&'a self, place: &'a Place) -> Builder<'a> {
        Builder {
            pool: &self.pool,
            place,
            resources: self.resources(),
            progress: &self.progress,
            cancelled: &self.cancelled,
        }
    }

    /// Where the live tables are, so that old and new can be compared there; or the head, if they are far behind it.
    async fn target(&self, projections: &[Registered]) -> Result<u64, RebuildError> {
        let head = journal::head_position(&self.pool).await?;
        let slowest = self.slowest(projections).await?;
        Ok(if head.saturating_sub(slowest) > FAR_BEHIND { head } else { slowest })
    }

    /// Where the one of them stands that has come least far.
    pub(super) async fn slowest(&self, projections: &[Registered]) -> Result<u64, RebuildError> {
        let names: Vec<String> = projections.iter().map(|projection| projection.name.to_owned()).collect();
        let slowest = sqlx::query_scalar!(
            "SELECT min(coalesce(position, 0)) FROM unnest($1::text[]) AS wanted (name) LEFT JOIN projections USING (name)",
            &names
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(slowest.map(journal::unsigned).transpose()?.unwrap_or(0))
    }

    /// New tables that have been compared with the live ones.
    async fn look<'a>(
        &'a self,
        place: &'a Place,
        (projection, lock): (Registered, &'a Lock),
        built: u64,
        request: RebuildRequest,
    ) -> Result<(Growing<'a>, Option<Vec<TableDifference>>), RebuildError> {
        let mut growing = Growing::built(self, place, (projection, lock), built).await?;
        let name = || projection.name.to_owned();
        match growing.look(0).await? {
            Look::Behind(lag) if request.expect_equal => {
                Err(RebuildError::NotComparable { name: name(), lag })
            }
            Look::Behind(_) => Ok((growing, None)),
            Look::Compared { tables: differences, rows: _ } => {
                if request.expect_equal && differences.iter().any(|table| !table.is_none()) {
                    let position = growing.position;
                    return Err(RebuildError::Different { name: name(), position, differences });
                }
                Ok((growing, Some(differences)))
            }
        }
    }
}

/// Of the fold that made the tables in use.
pub(super) async fn version(pool: &PgPool, name: &str) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!("SELECT version FROM projections WHERE name = $1", name).fetch_one(pool).await
}

async fn release(locks: Vec<Lock>) -> Result<(), RebuildError> {
    for lock in locks {
        lock.release().await?;
    }
    Ok(())
}

/// The swap, if it is wanted.
async fn finish(
    growing: Growing<'_>,
    differences: Option<Vec<TableDifference>>,
    request: RebuildRequest,
) -> Result<RebuildOutcome, RebuildError> {
    let projection = growing.name().to_owned();
    let swapped = !request.dry_run;
    let position = if swapped { growing.swap().await? } else { growing.position };
    Ok(RebuildOutcome { projection, position, differences, swapped })
}
