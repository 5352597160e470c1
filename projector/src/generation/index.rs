//! Keys and indexes of a generation's tables, made as soon as a projection's rows are all there.

use std::cmp::Reverse;

use futures::future::try_join_all;
use futures::{StreamExt, TryStreamExt, stream};
use sqlx::Executor;
use tallybook_read_models::fold::TableShape;
use tokio::sync::mpsc;

use super::{Builder, GenerationError, Sessions};
use crate::Registered;

pub(super) struct Indexer<'a> {
    pub(super) builder: &'a Builder<'a>,
    pub(super) sessions: &'a Sessions,
}

impl Indexer<'_> {
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
        let mut session = self.sessions.session().await?;
        let made = place.index_statements(&mut session, table).await?;
        session.done();
        try_join_all(made.indexes.into_iter().map(|index| self.run(index))).await?;
        for key in made.keys {
            self.run(key).await?;
        }
        self.run(format!("ANALYZE {}", place.table(table.name))).await
    }

    async fn run(&self, statement: String) -> Result<(), GenerationError> {
        let mut session = self.sessions.session().await?;
        if self.builder.cancelled.is_cancelled() {
            return Err(GenerationError::Cancelled);
        }
        session.execute(statement.as_str()).await?;
        session.done();
        Ok(())
    }
}
