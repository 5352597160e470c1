//! Who leads a projection, and whether it runs: the row in `projections`.
//!
//! A lease counts by the database's clock, so processes need not agree on the time.

use std::time::Duration;

use sqlx::postgres::types::PgInterval;
use sqlx::{PgExecutor, PgPool};
use tallybook_event_store::journal::unsigned;
use tallybook_read_models::Projection;

use crate::ProjectorSettings;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Running,
    Stopped,
}

pub(super) enum Claim {
    Leading {
        position: u64,
        standing: Standing,
    },
    /// Another process leads, or the tables are of another version.
    Refused {
        version: i32,
        /// When its lease runs out, unless it is renewed.
        free_in: Duration,
    },
}

pub(crate) fn interval(time: Duration) -> PgInterval {
    PgInterval { months: 0, days: 0, microseconds: i64::try_from(time.as_micros()).unwrap_or(i64::MAX) }
}

fn standing(status: &str) -> Standing {
    // The table's check allows no third word.
    if status == "running" { Standing::Running } else { Standing::Stopped }
}

/// Makes the projection's row where there is none.
pub(crate) async fn register(
    executor: impl PgExecutor<'_>,
    name: &str,
    version: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO projections (name, version) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT projections_pkey DO NOTHING",
        name,
        version
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Takes the lead if no one has it or its leader has gone silent. A new leader tries what stopped the last one.
///
/// A row that is locked has a leader at work, so it is passed over instead of waited for.
pub(super) async fn claim<P: Projection>(
    writers: &PgPool,
    settings: &ProjectorSettings,
) -> Result<Claim, sqlx::Error> {
    let claimed = sqlx::query!(
        "UPDATE projections AS p
            SET leader = $2, lease_until = clock_timestamp() + $3::interval, updated_at = clock_timestamp(),
                led_since = CASE WHEN p.leader = $2 AND p.lease_until > clock_timestamp() THEN p.led_since
                                 ELSE clock_timestamp() END,
                status = CASE WHEN p.leader = $2 THEN p.status ELSE 'running' END,
                error = CASE WHEN p.leader = $2 THEN p.error END,
                error_position = CASE WHEN p.leader = $2 THEN p.error_position END
           FROM (SELECT name FROM projections
                  WHERE name = $1 AND version = $4
                    AND (leader IS NULL OR leader = $2 OR lease_until < clock_timestamp())
                    FOR UPDATE SKIP LOCKED) AS free
          WHERE p.name = free.name
          RETURNING p.position, p.status",
        P::NAME,
        settings.leader,
        interval(settings.lease),
        P::VERSION,
    )
    .fetch_optional(writers)
    .await?;
    match claimed {
        Some(row) => {
            Ok(Claim::Leading { position: unsigned(row.position)?, standing: standing(&row.status) })
        }
        None => {
            let led = sqlx::query!(
                r#"SELECT version,
                          ceil(extract(epoch FROM lease_until - clock_timestamp()) * 1000)::bigint AS free_in_ms
                     FROM projections WHERE name = $1"#,
                P::NAME
            )
            .fetch_one(writers)
            .await?;
            let free_in = u64::try_from(led.free_in_ms.unwrap_or(0)).unwrap_or(0);
            Ok(Claim::Refused { version: led.version, free_in: Duration::from_millis(free_in) })
        }
    }
}

/// Says that the leader is still there. `None`: it no longer leads.
pub(super) async fn renew<P: Projection>(
    writers: &PgPool,
    settings: &ProjectorSettings,
) -> Result<Option<Standing>, sqlx::Error> {
    let status = sqlx::query_scalar!(
        "UPDATE projections SET lease_until = clock_timestamp() + $3::interval
          WHERE name = $1 AND leader = $2 RETURNING status",
        P::NAME,
        settings.leader,
        interval(settings.lease),
    )
    .fetch_optional(writers)
    .await?;
    Ok(status.as_deref().map(standing))
}

/// Gives the lead back, so that another process need not wait for it to run out.
pub(super) async fn release<P: Projection>(writers: &PgPool, leader: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE projections SET leader = NULL, lease_until = NULL WHERE name = $1 AND leader = $2",
        P::NAME,
        leader
    )
    .execute(writers)
    .await?;
    Ok(())
}

/// Records why the projection stays where it is. `false`: it is no longer there, or no longer this leader's.
pub(super) async fn stop<P: Projection>(
    writers: &PgPool,
    leader: &str,
    position: u64,
    (error_position, error): (u64, &str),
) -> Result<bool, sqlx::Error> {
    let stopped = sqlx::query!(
        "UPDATE projections
            SET status = 'stopped', error = $4, error_position = $5, updated_at = clock_timestamp()
          WHERE name = $1 AND leader = $2 AND position = $3",
        P::NAME,
        leader,
        bigint(position)?,
        error,
        bigint(error_position)?,
    )
    .execute(writers)
    .await?;
    Ok(stopped.rows_affected() == 1)
}

pub(super) fn bigint(position: u64) -> Result<i64, sqlx::Error> {
    i64::try_from(position).map_err(|error| sqlx::Error::Encode(error.into()))
}
