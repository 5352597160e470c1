//! What a run writes down about the rebuilds it does, while it goes on.

use std::convert::Infallible;
use std::time::Duration;

use serde_json::{Value, to_value};
use sqlx::{PgConnection, PgPool};
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

/// What a run sets out to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Undertaking<'a> {
    pub(super) run: i32,
    pub(super) request: RebuildRequest,
    /// A return to the tables that were replaced.
    pub(super) back: bool,
    pub(super) by: &'a str,
}

impl Logbook {
    /// Writes down that these are begun now. Whatever is said to run of them has lost its process.
    pub(super) async fn begin(
        pool: &PgPool,
        projections: &[Registered],
        undertaking: Undertaking<'_>,
    ) -> Result<Self, RebuildError> {
        let mut transaction = pool.begin().await?;
        let mut ids = Vec::with_capacity(projections.len());
        for projection in projections {
            let (id, name) = (new_id(), projection.name);
            give_up(&mut transaction, name).await?;
            let begun = sqlx::query!(
                "INSERT INTO rebuilds (id, projection, state, dry_run, expect_equal, back, run, requested_by, requested_at,
                                       started_at)
                 VALUES ($1, $2, 'running', $3, $4, $5, $6, $7, clock_timestamp(), clock_timestamp())
                 ON CONFLICT (projection) WHERE state IN ('requested', 'running') DO NOTHING",
                id,
                name,
                undertaking.request.dry_run,
                undertaking.request.expect_equal,
                undertaking.back,
                undertaking.run,
                undertaking.by
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
        (record, run): (&RebuildRecord, i32),
    ) -> Result<Option<Self>, RebuildError> {
        let begun = sqlx::query!(
            "UPDATE rebuilds SET state = 'running', started_at = clock_timestamp(), run = $2
              WHERE id = $1 AND state = 'requested'",
            record.id,
            run
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

    /// Writes in the transaction of a swap that it is done: both happen, or neither. `false`: it was given up before.
    pub(super) async fn swapped(
        &self,
        connection: &mut PgConnection,
        progress: &Progress,
        outcome: &RebuildOutcome,
    ) -> Result<bool, sqlx::Error> {
        let Some(id) = self.id_of(&outcome.projection) else { return Ok(false) };
        self.write(connection, id, &Ending::of(progress, Ok(outcome))).await
    }

    /// Writes how the rebuild of one projection ended, unless it has ended before.
    pub(super) async fn end(
        &self,
        name: &str,
        progress: &Progress,
        ended: Result<&RebuildOutcome, &RebuildError>,
    ) {
        let Some(id) = self.id_of(name) else { return };
        let mut ending = Ending::of(progress, ended);
        if let Err(error) = ended {
            ending.report = error.outcome_of(name).map(as_json);
        }
        let written = async {
            let mut connection = self.pool.acquire().await?;
            self.write(&mut connection, id, &ending).await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, projection = name, "the end of a rebuild could not be written");
        }
    }

    fn id_of(&self, name: &str) -> Option<Uuid> {
        self.ids.iter().find(|(_, of)| *of == name).map(|(id, _)| *id)
    }

    async fn write(
        &self,
        connection: &mut PgConnection,
        id: Uuid,
        ending: &Ending,
    ) -> Result<bool, sqlx::Error> {
        let written = sqlx::query!(
            "UPDATE rebuilds
                SET state = $2, progress = $3, report = $4, error = $5, finished_at = clock_timestamp()
              WHERE id = $1 AND state = 'running'",
            id,
            ending.state.as_str(),
            ending.progress,
            ending.report,
            ending.error
        )
        .execute(connection)
        .await?;
        Ok(written.rows_affected() == 1)
    }
}

/// The last entry about a rebuild.
struct Ending {
    state: RebuildState,
    progress: Value,
    report: Option<Value>,
    error: Option<String>,
}

impl Ending {
    fn of(progress: &Progress, ended: Result<&RebuildOutcome, &RebuildError>) -> Self {
        let mut progress = progress.report();
        progress.waits_for.clear();
        if ended.is_ok() {
            progress.phase = Phase::Done;
        }
        let (state, error) = match ended {
            Ok(outcome) if outcome.swapped => (RebuildState::Swapped, None),
            Ok(_) => (RebuildState::Compared, None),
            Err(error) if error.is_cancelled() => (RebuildState::Cancelled, None),
            Err(error) => (RebuildState::Failed, Some(error.to_string())),
        };
        Self { state, progress: as_json(progress), report: ended.ok().map(as_json), error }
    }
}

/// What is said to run of this projection runs no more: whoever calls holds its lock.
async fn give_up(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE rebuilds SET state = 'failed', error = 'its process ended', finished_at = clock_timestamp()
          WHERE projection = $1 AND state = 'running'",
        name
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The same of a run: whoever calls holds its lock. `false`: nothing of it was said to run.
pub(super) async fn give_up_run(pool: &PgPool, run: i32) -> Result<bool, sqlx::Error> {
    let given_up = sqlx::query!(
        "UPDATE rebuilds SET state = 'failed', error = 'its process ended', finished_at = clock_timestamp()
          WHERE run = $1 AND state = 'running'",
        run
    )
    .execute(pool)
    .await?;
    Ok(given_up.rows_affected() > 0)
}

/// The same of earlier versions of the program, whose runs had no numbers.
pub(super) async fn give_up_unnumbered(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE rebuilds SET state = 'failed', error = 'its process ended', finished_at = clock_timestamp()
          WHERE run IS NULL AND state = 'running'"
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Numbers, texts and lists with named members: always JSON.
fn as_json(value: impl serde::Serialize) -> Value {
    to_value(value).unwrap_or(Value::Null)
}
