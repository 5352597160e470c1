//! Folding afresh and comparing with what people read, without stopping anyone.

use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use serde::Serialize;

use super::growing::{Ground, Growing, Look};
use super::lock::Lock;
use super::restore::missing;
use super::{RebuildError, Rebuilder};
use crate::Registered;
use crate::generation::{Explaining, Phase, Place, RowDifference, TableDifference};

/// Rows told one by one, per table.
const ROWS_TOLD: i64 = 1000;

/// What a check of one projection found.
#[derive(Debug, Clone, Serialize)]
pub struct Verification {
    pub projection: String,
    /// Both sides were read as of here.
    pub position: u64,
    pub tables: Vec<TableDifference>,
    /// At most a thousand of each table.
    pub rows: Vec<RowDifference>,
}

impl Verification {
    pub fn is_equal(&self) -> bool {
        self.tables.iter().all(TableDifference::is_none)
    }
}

impl Rebuilder {
    /// Folds projections afresh up to where each stands, and compares row by row.
    pub async fn verify(&self, projections: &[Registered]) -> Result<Vec<Verification>, RebuildError> {
        let held = self.hold(projections).await?;
        let done = self.verify_in(&held.site.place, projections, &held.lock).await;
        self.let_go(held).await;
        done
    }

    async fn verify_in(
        &self,
        place: &Place,
        projections: &[Registered],
        lock: &Lock,
    ) -> Result<Vec<Verification>, RebuildError> {
        for projection in projections {
            let tables = missing(&self.pool, &self.schema, *projection).await?;
            if !tables.is_empty() {
                return Err(RebuildError::Missing { name: projection.name.to_owned(), tables });
            }
        }
        let to = self.slowest(projections).await?;
        self.builder(place).build(projections, to).await?;
        self.progress.enter(Phase::CatchingUp);
        let ground = self.ground(place, lock);
        let checking: Vec<_> = projections
            .iter()
            .copied()
            .map(|projection| self.check(&ground, projection, to).boxed())
            .collect();
        let verified = stream::iter(checking).buffered(self.jobs.max(1)).try_collect().await?;
        self.progress.enter(Phase::Done);
        Ok(verified)
    }

    async fn check(
        &self,
        ground: &Ground<'_>,
        projection: Registered,
        built: u64,
    ) -> Result<Verification, RebuildError> {
        let mut growing = Growing::built(ground, projection, built);
        let name = projection.name.to_owned();
        match growing.look(ROWS_TOLD).await? {
            Look::Compared { tables, mut rows } => {
                let (position, cancelled) = (growing.position, &self.cancelled);
                let explaining = Explaining { pool: &self.pool, to: position, rows: &mut rows, cancelled };
                (projection.explain)(explaining).await?;
                Ok(Verification { projection: name, position, tables, rows })
            }
            // Somebody put the live tables back while they were checked.
            Look::Behind(lag) => Err(RebuildError::NotComparable { name, lag }),
        }
    }
}
