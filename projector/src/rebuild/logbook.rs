//! What a run writes down about the rebuilds it does, while it goes on.

use std::convert::Infallible;
use std::time::Duration;

use serde_json::{Value, to_value};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::record::{RebuildRecord, RebuildState, new_id};
use super::{RebuildError, RebuildOutcome, RebuildRequest};
use crate::Registered;
use crate::generation::{Phase, Progress};

const BETWEEN_REPORTS: Duration = Duration::from_millis(500);

/// Of a run that holds the locks of its projections, so no other process writes to these rows.
pub(super) struct Logbook {
    pool: PgPool,
    ids: Vec<(Uuid, &'static str)>,
}

impl Logbook {
    /// Writes down that these are begun now. Whatever is said to run of them has lost its process.
    pub(super) async fn begin(
        pool: &PgPool,
        projections: &[Registered],
        request: RebuildRequest,
        by: &str,
    ) -> Result<Self, RebuildError> {
        let mut transaction = pool.begin().await?;
        let mut ids = Vec::with_capacity(projections.len());
        for projection in projections {
            let (id, name) = (new_id(), projection.name);
            give_up(&mut transaction, name).await?;
            let begun = sqlx::query!(
                "INSERT INTO rebuilds (id, projection, state, dry_run, expect_equal, requested_by, requested_at,
                                       started_at)
                 VALUES ($1, $2, 'running', $3, $4, $5, clock_timestamp(), clock_timestamp())
                 ON CONFLICT (projection) WHERE state IN ('requested', 'running') DO NOTHING",
                id,
                name,
                request.dry_run,
                request.expect_equal,
                by
            )
            .execute(&mut *transaction)
            .await?;
            if begun.rows_affected() == 0 {
                return Err(RebuildError::UnderWay { name: name.to_owned() });
            }
            ids.push((id, name));
        }
        transaction.commit().await?;
        Ok(Self { pool: pool.clone(), ids })
    }

    /// Begins one that was asked for. `None`: it was cancelled, or another has done it.
    pub(super) async fn take_up(
        pool: &PgPool,
        name: &'static str,
        record: &RebuildRecord,
    ) -> Result<Option<Self>, RebuildError> {
        let begun = sqlx::query!(
            "UPDATE rebuilds SET state = 'running', started_at = clock_timestamp()
              WHERE id = $1 AND state = 'requested'",
            record.id
        )
        .execute(pool)
        .await?;
        Ok((begun.rows_affected() == 1).then(|| Self { pool: pool.clone(), ids: vec![(record.id, name)] }))
    }

    /// Writes how far the run is, and listens for whether it is to be cancelled; for ever.
    pub(super) async fn follow(&self, progress: &Progress, cancelled: &CancellationToken) -> Infallible {
        loop {
            tokio::time::sleep(BETWEEN_REPORTS).await;
            match self.report(progress).await {
                Ok(true) => cancelled.cancel(),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "the progress of a rebuild could not be written"),
            }
        }
    }

    /// `true`: somebody wants it cancelled.
    async fn report(&self, progress: &Progress) -> Result<bool, sqlx::Error> {
        let ids: Vec<Uuid> = self.ids.iter().map(|(id, _)| *id).collect();
        let cancels = sqlx::query_scalar!(
            "UPDATE rebuilds SET progress = $2 WHERE id = ANY($1) AND state = 'running' RETURNING cancel_requested",
            &ids,
            as_json(progress.report())
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(cancels.contains(&true))
    }

    /// Writes how the rebuild of one projection ended, unless it has ended before.
    pub(super) async fn end(
        &self,
        name: &str,
        progress: &Progress,
        ended: Result<&RebuildOutcome, &RebuildError>,
    ) {
        let mut progress = progress.report();
        if ended.is_ok() {
            progress.phase = Phase::Done;
        }
        let (state, report, error) = match ended {
            Ok(outcome) if outcome.swapped => (RebuildState::Swapped, Some(as_json(outcome)), None),
            Ok(outcome) => (RebuildState::Compared, Some(as_json(outcome)), None),
            Err(error) if error.is_cancelled() => (RebuildState::Cancelled, None, None),
            Err(error) => {
                (RebuildState::Failed, error.outcome_of(name).map(as_json), Some(error.to_string()))
            }
        };
        let Some((id, _)) = self.ids.iter().find(|(_, of)| *of == name) else { return };
        let written = sqlx::query!(
            "UPDATE rebuilds
                SET state = $2, progress = $3, report = $4, error = $5, finished_at = clock_timestamp()
              WHERE id = $1 AND state = 'running'",
            id,
            state.as_str(),
            as_json(progress),
            report,
            error
        )
        .execute(&self.pool)
        .await;
        if let Err(error) = written {
            tracing::warn!(%error, projection = name, "the end of a rebuild could not be written");
        }
    }
}

/// What is said to run of this projection runs no more: whoever calls holds its lock.
pub(super) async fn give_up(connection: &mut sqlx::PgConnection, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE rebuilds SET state = 'failed', error = 'its process ended', finished_at = clock_timestamp()
          WHERE projection = $1 AND state = 'running'",
        name
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Numbers, texts and lists with named members: always JSON.
fn as_json(value: impl serde::Serialize) -> Value {
    to_value(value).unwrap_or(Value::Null)
}
