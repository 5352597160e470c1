//! Holding a projection still for a moment, by leading it.
//!
//! The leader's next page is refused as if another process had taken over, and it claims the lead again afterwards,
//! with nothing in memory. Readers notice nothing.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use tallybook_event_store::journal::unsigned;

use super::RebuildError;
use crate::engine::interval;

/// If the process dies in between, the projection goes on after this long.
const AT_MOST: Duration = Duration::from_secs(10);

/// A projection that does not move as long as this process leads it.
pub(super) struct Takeover {
    name: &'static str,
    leader: String,
    /// Where it stands.
    pub(super) position: u64,
    pub(super) version: i32,
}

impl Takeover {
    pub(super) async fn begin(pool: &PgPool, name: &'static str) -> Result<Self, RebuildError> {
        let leader = crate::settings::new_leader();
        let row = sqlx::query!(
            "UPDATE projections SET leader = $2, lease_until = clock_timestamp() + $3::interval
              WHERE name = $1 RETURNING position, version",
            name,
            leader,
            interval(AT_MOST),
        )
        .fetch_one(pool)
        .await?;
        Ok(Self { name, leader, position: unsigned(row.position)?, version: row.version })
    }

    /// Keeps the lead as long again. `false`: another took it.
    pub(super) async fn extend(&self, connection: &mut PgConnection) -> Result<bool, RebuildError> {
        let extended = sqlx::query!(
            "UPDATE projections SET lease_until = clock_timestamp() + $3::interval WHERE name = $1 AND leader = $2",
            self.name,
            self.leader,
            interval(AT_MOST),
        )
        .execute(connection)
        .await?;
        Ok(extended.rows_affected() == 1)
    }

    /// Says what the tables are now, and gives the lead away. `false`: another took it, and nothing was said.
    pub(super) async fn hand_over(
        &self,
        connection: &mut PgConnection,
        (version, position): (i32, u64),
    ) -> Result<bool, RebuildError> {
        let handed = sqlx::query!(
            "UPDATE projections
                SET version = $3, position = $4, status = 'running', error = NULL, error_position = NULL,
                    leader = NULL, lease_until = NULL, updated_at = clock_timestamp()
              WHERE name = $1 AND leader = $2",
            self.name,
            self.leader,
            version,
            i64::try_from(position).map_err(|error| sqlx::Error::Encode(error.into()))?,
        )
        .execute(connection)
        .await?;
        Ok(handed.rows_affected() == 1)
    }

    /// Lets the projection go on as it was.
    pub(super) async fn end(self, pool: &PgPool) -> Result<(), RebuildError> {
        sqlx::query!(
            "UPDATE projections SET leader = NULL, lease_until = NULL WHERE name = $1 AND leader = $2",
            self.name,
            self.leader
        )
        .execute(pool)
        .await?;
        Ok(())
    }
}
