//! What goes on for a while is carried out by one process at a time: the bill run of a month, the run of a source.
//!
//! Two at once would do nothing twice that counts; they would only do everything twice and count it twice.

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tallybook_domain::Month;
use tallybook_domain::billing::usage_source::SourceName;
use tallybook_event_store::Book;
use tallybook_event_store::schema::patient_connection;

const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// What one process at a time carries out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exclusive {
    BillRun(Month),
    UsageSource(SourceName),
}

/// Held as long as its connection: a process that dies lets go of it.
#[derive(Debug)]
pub struct RunLock {
    connection: PgConnection,
}

impl RunLock {
    /// `None`: another process is at it.
    pub async fn try_take(book: &Book, what: &Exclusive) -> Result<Option<Self>, sqlx::Error> {
        let (kind, one) = match what {
            Exclusive::BillRun(month) => ("bill run", month.to_string()),
            Exclusive::UsageSource(name) => ("usage source", name.to_string()),
        };
        let mut connection = patient_connection(book.pool()).await?;
        let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtext($1), hashtext($2))")
            .bind(format!("{kind} of {}", book.schema()))
            .bind(one)
            .fetch_one(&mut connection)
            .await?;
        if taken {
            return Ok(Some(Self { connection }));
        }
        connection.close().await?;
        Ok(None)
    }

    /// Waits for another process, and says so once.
    pub async fn take(book: &Book, what: &Exclusive, waiting: impl FnOnce()) -> Result<Self, sqlx::Error> {
        let mut waiting = Some(waiting);
        loop {
            if let Some(lock) = Self::try_take(book, what).await? {
                return Ok(lock);
            }
            if let Some(tell) = waiting.take() {
                tell();
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
    }

    pub async fn release(mut self) -> Result<(), sqlx::Error> {
        // The server notices a closed connection a little later; who comes next must find it free now.
        sqlx::query("SELECT pg_advisory_unlock_all()").execute(&mut self.connection).await?;
        self.connection.close().await
    }
}
