//! Whether requests can be served: asked of the database at most once a second, whoever asks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tallybook_event_store::schema::pending_migrations;
use tallybook_projector::{ProjectionStatus, Status, statuses};
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::problem::{Problem, ProblemKind};
use crate::state::ApiState;

const KEEP: Duration = Duration::from_secs(1);
const WITHIN: Duration = Duration::from_secs(3);

/// What was last found, and when.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, Arc<Ready>)>>);

/// The book can be read and written.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Ready {
    #[schema(example = "ready")]
    status: &'static str,
    #[schema(example = "up")]
    database: &'static str,
    pending_migrations: usize,
    /// The last position of the journal.
    position: u64,
    /// What someone should look at, although requests can be served.
    #[schema(example = "wallets has stopped at position 1201")]
    detail: Option<String>,
    pub(super) projections: Vec<ProjectionLag>,
}

/// How far a read model is behind. That is no reason not to be ready.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProjectionLag {
    pub(super) name: String,
    pub(super) position: u64,
    pub(super) lag: u64,
    pub(super) status: Status,
    /// The event that stopped it; `/v1/projections` says why, to those who may know.
    pub(super) error_position: Option<u64>,
    /// Whether a process runs it.
    pub(super) led: bool,
}

impl Readiness {
    pub(super) async fn of(&self, state: &ApiState) -> Result<Arc<Ready>, Problem> {
        let mut last = self.0.lock().await;
        if let Some((at, ready)) = &*last
            && at.elapsed() < KEEP
        {
            return Ok(Arc::clone(ready));
        }
        let asked = tokio::time::timeout(WITHIN, ask(state)).await;
        let ready = Arc::new(asked.map_err(|_| unavailable("the database did not answer in time"))??);
        *last = Some((Instant::now(), Arc::clone(&ready)));
        Ok(ready)
    }
}

async fn ask(state: &ApiState) -> Result<Ready, Problem> {
    let pool = state.book().pool();
    let pending = pending_migrations(pool).await?;
    if pending > 0 {
        let detail = format!("{pending} migrations are pending: run `tallybook migrate`.");
        return Err(Problem::new(ProblemKind::Unavailable, detail).with("pending_migrations", pending));
    }
    let position = tallybook_event_store::journal::head_position(pool).await?;
    let lag = |projection: ProjectionStatus| ProjectionLag {
        name: projection.name,
        position: projection.position,
        lag: projection.lag,
        status: projection.status,
        error_position: projection.error_position,
        led: projection.led,
    };
    let projections: Vec<_> = statuses(pool).await?.into_iter().map(lag).collect();
    Ok(Ready {
        status: "ready",
        database: "up",
        pending_migrations: pending,
        position,
        detail: stopped(&projections),
        projections,
    })
}

fn stopped(projections: &[ProjectionLag]) -> Option<String> {
    let stopped = projections.iter().filter_map(|projection| match projection.status {
        Status::Running | Status::NotLed => None,
        Status::Stopped => {
            let at = projection.error_position.unwrap_or(projection.position);
            Some(format!("{} has stopped at position {at}", projection.name))
        }
    });
    let stopped: Vec<_> = stopped.collect();
    (!stopped.is_empty()).then(|| stopped.join("; "))
}

fn unavailable(cause: &'static str) -> Problem {
    Problem::new(ProblemKind::Unavailable, "The database does not answer.").retry_after(1).because(cause)
}
