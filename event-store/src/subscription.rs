//! Waking readers when there may be something new: `NOTIFY` for speed, polling as the safety net.
//!
//! A wake-up carries no promise: readers ask the journal for what comes after the position they have.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Readers are woken at least this often, whether or not a notification arrived.
pub const POLL_EVERY: Duration = Duration::from_millis(500);

/// The first append after a pause is announced at once, those that follow it together.
const ANNOUNCE_AT_MOST_EVERY: Duration = Duration::from_millis(5);

/// The channel a book's appends are announced on.
pub fn channel(schema: &str) -> String {
    format!("{schema}.events")
}

/// Yields whenever events may have been appended, by any process. Ends when the receiver is dropped.
pub fn wakeups(pool: PgPool, schema: &str) -> mpsc::Receiver<()> {
    let (sender, receiver) = mpsc::channel(1);
    let channel = channel(schema);
    tokio::spawn(async move {
        while !sender.is_closed() {
            if let Err(error) = listen(&pool, &channel, &sender).await {
                tracing::debug!(%error, "listening for appends failed; polling until it works again");
                wake(&sender);
                tokio::time::sleep(POLL_EVERY).await;
            }
        }
    });
    receiver
}

async fn listen(pool: &PgPool, channel: &str, sender: &mpsc::Sender<()>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.ignore_pool_close_event(false);
    listener.listen(channel).await?;
    loop {
        wake(sender);
        tokio::select! {
            notification = listener.recv() => { notification?; }
            () = tokio::time::sleep(POLL_EVERY) => {}
            () = sender.closed() => return Ok(()),
        }
    }
}

/// One pending wake-up is enough, so a full channel is not an error.
fn wake(sender: &mpsc::Sender<()>) {
    match sender.try_send(()) {
        Ok(()) | Err(mpsc::error::TrySendError::Full(())) | Err(mpsc::error::TrySendError::Closed(())) => {}
    }
}

/// Announces appends beside the lane, so that a notification costs no append its time; many become one.
pub(crate) async fn announce(
    pool: PgPool,
    channel: String,
    mut head: watch::Receiver<u64>,
    stop: CancellationToken,
) {
    loop {
        tokio::select! {
            changed = head.changed() => if changed.is_err() { return },
            () = stop.cancelled() => return,
        }
        let position = *head.borrow_and_update();
        if let Err(error) =
            sqlx::query!("SELECT pg_notify($1, $2)", channel, position.to_string()).execute(&pool).await
        {
            tracing::debug!(%error, "an append was not announced; readers find it by polling");
            tokio::time::sleep(POLL_EVERY).await;
        }
        tokio::time::sleep(ANNOUNCE_AT_MOST_EVERY).await;
    }
}
