//! Holding a projection still for a moment, by leading it.
//!
//! The leader's next page is refused as if another process had taken over, and it claims the lead again afterwards,
//! with nothing in memory. Readers notice nothing.

use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use tallybook_event_store::journal::unsigned;
use tokio::runtime::Handle;

use crate::engine::interval;

/// If the process dies in between, the projection goes on after this long and a little more, as after any leader.
const AT_MOST: Duration = Duration::from_secs(6);

/// A projection that does not move as long as this process leads it.
pub(super) struct Takeover {
    pool: PgPool,
    name: &'static str,
    leader: String,
    /// Where it stands.
    pub(super) position: u64,
    pub(super) version: i32,
    ended: bool,
}

impl Takeover {
    pub(super) async fn begin(pool: &PgPool, name: &'static str) -> Result<Self, sqlx::Error> {
        let leader = crate::settings::new_leader();
        let row = sqlx::query!(
            "UPDATE projections
                SET leader = $2, lease_until = clock_timestamp() + $3::interval, led_since = clock_timestamp()
              WHERE name = $1 RETURNING position, version",
            name,
            leader,
            interval(AT_MOST),
        )
        .fetch_one(pool)
        .await?;
        let position = unsigned(row.position)?;
        Ok(Self { pool: pool.clone(), name, leader, position, version: row.version, ended: false })
    }

    /// Says what the tables are now, and gives the lead away. `false`: another took it, and nothing was said.
    pub(super) async fn hand_over(
        &self,
        connection: &mut PgConnection,
        (version, position): (i32, u64),
    ) -> Result<bool, sqlx::Error> {
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

    /// Lets the projection go on. What was done meanwhile stands, also if this fails: the lead then runs out.
    pub(super) async fn end(mut self) {
        self.ended = true;
        give_away(&self.pool, self.name, &self.leader).await;
    }
}

/// Who no longer waits for the end of a rebuild has not ended it.
impl Drop for Takeover {
    fn drop(&mut self) {
        if let (false, Ok(runtime)) = (self.ended, Handle::try_current()) {
            let (pool, name, leader) = (self.pool.clone(), self.name, std::mem::take(&mut self.leader));
            runtime.spawn(async move { give_away(&pool, name, &leader).await });
        }
    }
}

async fn give_away(pool: &PgPool, name: &str, leader: &str) {
    let given = sqlx::query!(
        "UPDATE projections SET leader = NULL, lease_until = NULL WHERE name = $1 AND leader = $2",
        name,
        leader
    )
    .execute(pool)
    .await;
    if let Err(error) = given {
        tracing::warn!(projection = name, %error, "the lead could not be given back; it runs out by itself");
    }
}
