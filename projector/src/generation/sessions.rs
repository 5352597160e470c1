//! Sessions of the database that the tasks of one run share, so that making many tables takes few of them.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use sqlx::{Executor, PgConnection, PgPool};
use tallybook_event_store::schema::patient_connection;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Connected when they are needed, and at most so many at a time.
pub(crate) struct Sessions {
    pool: PgPool,
    /// What each begins with.
    settings: String,
    at_most: u32,
    turns: Semaphore,
    idle: Mutex<Vec<PgConnection>>,
}

/// One of them, until it is dropped. Only who says that it is done with it leaves it to others.
pub(crate) struct Session<'a> {
    connection: PgConnection,
    sessions: &'a Sessions,
    _turn: SemaphorePermit<'a>,
}

impl Sessions {
    pub(crate) fn new(pool: &PgPool, settings: String, at_most: usize) -> Self {
        let at_most = u32::try_from(at_most).unwrap_or(u32::MAX);
        let turns = Semaphore::new(at_most as usize);
        Self { pool: pool.clone(), settings, at_most, turns, idle: Mutex::default() }
    }

    /// Whoever holds one and asks for another may wait for ever.
    pub(crate) async fn session(&self) -> Result<Session<'_>, sqlx::Error> {
        let turn = self.turns.acquire().await.map_err(|_closed| sqlx::Error::PoolClosed)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let mut connection = patient_connection(&self.pool).await?;
                connection.execute(self.settings.as_str()).await?;
                connection
            }
        };
        Ok(Session { connection, sessions: self, _turn: turn })
    }

    /// Nobody has one, nor gets one, as long as these turns last.
    pub(super) async fn all_turns(&self) -> Result<SemaphorePermit<'_>, sqlx::Error> {
        self.turns.acquire_many(self.at_most).await.map_err(|_closed| sqlx::Error::PoolClosed)
    }
}

impl Session<'_> {
    /// It is as it was when it was handed out.
    pub(crate) fn done(self) {
        self.sessions.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.connection);
    }
}

impl Deref for Session<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Session<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
