//! The run of a month is carried out by one process at a time.
//!
//! Two at once would bill nobody twice; they would only do everything twice and count it twice.

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tallybook_domain::Month;
use tallybook_event_store::Book;
use tallybook_event_store::schema::patient_connection;

use super::BillRunError;

const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// Held as long as its connection: a process that dies lets go of it.
#[derive(Debug)]
pub struct RunLock {
    connection: PgConnection,
}

impl RunLock {
    /// `None`: another process is at it.
    pub async fn try_take(book: &Book, month: Month) -> Result<Option<Self>, BillRunError> {
        let mut connection = patient_connection(book.pool()).await?;
        let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtext($1), hashtext($2))")
            .bind(format!("bill run of {}", book.schema()))
            .bind(month.to_string())
            .fetch_one(&mut connection)
            .await?;
        if taken {
            return Ok(Some(Self { connection }));
        }
        connection.close().await?;
        Ok(None)
    }

    /// Waits for another process, and says so once.
    pub async fn take(book: &Book, month: Month, waiting: impl FnOnce()) -> Result<Self, BillRunError> {
        let mut waiting = Some(waiting);
        loop {
            if let Some(lock) = Self::try_take(book, month).await? {
                return Ok(lock);
            }
            if let Some(tell) = waiting.take() {
                tell();
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
    }

    pub async fn release(mut self) -> Result<(), BillRunError> {
        // The server notices a closed connection a little later; who comes next must find it free now.
        sqlx::query("SELECT pg_advisory_unlock_all()").execute(&mut self.connection).await?;
        Ok(self.connection.close().await?)
    }
}
