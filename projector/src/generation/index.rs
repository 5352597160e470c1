//! Keys and indexes of a generation's tables, made as soon as a projection's rows are all there.

use std::cmp::Reverse;
use std::sync::{Mutex, PoisonError};

use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt, stream};
use sqlx::{Executor, PgConnection};
use tallybook_read_models::fold::TableShape;
use tokio::sync::{Semaphore, mpsc};

use super::{Builder, GenerationError};
use crate::Registered;

/// PostgreSQL looks at 300 rows for each of these. A table is counted again once it has grown by a tenth.
const STATISTICS: &str = "SET default_statistics_target = 30";

/// Connections, of which so many work at a time as there are jobs.
pub(super) struct Indexer<'a> {
    builder: &'a Builder<'a>,
    jobs: Semaphore,
    idle: Mutex<Vec<PgConnection>>,
}

impl<'a> Indexer<'a> {
    pub(super) fn of(builder: &'a Builder<'a>) -> Self {
        let jobs = Semaphore::new(builder.resources.jobs.max(1));
        Self { builder, jobs, idle: Mutex::default() }
    }

    /// Makes the keys and indexes of what is loaded, until there is no more to come.
    pub(super) async fn index_loaded(
        &self,
        loaded: mpsc::UnboundedReceiver<Registered>,
    ) -> Result<(), GenerationError> {
        stream::unfold(loaded, async |mut loaded| Some((loaded.recv().await?, loaded)))
            .map(Ok)
            .try_for_each_concurrent(None, |projection| self.index(projection))
            .await
    }

    /// The largest table first, so that nobody waits for it at the end.
    async fn index(&self, projection: Registered) -> Result<(), GenerationError> {
        let mut tables = Vec::new();
        for table in (projection.tables)() {
            let size: i64 = sqlx::query_scalar("SELECT pg_relation_size($1::regclass)")
                .bind(self.builder.place.table(table.name))
                .fetch_one(self.builder.pool)
                .await?;
            tables.push((Reverse(size), table));
        }
        tables.sort_by_key(|(size, table)| (*size, table.name));
        try_join_all(tables.into_iter().map(|(_, table)| self.index_table(table))).await?;
        Ok(())
    }

    async fn index_table(&self, table: TableShape) -> Result<(), GenerationError> {
        let place = self.builder.place;
        let mut connection = self.connection().await?;
        let made = place.index_statements(&mut connection, table).await?;
        self.put_back(connection);
        try_join_all(made.indexes.into_iter().map(|index| self.run(index))).await?;
        for key in made.keys {
            self.run(key).await?;
        }
        self.run(format!("ANALYZE {}", place.table(table.name))).await
    }

    async fn run(&self, statement: String) -> Result<(), GenerationError> {
        // Nobody closes it.
        let Ok(_turn) = self.jobs.acquire().await else { return Err(GenerationError::Cancelled) };
        if self.builder.cancelled.is_cancelled() {
            return Err(GenerationError::Cancelled);
        }
        let mut connection = self.connection().await?;
        connection.execute(statement.as_str()).await?;
        self.put_back(connection);
        Ok(())
    }

    async fn connection(&self) -> Result<PgConnection, sqlx::Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let mut connection = self.builder.place.connect(self.builder.pool).await?;
        connection.execute(STATISTICS).await?;
        Ok(connection)
    }

    fn put_back(&self, connection: PgConnection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}
