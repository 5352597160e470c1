//! Reading what one has just written: waiting until a read model has come far enough.

use std::time::Duration;

use sqlx::PgPool;
use tallybook_event_store::journal::unsigned;
use tokio::time::Instant;

/// Why the read model has not come far enough.
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    #[error("{name} has come to position {position} only")]
    Behind { name: String, position: u64 },
    #[error("{name} has stopped at position {position}: {error}")]
    Stopped { name: String, position: u64, error: String },
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
}

const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

/// Waits until each of the projections has folded everything up to a position, but not longer than `timeout`.
pub async fn wait_for(
    pool: &PgPool,
    names: &[&str],
    min_position: u64,
    timeout: Duration,
) -> Result<(), WaitError> {
    let deadline = Instant::now() + timeout;
    let mut pause = FIRST_PAUSE;
    loop {
        let Some(behind) = furthest_behind(pool, names, min_position).await? else { return Ok(()) };
        let now = Instant::now();
        if matches!(behind, WaitError::Stopped { .. }) || now >= deadline {
            return Err(behind);
        }
        tokio::time::sleep(pause.min(deadline - now)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The first projection that has not come far enough; one that has never run is at position 0.
async fn furthest_behind(
    pool: &PgPool,
    names: &[&str],
    min_position: u64,
) -> Result<Option<WaitError>, sqlx::Error> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"SELECT wanted.name AS "name!", coalesce(p.position, 0) AS "position!", p.error AS "error?"
             FROM unnest($1::text[]) AS wanted (name) LEFT JOIN projections AS p USING (name)
            ORDER BY 2"#,
        &names
    )
    .fetch_all(pool)
    .await?;
    for row in rows {
        let position = unsigned(row.position)?;
        if position < min_position {
            return Ok(Some(match row.error {
                Some(error) => WaitError::Stopped { name: row.name, position, error },
                None => WaitError::Behind { name: row.name, position },
            }));
        }
    }
    Ok(None)
}
