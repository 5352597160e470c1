//! Doing the rebuilds that are asked for, one after the other, beside the projections of this process.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::record::{new_id, waiting};
use super::request::PROJECTOR;
use super::{
    Asked, NewRebuild, RebuildError, RebuildRecord, RebuildRequest, Rebuilder, request_rebuild, sweep,
};
use crate::Registered;

const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
const BETWEEN_SWEEPS: Duration = Duration::from_secs(10);
pub(crate) struct Attendant {
    /// As it is for each: its progress and its cancellation are made anew.
    pub(crate) rebuilder: Rebuilder,
    pub(crate) projections: Vec<Registered>,
    pub(crate) shutdown: CancellationToken,
}

impl Attendant {
    /// Until shutdown, which also ends a rebuild under way.
    pub(crate) async fn attend(self) {
        let mut swept: Option<Instant> = None;
        // Each process asks once: what fails again and again must not be done again and again.
        let mut asked_for = HashSet::new();
        while !self.shutdown.is_cancelled() {
            if swept.is_none_or(|at| at.elapsed() >= BETWEEN_SWEEPS) {
                let Rebuilder { pool, schema, .. } = &self.rebuilder;
                note(sweep(pool, schema, &self.projections).await, "what dead rebuilds left");
                note(self.ask_for_stale(&mut asked_for).await, "tables of an older version");
                swept = Some(Instant::now());
            }
            note(self.do_waiting().await, "rebuilds that are asked for");
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_LOOKS) => {}
                () = self.shutdown.cancelled() => {}
            }
        }
    }

    /// Tables made by an older version of a fold are rebuilt; they serve until then, as they stand.
    async fn ask_for_stale(&self, asked_for: &mut HashSet<&'static str>) -> Result<(), RebuildError> {
        let made =
            sqlx::query!("SELECT name, version FROM projections").fetch_all(&self.rebuilder.pool).await?;
        for projection in &self.projections {
            let stale =
                made.iter().any(|row| row.name == projection.name && row.version < projection.version);
            if !stale || asked_for.contains(projection.name) {
                continue;
            }
            let (projection, request) = (projection.name, RebuildRequest::default());
            let new = NewRebuild { id: new_id(), projection, request, by: PROJECTOR };
            match request_rebuild(&self.rebuilder.pool, new).await {
                Ok(Asked::Now(record) | Asked::Before(record)) => {
                    asked_for.insert(projection);
                    tracing::info!(projection, rebuild = %record.id, "its fold has a new version: it is rebuilt");
                }
                Err(RebuildError::UnderWay { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn do_waiting(&self) -> Result<(), RebuildError> {
        for record in waiting(&self.rebuilder.pool).await? {
            if self.shutdown.is_cancelled() {
                break;
            }
            self.carry_out(&record).await;
        }
        Ok(())
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
