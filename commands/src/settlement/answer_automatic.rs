//! What a run of automatic write-offs was answered, under the caller's key.
//!
//! Each write-off of the run is a command of its own, known by its legs; this remembers what they came to.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tallybook_domain::CustomerId;
use tallybook_event_store::{Book, CommandError, CommandRequest, Receipt};

use crate::CommandContext;

/// What was asked for.
#[derive(Debug, Clone, Serialize)]
pub struct WriteOffMatches {
    pub customer: Option<CustomerId>,
    pub limit: usize,
}

/// `None` if the caller has not used the key, or what came of it was never answered: the run may begin.
pub async fn answered_automatic<T: DeserializeOwned>(
    book: &Book,
    context: CommandContext,
    asked: &WriteOffMatches,
) -> Result<Option<Receipt<T>>, CommandError> {
    book.answered(&request(context, asked)?).await
}

/// Keeps the answer. Of two runs at once under one key, both give the answer of the first that ended.
pub async fn answer_automatic<T>(
    book: &Book,
    context: CommandContext,
    asked: &WriteOffMatches,
    answer: T,
) -> Result<Receipt<T>, CommandError>
where
    T: Serialize + DeserializeOwned + Clone + Send + 'static,
{
    book.execute(request(context, asked)?, Vec::new(), move |_| Ok(answer.clone())).await
}

fn request(context: CommandContext, asked: &WriteOffMatches) -> Result<CommandRequest, CommandError> {
    context.request("write_off_matches", asked)
}
