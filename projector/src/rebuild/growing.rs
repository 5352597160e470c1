//! New tables of one projection, on their way to where the live ones are.

use sqlx::{Connection, PgConnection};
use tallybook_event_store::journal;

use super::blockers::InTheWay;
use super::lock::Lock;
use super::logbook::Logbook;
use super::swap::{Generation, Swap, Way, locked};
use super::takeover::Takeover;
use super::{Blocker, RebuildError, RebuildOutcome, Rebuilder};
use crate::Registered;
use crate::generation::{
    Follower, GenerationError, Phase, Place, RowDifference, Sessions, TableDifference, compare,
    row_differences,
};

/// Followed to within this many events before the projection is held still for the rest.
const CLOSE: u64 = 500;

/// What all new tables of one run share.
pub(super) struct Ground<'a> {
    pub(super) rebuilder: &'a Rebuilder,
    pub(super) place: &'a Place,
    /// What keeps others from the new tables.
    pub(super) lock: &'a Lock,
    /// Inside the new tables' schema.
    pub(super) sessions: Sessions,
    /// Inside the book's.
    pub(super) book: Sessions,
}

pub(super) struct Growing<'a> {
    ground: &'a Ground<'a>,
    projection: Registered,
    /// Everything up to here is in the new tables.
    pub(super) position: u64,
    in_the_way: InTheWay,
    /// Who was in the way of the last try.
    pub(super) blockers: Vec<Blocker>,
}

/// What a comparison saw.
pub(super) enum Look {
    Compared {
        tables: Vec<TableDifference>,
        rows: Vec<RowDifference>,
    },
    /// The live tables are this far behind the new ones.
    Behind(u64),
}

impl<'a> Growing<'a> {
    pub(super) fn built(ground: &'a Ground<'a>, projection: Registered, position: u64) -> Self {
        let in_the_way = InTheWay::of(locked(ground.place.book(), projection));
        Self { ground, projection, position, in_the_way, blockers: Vec::new() }
    }

    pub(super) fn name(&self) -> &'static str {
        self.projection.name
    }

    /// Compares live and new tables as of one position, while both go on.
    /// Rows that differ are told one by one up to so many per table.
    pub(super) async fn look(&mut self, rows_told: i64) -> Result<Look, RebuildError> {
        let Ground { rebuilder, place, book, .. } = self.ground;
        let mut session = book.session().await?;
        let takeover = self.hold_still(&mut session).await?;
        if takeover.position < self.position {
            let behind = self.position - takeover.position;
            takeover.end().await;
            session.done();
            return Ok(Look::Behind(behind));
        }
        let mut moment = session.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        // The first statement fixes the moment; from then on the projection may move again.
        let live =
            sqlx::query_scalar!("SELECT position FROM projections WHERE name = $1", self.projection.name)
                .fetch_one(&mut *moment)
                .await;
        takeover.end().await;
        if journal::unsigned(live?)? != self.position {
            return Err(RebuildError::Overtaken { name: self.projection.name.to_owned() });
        }
        rebuilder.progress.enter(Phase::Comparing);
        let (mut tables, mut rows) = (Vec::new(), Vec::new());
        for table in (self.projection.tables)() {
            if rebuilder.cancelled.is_cancelled() {
                return Err(GenerationError::Cancelled.into());
            }
            let difference = compare(&mut moment, place, table).await?;
            if rows_told > 0 && !difference.is_none() {
                rows.extend(row_differences(&mut moment, place, table, rows_told).await?);
            }
            tables.push(difference);
        }
        moment.rollback().await?;
        self.still_locked(&mut session).await?;
        session.done();
        Ok(Look::Compared { tables, rows })
    }

    /// Tries once to put the new tables into the place of the live ones. `None`: somebody is in the way, and who is in
    /// `blockers`. The live ones go on meanwhile, and these follow.
    pub(super) async fn try_swap(
        &mut self,
        logbook: &Logbook,
        found: &RebuildOutcome,
    ) -> Result<Option<RebuildOutcome>, RebuildError> {
        let Ground { rebuilder, place, lock, book, .. } = self.ground;
        let mut session = book.session().await?;
        self.blockers = self.in_the_way.still(&mut session).await?.to_vec();
        if !self.blockers.is_empty() {
            let live = self.live_position().await?;
            self.follow(&mut session, live).await?;
            session.done();
            return Ok(None);
        }
        let takeover = self.hold_still(&mut session).await?;
        let swap = Swap {
            projection: self.projection,
            way: Way::Forth,
            site: place,
            lock,
            logbook,
            progress: &rebuilder.progress,
            new: Generation { version: self.projection.version, position: self.position },
            outcome: found.clone(),
        };
        let tried = swap.attempt(&mut session, &takeover).await;
        // Looked for before the projection goes on: its own pages are in nobody's way.
        let looked = match &tried {
            Ok(None) => self.in_the_way.look(&mut session).await.map(<[Blocker]>::to_vec),
            Ok(Some(_)) | Err(_) => Ok(Vec::new()),
        };
        takeover.end().await;
        let swapped = tried?;
        self.blockers = looked?;
        session.done();
        Ok(swapped)
    }

    /// Brings the new tables to where the live ones stand, and keeps those there. Tables that are ahead stay so.
    async fn hold_still(&mut self, book: &mut PgConnection) -> Result<Takeover, RebuildError> {
        loop {
            let live = self.live_position().await?;
            if live <= self.position.saturating_add(CLOSE) {
                break;
            }
            self.follow(book, live).await?;
        }
        // Connected before the projection is held still, not while it is.
        let mut own = self.ground.sessions.session().await?;
        let takeover = Takeover::begin(&self.ground.rebuilder.pool, self.projection.name).await?;
        match self.follow_on((book, &mut own), takeover.position).await {
            Ok(()) => {
                own.done();
                Ok(takeover)
            }
            Err(error) => {
                takeover.end().await;
                Err(error)
            }
        }
    }

    async fn follow(&mut self, book: &mut PgConnection, to: u64) -> Result<(), RebuildError> {
        let mut own = self.ground.sessions.session().await?;
        self.follow_on((book, &mut own), to).await?;
        own.done();
        Ok(())
    }

    async fn follow_on(
        &mut self,
        (book, connection): (&mut PgConnection, &mut PgConnection),
        to: u64,
    ) -> Result<(), RebuildError> {
        let Rebuilder { pool, cancelled, .. } = self.ground.rebuilder;
        if cancelled.is_cancelled() {
            return Err(GenerationError::Cancelled.into());
        }
        if to > self.position {
            self.still_locked(book).await?;
            let from = self.position;
            (self.projection.follow)(Follower { connection, pool, from, to, cancelled }).await?;
            self.position = to;
        }
        Ok(())
    }

    /// Without the lock the new tables are perhaps another's.
    async fn still_locked(&self, connection: &mut PgConnection) -> Result<(), RebuildError> {
        if self.ground.lock.is_held(self.name(), connection).await? {
            return Ok(());
        }
        Err(RebuildError::LockLost { name: self.projection.name.to_owned() })
    }

    async fn live_position(&self) -> Result<u64, RebuildError> {
        let position =
            sqlx::query_scalar!("SELECT position FROM projections WHERE name = $1", self.projection.name)
                .fetch_one(&self.ground.rebuilder.pool)
                .await?;
        Ok(journal::unsigned(position)?)
    }
}
