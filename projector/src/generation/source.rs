//! The journal up to a position, read and decoded ahead by several tasks, for all folds at once.

use std::sync::Arc;

use futures::{StreamExt, stream};
use sqlx::PgPool;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::{GenerationError, Progress};
use crate::journal::{self, Page};

/// Small enough that the pages under way take little memory, large enough that asking for one costs nothing.
const PAGE: u64 = 2_000;

/// Hands every page up to a position to every subscriber, in order. Ends early when one no longer listens: it says
/// itself why.
pub(super) async fn read(
    pool: &PgPool,
    to: u64,
    readers: usize,
    subscribers: Vec<mpsc::Sender<Arc<Page>>>,
    (progress, cancelled): (&Progress, &CancellationToken),
) -> Result<(), GenerationError> {
    let begins = (0..to).step_by(PAGE as usize);
    let mut pages = stream::iter(begins)
        .map(|after| AbortOnDropHandle::new(tokio::spawn(page(pool.clone(), after, PAGE.min(to - after)))))
        .buffered(readers.max(1));
    let hand_on = async {
        while let Some(page) = pages.next().await {
            let page = Arc::new(page??);
            for subscriber in &subscribers {
                if subscriber.send(Arc::clone(&page)).await.is_err() {
                    return Ok(());
                }
            }
            progress.folded(page.events().len() as u64);
        }
        Ok(())
    };
    cancelled.run_until_cancelled(hand_on).await.unwrap_or(Err(GenerationError::Cancelled))
}

async fn page(pool: PgPool, after: u64, count: u64) -> Result<Page, GenerationError> {
    let page = journal::read(&pool, after, count, &tallybook_domain::upcasters()).await?;
    let found = page.events().len() as u64;
    if found < count {
        return Err(GenerationError::Gap(format!("the journal ends at {}, before its head", after + found)));
    }
    Ok(page)
}
