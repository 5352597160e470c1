//! What the loads of all lists share: what they end with, how they find customers, and how they wait.

use std::time::Duration;

use tallybook_commands::customers::taken_names_and_codes;
use tallybook_domain::customers::{CustomerCode, CustomerName};
use tallybook_event_store::{Book, CommandError};
use tallybook_read_models::customers::{Owners, Sought};
use tokio::time::Instant;

/// What became of a list.
#[derive(Debug)]
pub struct Loaded<T> {
    /// Of each row, in the order of the list.
    pub fates: Vec<T>,
    /// The last position recorded.
    pub position: Option<u64>,
    /// Why it was stopped, unless a signal did it.
    pub failure: Option<CommandError>,
}

/// Whose these names and codes are. Most of a new list are nobody's, and are not looked for.
pub(crate) async fn owners(
    book: &Book,
    names: Vec<CustomerName>,
    codes: Vec<CustomerCode>,
) -> Result<Owners, CommandError> {
    let (names, codes) = taken_names_and_codes(book, names, codes).await?;
    Owners::find(book.pool(), &Sought { names, codes }).await.map_err(|error| {
        tracing::warn!(%error, "the owners of names and codes cannot be read");
        CommandError::Unavailable
    })
}

/// Waits for a book that is busy. A chunk that may have been recorded is sent again: what was, is in the book then.
pub(crate) async fn patiently<T, F>(
    patience: Duration,
    mut send: impl FnMut() -> F,
) -> Result<T, CommandError>
where
    F: Future<Output = Result<T, CommandError>>,
{
    let deadline = Instant::now() + patience;
    let mut pause = Duration::from_millis(20);
    loop {
        match send().await {
            Err(CommandError::Busy | CommandError::Unavailable | CommandError::OutcomeUnknown { .. })
                if Instant::now() + pause <= deadline =>
            {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(2));
            }
            answer => return answer,
        }
    }
}
