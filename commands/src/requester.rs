//! The people behind an API key, for what takes two people.

use tallybook_domain::{Actor, Requester};
use tallybook_event_store::{Book, StoreError};

/// Who asks: with an API key, the person who made it has asked too, and so has the one who holds it.
pub(crate) async fn requester(book: &Book, actor: &Actor) -> Result<Requester, StoreError> {
    let Some(key) = actor.as_str().strip_prefix("key:") else { return Ok(actor.clone().into()) };
    let row = sqlx::query!("SELECT created_by, held_by FROM api_keys WHERE name = $1", key)
        .fetch_optional(book.pool())
        .await?;
    let Some(row) = row else { return Ok(actor.clone().into()) };
    let person = |name: String| {
        let corrupt = || StoreError::Corrupt(format!("{name:?} is said to be behind {actor}"));
        name.parse().map_err(|_| corrupt())
    };
    let (made_by, held_by) = (person(row.created_by)?, row.held_by.map(person).transpose()?);
    Ok(Requester::of_key(actor.clone(), made_by, held_by))
}
