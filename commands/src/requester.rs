//! The people behind an API key, for what takes two people.

use tallybook_domain::{Actor, Requester};
use tallybook_event_store::{Book, StoreError};

/// Who asks: with an API key, the person who made it has asked too, and so has the one who holds it. A key that a key has
/// made has behind it whoever is behind that one: its holder first, if it says no other.
pub(crate) async fn requester(book: &Book, actor: &Actor) -> Result<Requester, StoreError> {
    let Some(Behind { mut made_by, mut held_by }) = behind(book, actor).await? else {
        return Ok(actor.clone().into());
    };
    // No name of a key is ever used again, so each was made before those that it has made.
    while let Some(maker) = behind(book, &made_by).await? {
        if held_by.is_none() {
            (made_by, held_by) = (maker.made_by, maker.held_by);
        } else {
            made_by = maker.held_by.unwrap_or(maker.made_by);
        }
    }
    Ok(Requester::of_key(actor.clone(), made_by, held_by))
}

struct Behind {
    made_by: Actor,
    held_by: Option<Actor>,
}

/// `None` of whoever is no key.
async fn behind(book: &Book, actor: &Actor) -> Result<Option<Behind>, StoreError> {
    let Some(key) = actor.as_str().strip_prefix("key:") else { return Ok(None) };
    let row = sqlx::query!("SELECT created_by, held_by FROM api_keys WHERE name = $1", key)
        .fetch_optional(book.pool())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let person = |name: String| {
        let corrupt = || StoreError::Corrupt(format!("{name:?} is said to be behind {actor}"));
        name.parse().map_err(|_| corrupt())
    };
    Ok(Some(Behind { made_by: person(row.created_by)?, held_by: row.held_by.map(person).transpose()? }))
}
