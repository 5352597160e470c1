//! The person behind an API key, for what takes two people.

use tallybook_domain::{Actor, Requester};
use tallybook_event_store::{Book, StoreError};

/// Who asks: with an API key, the person who made it has asked too.
pub(crate) async fn requester(book: &Book, actor: &Actor) -> Result<Requester, StoreError> {
    let Some(key) = actor.as_str().strip_prefix("key:") else { return Ok(actor.clone().into()) };
    let made_by = sqlx::query_scalar!("SELECT created_by FROM api_keys WHERE name = $1", key)
        .fetch_optional(book.pool())
        .await?;
    let Some(made_by) = made_by else { return Ok(actor.clone().into()) };
    let made_by = made_by
        .parse()
        .map_err(|_| StoreError::Corrupt(format!("{made_by:?} is said to have made {actor}")))?;
    Ok(Requester::of_key(actor.clone(), made_by))
}
