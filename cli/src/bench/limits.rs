//! The two bare limits `bench append` is measured beside: what PostgreSQL itself allows, with nothing of ours.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::measure::{Latencies, Measured, Meter};

/// More connections than this only make PostgreSQL slower.
const CONNECTIONS_AT_MOST: usize = 128;
/// Rows one statement of the group-commit inserter takes at most, as the lane's batch.
const ROWS_AT_MOST: usize = 1024;

/// Tables as plain as they can be: a key and a text.
pub(super) async fn prepare(connect: &PgConnectOptions) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect_with(connect).await?;
    connection.execute("DROP TABLE IF EXISTS bare_rows; CREATE TABLE bare_rows (id bigint PRIMARY KEY, body text NOT NULL)").await?;
    connection.close().await?;
    Ok(())
}

/// First limit: one row in one transaction, from as many connections as there are clients.
pub(super) async fn row_per_transaction(
    connect: &PgConnectOptions,
    clients: usize,
    body: &Arc<str>,
    lasting: Duration,
) -> anyhow::Result<Measured> {
    prepare(connect).await?;
    let clients = clients.min(CONNECTIONS_AT_MOST);
    let mut connections = Vec::with_capacity(clients);
    for _ in 0..clients {
        connections.push(
            PgConnection::connect_with(connect).await.context("opening a connection for the first limit")?,
        );
    }
    let until = Instant::now() + lasting;
    let meter = Meter::start();
    let mut tasks = JoinSet::new();
    for (client, mut connection) in connections.into_iter().enumerate() {
        let body = Arc::clone(body);
        tasks.spawn(async move {
            let mut latencies = Latencies::none()?;
            let mut id = i64::try_from(client)?;
            while Instant::now() < until {
                let begun = Instant::now();
                sqlx::query("INSERT INTO bare_rows (id, body) VALUES ($1, $2)")
                    .bind(id)
                    .bind(&*body)
                    .execute(&mut connection)
                    .await?;
                latencies.push(begun.elapsed())?;
                id += i64::try_from(CONNECTIONS_AT_MOST)?;
            }
            connection.close().await?;
            anyhow::Ok(latencies)
        });
    }
    meter.finish(tasks).await
}

struct Row {
    id: i64,
    done: oneshot::Sender<()>,
}

/// Second limit: every waiting row in one statement and one commit, on one connection.
pub(super) async fn group_commit(
    connect: &PgConnectOptions,
    clients: usize,
    body: &Arc<str>,
    lasting: Duration,
) -> anyhow::Result<Measured> {
    prepare(connect).await?;
    let connection = PgConnection::connect_with(connect).await?;
    let (sender, receiver) = mpsc::channel::<Row>(clients.max(1));
    let inserter = tokio::spawn(insert_groups(connection, receiver, Arc::clone(body)));
    let until = Instant::now() + lasting;
    let meter = Meter::start();
    let mut tasks = JoinSet::new();
    for client in 0..clients {
        let sender = sender.clone();
        let (mut id, step) = (i64::try_from(client)?, i64::try_from(clients)?);
        tasks.spawn(async move {
            let mut latencies = Latencies::none()?;
            while Instant::now() < until {
                let begun = Instant::now();
                let (done, answer) = oneshot::channel();
                sender.send(Row { id, done }).await?;
                answer.await?;
                latencies.push(begun.elapsed())?;
                id += step;
            }
            anyhow::Ok(latencies)
        });
    }
    drop(sender);
    let measured = meter.finish(tasks).await;
    inserter.await??;
    measured
}

async fn insert_groups(
    mut connection: PgConnection,
    mut rows: mpsc::Receiver<Row>,
    body: Arc<str>,
) -> anyhow::Result<()> {
    let mut group = Vec::with_capacity(ROWS_AT_MOST);
    while rows.recv_many(&mut group, ROWS_AT_MOST).await > 0 {
        let ids: Vec<i64> = group.iter().map(|row| row.id).collect();
        let bodies: Vec<&str> = vec![&*body; group.len()];
        sqlx::query("INSERT INTO bare_rows (id, body) SELECT * FROM unnest($1::bigint[], $2::text[])")
            .bind(ids)
            .bind(bodies)
            .execute(&mut connection)
            .await?;
        for row in group.drain(..) {
            row.done.send(()).map_err(|()| anyhow::anyhow!("a client left before its row was durable"))?;
        }
    }
    connection.close().await?;
    Ok(())
}
