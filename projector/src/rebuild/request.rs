//! What a rebuild is asked to do, and what came of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use tallybook_domain::Actor;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::generation::{GenerationError, Progress, Resources, TableDifference};

/// A book whose projections are rebuilt or checked, and what that may use.
#[derive(Debug, Clone)]
pub struct Rebuilder {
    /// Inside the book. Some of its connections are used, and up to three, and two for each job, of the run's own.
    pub pool: PgPool,
    pub schema: String,
    /// Tables copied in, indexes made, and projections compared or swapped, at a time; one task more reads and decodes.
    pub jobs: usize,
    /// Bytes for rows held in memory. What does not fit is folded in further passes.
    pub memory: usize,
    /// A projection behind by more events is not waited for: its new tables go ahead of it.
    pub far_behind: u64,
    pub progress: Progress,
    pub cancelled: CancellationToken,
    /// Who wants it: stands in the records of rebuilds.
    pub by: String,
}

const FAR_BEHIND: u64 = 10_000;

/// Who rebuilds what nobody asked for.
pub(super) const PROJECTOR: &str = "system:projector";

impl Rebuilder {
    pub fn new(pool: PgPool, schema: &str, cancelled: CancellationToken) -> Self {
        let (schema, progress) = (schema.to_owned(), Progress::begin());
        let (far_behind, by) = (FAR_BEHIND, PROJECTOR.to_owned());
        Self { pool, schema, jobs: 1, memory: 1 << 30, far_behind, progress, cancelled, by }
    }

    #[must_use]
    pub fn wanted_by(self, actor: &Actor) -> Self {
        Self { by: actor.to_string(), ..self }
    }

    /// The same for another run.
    pub(super) fn anew(&self, cancelled: CancellationToken) -> Self {
        Self { progress: Progress::begin(), cancelled, ..self.clone() }
    }

    #[must_use]
    pub fn with_resources(self, jobs: usize, memory: usize) -> Self {
        Self { jobs, memory, ..self }
    }

    /// Waits, but not longer than until it is cancelled.
    pub(super) async fn pause(&self, time: Duration) -> Result<(), GenerationError> {
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            () = self.cancelled.cancelled() => Err(GenerationError::Cancelled),
        }
    }

    pub(super) fn resources(&self) -> Resources {
        Resources { jobs: self.jobs, memory: self.memory }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RebuildRequest {
    /// Makes and compares the new tables, and drops them.
    pub dry_run: bool,
    /// Any difference is a failure, and nothing is swapped.
    pub expect_equal: bool,
}

/// What a rebuild found and did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RebuildOutcome {
    pub projection: String,
    /// The position both generations were compared at.
    pub position: u64,
    /// What the new tables have that the old ones have not. Nothing where the old ones were too far behind the journal
    /// to be compared.
    pub differences: Option<Vec<TableDifference>>,
    pub swapped: bool,
    /// Where the tables stood that were replaced.
    #[serde(default)]
    pub replaced_position: Option<u64>,
    /// What others have made over the tables, such as SQL views. It follows the tables and not their names: after a
    /// swap it shows the ones that were replaced, until it is made anew.
    #[serde(default)]
    pub dependents: Vec<String>,
}
