//! A rebuild from beginning to end.

use futures::{FutureExt, StreamExt, stream};
use sqlx::PgPool;
use tallybook_event_store::journal;

use super::dependents::dependents;
use super::ending::{Ended, all_or_each};
use super::growing::{Ground, Growing, Look};
use super::lock::Lock;
use super::logbook::{Logbook, Undertaking};
use super::restore::{missing, restore};
use super::site::Site;
use super::swap::{in_use, kept};
use super::swapping::Ready;
use super::sweep::sweep_first;
use super::{RebuildError, RebuildOutcome, RebuildRecord, RebuildRequest, Rebuilder, Unfinished};
use crate::Registered;
use crate::engine::register;
use crate::generation::{Builder, Phase, Place, Sessions};

/// What a run holds until its end.
pub(super) struct Held {
    pub(super) site: Site,
    /// On all of its projections.
    pub(super) lock: Lock,
}

impl Rebuilder {
    /// Rebuilds projections together, reading the journal once. Each is swapped by itself, when it is ready.
    pub async fn rebuild(
        &self,
        projections: &[Registered],
        request: RebuildRequest,
    ) -> Result<Vec<RebuildOutcome>, Unfinished> {
        match self.begin_rebuild(projections, request).await {
            Ok(begun) => self.logged(projections, request, begun).await,
            Err(error) => Err(Unfinished::before_all(projections, error)),
        }
    }

    async fn begin_rebuild(
        &self,
        projections: &[Registered],
        request: RebuildRequest,
    ) -> Result<(Held, Logbook), RebuildError> {
        sweep_first(&self.pool, &self.schema).await;
        let held = self.hold(projections).await?;
        let undertaking = Undertaking { run: held.site.run, request, back: false, by: &self.by };
        match Logbook::begin(&self.pool, projections, undertaking).await {
            Ok(logbook) => Ok((held, logbook)),
            Err(error) => {
                self.let_go(held).await;
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
        let held = self.hold(&[projection]).await?;
        match Logbook::take_up(&self.pool, projection.name, (record, held.site.run)).await {
            Ok(Some(logbook)) => {
                let done = self.logged(&[projection], record.request(), (held, logbook)).await;
                done.map(|_| ()).map_err(|unfinished| *unfinished.cause)
            }
            Ok(None) => {
                self.let_go(held).await;
                Ok(())
            }
            Err(error) => {
                self.let_go(held).await;
                Err(error)
            }
        }
    }

    /// Rebuilds while the logbook is kept. Its last entry is there before others may begin.
    async fn logged(
        &self,
        projections: &[Registered],
        request: RebuildRequest,
        (held, logbook): (Held, Logbook),
    ) -> Result<Vec<RebuildOutcome>, Unfinished> {
        let done = tokio::select! {
            done = self.rebuild_in(projections, request, (&held, &logbook)) => done,
            never = logbook.follow(&self.progress, &self.cancelled) => match never {},
        };
        let done = match done {
            Ok(ended) => {
                for (name, ended) in &ended {
                    logbook.end(name, &self.progress, ended.as_ref()).await;
                }
                all_or_each(ended)
            }
            Err(error) => {
                for projection in projections {
                    logbook.end(projection.name, &self.progress, Err(&error)).await;
                }
                Err(Unfinished::before_all(projections, error))
            }
        };
        self.let_go(held).await;
        done
    }

    /// Keeps others from these projections, and takes a schema for their tables.
    pub(super) async fn hold(&self, projections: &[Registered]) -> Result<Held, RebuildError> {
        for projection in projections {
            register(&self.pool, projection.name, projection.version).await?;
        }
        let names: Vec<&str> = projections.iter().map(|projection| projection.name).collect();
        let lock = Lock::take(&self.pool, &self.schema, &names).await?;
        let opened = match self.none_is_newer(projections).await {
            Ok(()) => Site::open(&self.pool, &self.schema).await,
            Err(error) => Err(error),
        };
        match opened {
            Ok(site) => Ok(Held { site, lock }),
            Err(error) => {
                lock.let_go().await;
                Err(error)
            }
        }
    }

    async fn none_is_newer(&self, projections: &[Registered]) -> Result<(), RebuildError> {
        for projection in projections {
            let made = version(&self.pool, projection.name).await?;
            if made > projection.version {
                return Err(RebuildError::NewerVersion { name: projection.name.to_owned(), made });
            }
        }
        Ok(())
    }

    /// Drops what is left of the tables of a run, and lets others work on its projections. What was done is told even
    /// if this fails: the locks end with their connections, and the next sweep drops the rest.
    pub(super) async fn let_go(&self, held: Held) {
        held.site.close(&self.pool).await;
        held.lock.let_go().await;
    }

    async fn rebuild_in(
        &self,
        projections: &[Registered],
        request: RebuildRequest,
        (held, logbook): (&Held, &Logbook),
    ) -> Result<Vec<Ended>, RebuildError> {
        if !request.dry_run {
            self.may_be_replaced(projections).await?;
        }
        let to = if self.restore_missing(projections, request).await? {
            journal::head_position(&self.pool).await?
        } else {
            self.target(projections).await?
        };
        let place = &held.site.place;
        self.builder(place).build(projections, to).await?;
        self.progress.enter(Phase::CatchingUp);
        let ground = self.ground(place, &held.lock);
        // All are looked at before the first is swapped: a difference nobody expected stops all of them.
        let looking: Vec<_> = projections
            .iter()
            .copied()
            .map(|projection| self.look(&ground, projection, (to, request)).boxed())
            .collect();
        let looks: Vec<Result<_, _>> = stream::iter(looking).buffered(self.jobs.max(1)).collect().await;
        let mut ready = looks.into_iter().collect::<Result<Vec<_>, _>>()?;
        self.find_dependents(projections, &mut ready).await?;
        let mut ended: Vec<Ended> = if request.dry_run {
            ready.into_iter().map(|one| (one.growing.name(), Ok(one.found))).collect()
        } else {
            self.swap_each(ready, logbook).await
        };
        self.progress.enter(Phase::Done);
        // As they were asked for, whichever was done first.
        ended.sort_by_key(|(name, _)| projections.iter().position(|projection| projection.name == *name));
        Ok(ended)
    }

    /// What others have made over the tables in use. All are asked for at once, as there is hardly ever any.
    async fn find_dependents(
        &self,
        projections: &[Registered],
        ready: &mut [Ready<'_>],
    ) -> Result<(), RebuildError> {
        let all: Vec<String> =
            projections.iter().flat_map(|projection| in_use(&self.schema, *projection)).collect();
        if dependents(&self.pool, &all).await?.is_empty() {
            return Ok(());
        }
        for (one, projection) in ready.iter_mut().zip(projections) {
            one.found.dependents = dependents(&self.pool, &in_use(&self.schema, *projection)).await?;
        }
        Ok(())
    }

    /// The tables kept from the last swap are dropped by the next one, if nothing of others hangs on them.
    async fn may_be_replaced(&self, projections: &[Registered]) -> Result<(), RebuildError> {
        let all: Vec<String> =
            projections.iter().flat_map(|projection| kept(&self.schema, *projection)).collect();
        if dependents(&self.pool, &all).await?.is_empty() {
            return Ok(());
        }
        for projection in projections {
            let dependents = dependents(&self.pool, &kept(&self.schema, *projection)).await?;
            if !dependents.is_empty() {
                return Err(RebuildError::KeptByOthers { name: projection.name.to_owned(), dependents });
            }
        }
        Ok(())
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

    pub(super) fn ground<'a>(&'a self, place: &'a Place, lock: &'a Lock) -> Ground<'a> {
        let sessions = self.jobs.max(1);
        let book = Sessions::new(&self.pool, "SET client_min_messages = warning".to_owned(), sessions);
        Ground { rebuilder: self, place, lock, sessions: place.sessions(&self.pool, sessions), book }
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
        Ok(if head.saturating_sub(slowest) > self.far_behind { head } else { slowest })
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
        &self,
        ground: &'a Ground<'a>,
        projection: Registered,
        (built, request): (u64, RebuildRequest),
    ) -> Result<Ready<'a>, RebuildError> {
        let mut growing = Growing::built(ground, projection, built);
        let name = projection.name.to_owned();
        let differences = match growing.look(0).await? {
            Look::Behind(lag) if request.expect_equal => {
                return Err(RebuildError::NotComparable { name, lag });
            }
            Look::Behind(_) => None,
            Look::Compared { tables: differences, rows: _ } => Some(differences),
        };
        let position = growing.position;
        if let Some(differences) = &differences
            && request.expect_equal
            && differences.iter().any(|table| !table.is_none())
        {
            return Err(RebuildError::Different { name, position, differences: differences.clone() });
        }
        let (swapped, replaced_position) = (false, None);
        let found = RebuildOutcome {
            projection: name,
            position,
            differences,
            swapped,
            replaced_position,
            dependents: Vec::new(),
        };
        Ok(Ready { growing, found })
    }
}

/// Of the fold that made the tables in use.
pub(super) async fn version(pool: &PgPool, name: &str) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!("SELECT version FROM projections WHERE name = $1", name).fetch_one(pool).await
}
