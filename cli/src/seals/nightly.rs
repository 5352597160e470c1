//! A seal every night, soon after the book's midnight: of everything up to the end of the day.

use std::time::Duration;

use chrono::NaiveDate;
use tallybook_event_store::Book;
use tallybook_event_store::journal::head_position;
use tallybook_event_store::seal::{Sealed, latest};
use tokio_util::sync::CancellationToken;

use super::key_file::KeyFile;
use super::make::Sealing;
use crate::environment;
use crate::failure::Failure;
use crate::settings::Settings;

const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Seals once a day until asked to stop. A night that was missed is made up for; several processes that do this
/// make one seal.
pub async fn seal_nightly(book: &Book, settings: &Settings, stop: &CancellationToken) {
    let (mut done, mut told) = (today(book), false);
    match latest(book.pool()).await {
        Ok(Some(last)) => done = day(book, last.sealed_at),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "when the book was sealed last is not known"),
    }
    loop {
        if done < today(book) {
            match seal_tonight(book, settings).await {
                Ok(Tonight::Sealed) => done = today(book),
                Ok(Tonight::NoKey) if told => {}
                Ok(Tonight::NoKey) => {
                    told = true;
                    let file = KeyFile::of(settings).path().display().to_string();
                    tracing::warn!(%file, "the book is not sealed, because there is no key: see `tallybook audit key`");
                }
                // A book that cannot be sealed is told every day; a database that does not answer is tried again.
                Err(failure @ (Failure::Refused(_) | Failure::Usage(_) | Failure::Reported)) => {
                    tracing::error!(error = %failure, "the book was not sealed");
                    done = today(book);
                }
                Err(failure @ Failure::Environment(_)) => {
                    tracing::warn!(error = %failure, "the book is not sealed yet");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

enum Tonight {
    Sealed,
    NoKey,
}

async fn seal_tonight(book: &Book, settings: &Settings) -> Result<Tonight, Failure> {
    // Perhaps another process has sealed it.
    if let Some(last) = latest(book.pool()).await?
        && day(book, last.sealed_at) >= today(book)
    {
        return Ok(Tonight::Sealed);
    }
    let Some(sealing) = Sealing::of(settings)? else { return Ok(Tonight::NoKey) };
    if head_position(book.pool()).await? == 0 {
        return Ok(Tonight::Sealed);
    }
    match sealing.seal(book.pool(), environment::now()).await? {
        Sealed::New(seal) => tracing::info!(position = seal.size, "the book is sealed"),
        Sealed::Already(seal) => tracing::info!(position = seal.size, "the book is as it was sealed last"),
    }
    Ok(Tonight::Sealed)
}

fn today(book: &Book) -> NaiveDate {
    day(book, environment::now())
}

fn day(book: &Book, moment: chrono::DateTime<chrono::Utc>) -> NaiveDate {
    moment.with_timezone(&book.time_zone()).date_naive()
}
