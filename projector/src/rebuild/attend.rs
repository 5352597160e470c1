//! Doing the rebuilds that are asked for, one after the other, beside the projections of this process.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::overtake::Overtaker;
use super::record::{new_id, waiting};
use super::request::PROJECTOR;
use super::run::version;
use super::{
    Asked, NewRebuild, RebuildError, RebuildRecord, RebuildRequest, Rebuilder, request_rebuild, sweep,
};
use crate::Registered;

const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
const BETWEEN_SWEEPS: Duration = Duration::from_secs(10);
/// What failed is asked for again after a while, and then after twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

pub(crate) struct Attendant {
    /// As it is for each: its progress and its cancellation are made anew.
    pub(crate) rebuilder: Rebuilder,
    pub(crate) projections: Vec<Registered>,
    pub(crate) overtaker: Overtaker,
    pub(crate) shutdown: CancellationToken,
}

/// What this process has asked for by itself, by projection.
type AskedFor = HashMap<&'static str, OwnRequest>;

struct OwnRequest {
    id: Uuid,
    at: Instant,
    /// Before it is asked for again.
    pause: Duration,
}

impl Attendant {
    /// Until shutdown, which also ends a rebuild under way.
    pub(crate) async fn attend(mut self) {
        let mut swept: Option<Instant> = None;
        let mut asked_for = AskedFor::new();
        while !self.shutdown.is_cancelled() {
            if swept.is_none_or(|at| at.elapsed() >= BETWEEN_SWEEPS) {
                let Rebuilder { pool, schema, .. } = &self.rebuilder;
                note(sweep(pool, schema).await, "what dead rebuilds left");
                note(self.ask_for_stale(&mut asked_for).await, "tables of an older version");
                swept = Some(Instant::now());
            }
            let rebuilder = self.rebuilder.anew(self.shutdown.child_token());
            let overtaken = self.overtaker.overtake(&rebuilder, &self.projections).await;
            note(overtaken, "projections that are far behind");
            note(self.do_waiting(&asked_for).await, "rebuilds that are asked for");
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_LOOKS) => {}
                () = self.shutdown.cancelled() => {}
            }
        }
    }

    /// Tables made by an older version of a fold are rebuilt; they serve until then, as they stand.
    async fn ask_for_stale(&self, asked_for: &mut AskedFor) -> Result<(), RebuildError> {
        let made =
            sqlx::query!("SELECT name, version FROM projections").fetch_all(&self.rebuilder.pool).await?;
        for projection in &self.projections {
            let stale =
                made.iter().any(|row| row.name == projection.name && row.version < projection.version);
            if !stale {
                asked_for.remove(projection.name);
                continue;
            }
            let last = asked_for.get(projection.name);
            if last.is_some_and(|last| last.at.elapsed() < last.pause) {
                continue;
            }
            let pause = last.map_or(FIRST_PAUSE, |last| (last.pause * 2).min(LONGEST_PAUSE));
            let (projection, request) = (projection.name, RebuildRequest::default());
            let new = NewRebuild { id: new_id(), projection, request, by: PROJECTOR };
            match request_rebuild(&self.rebuilder.pool, new).await {
                Ok(Asked::Now(record) | Asked::Before(record)) => {
                    asked_for.insert(projection, OwnRequest { id: record.id, at: Instant::now(), pause });
                    tracing::info!(projection, rebuild = %record.id, "its fold has a new version: it is rebuilt");
                }
                Err(RebuildError::UnderWay { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn do_waiting(&self, asked_for: &AskedFor) -> Result<(), RebuildError> {
        for record in waiting(&self.rebuilder.pool).await? {
            if self.shutdown.is_cancelled() {
                break;
            }
            if record.requested_by != PROJECTOR || self.is_for_this(&record, asked_for).await? {
                self.carry_out(&record).await;
            }
        }
        Ok(())
    }

    /// Whether a projector of this version has asked: one of an older version would only make the old tables again.
    async fn is_for_this(&self, record: &RebuildRecord, asked_for: &AskedFor) -> Result<bool, RebuildError> {
        let Some(projection) = self.projections.iter().find(|known| known.name == record.projection) else {
            return Ok(false);
        };
        let own = asked_for.get(projection.name).is_some_and(|own| own.id == record.id);
        Ok(own || version(&self.rebuilder.pool, projection.name).await? < projection.version)
    }

    async fn carry_out(&self, record: &RebuildRecord) {
        let Some(projection) = self.projections.iter().find(|known| known.name == record.projection) else {
            return;
        };
        let (rebuild, name) = (record.id, projection.name);
        match self.rebuilder.anew(self.shutdown.child_token()).carry_out(*projection, record).await {
            Ok(()) => tracing::info!(projection = name, %rebuild, "a rebuild has ended"),
            // It is checked, or rebuilt by a command: later.
            Err(RebuildError::UnderWay { .. }) => {}
            // Left for a program of that version.
            Err(RebuildError::NewerVersion { .. }) => {}
            Err(error) => {
                tracing::warn!(projection = name, %rebuild, %error, "a rebuild did not come to its end")
            }
        }
    }
}

fn note(done: Result<(), RebuildError>, what: &str) {
    if let Err(error) = done {
        tracing::warn!(%error, "{what} could not be looked after; it is tried again");
    }
}
