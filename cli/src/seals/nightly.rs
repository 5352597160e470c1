//! A seal every night, soon after the book's midnight: of everything up to the end of the day.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use tallybook_event_store::Book;
use tallybook_event_store::journal::head_position;
use tallybook_event_store::seal::{BadNote, Checkpoint, PublicKey, Seal, Sealed, latest};
use thiserror::Error;
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
    let mut told = false;
    let mut done = match last_seal(book, settings).await {
        Ok(Last::Sealed(day)) => Some(day),
        // A new book is not sealed before its first night is over.
        Ok(Last::Never) => Some(today(book)),
        Ok(Last::Doubtful(_)) => None,
        Err(error) => {
            tracing::warn!(%error, "when the book was sealed last is not known");
            None
        }
    };
    loop {
        if done.is_none_or(|day| day < today(book)) {
            match seal_tonight(book, settings).await {
                Ok(Tonight::Sealed) => done = Some(today(book)),
                Ok(Tonight::NoKey) if told => {}
                Ok(Tonight::NoKey) => {
                    told = true;
                    let file = KeyFile::of(settings).path().display().to_string();
                    tracing::warn!(%file, "the book is not sealed from here, because there is no key: see `tallybook audit key`");
                }
                // A book that cannot be sealed is told every day; a database that does not answer is tried again.
                Err(failure @ (Failure::Refused(_) | Failure::Usage(_) | Failure::Reported)) => {
                    tracing::error!(error = %failure, "the book was not sealed");
                    done = Some(today(book));
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
    let last = last_seal(book, settings).await?;
    if let Last::Sealed(day) = &last
        && *day >= today(book)
    {
        return Ok(Tonight::Sealed);
    }
    let Some(sealing) = Sealing::of(settings)? else { return Ok(Tonight::NoKey) };
    if let Last::Doubtful(doubt) = &last {
        tracing::error!(error = %doubt, "the last seal in the book is not counted as one");
    }
    if head_position(book.pool()).await? == 0 {
        return Ok(Tonight::Sealed);
    }
    match sealing.seal(book.pool(), environment::now()).await? {
        Sealed::New(seal) => tracing::info!(position = seal.size, "the book is sealed"),
        Sealed::Already(seal) => tracing::info!(position = seal.size, "the book is as it was sealed last"),
    }
    Ok(Tonight::Sealed)
}

/// When the book was sealed last.
enum Last {
    Never,
    Sealed(NaiveDate),
    Doubtful(Doubt),
}

/// Why a row among the seals does not count: whoever can write the book can put one there.
#[derive(Debug, Error)]
enum Doubt {
    #[error("the seal of {size} events: {why}")]
    Note { size: u64, why: BadNote },
    #[error("the seal of {size} events: its note says something else than its row")]
    Row { size: u64 },
    #[error("the seal of {size} events says that it was made at {at}, which is yet to come")]
    Future { size: u64, at: DateTime<Utc> },
}

async fn last_seal(book: &Book, settings: &Settings) -> Result<Last, Failure> {
    let Some(seal) = latest(book.pool()).await? else { return Ok(Last::Never) };
    Ok(match believed(&seal, &KeyFile::of(settings).known()?, environment::now()) {
        Ok(sealed_at) => Last::Sealed(day(book, sealed_at)),
        Err(doubt) => Last::Doubtful(doubt),
    })
}

/// When a seal was made, as one of the keys has signed it.
fn believed(seal: &Seal, known: &[PublicKey], now: DateTime<Utc>) -> Result<DateTime<Utc>, Doubt> {
    let size = seal.size;
    let (says, _) = Checkpoint::open(&seal.note, known).map_err(|why| Doubt::Note { size, why })?;
    if says.size != size || says.root != seal.root || says.sealed_at != Some(seal.sealed_at) {
        return Err(Doubt::Row { size });
    }
    if seal.sealed_at > now { Err(Doubt::Future { size, at: seal.sealed_at }) } else { Ok(seal.sealed_at) }
}

fn today(book: &Book) -> NaiveDate {
    day(book, environment::now())
}

fn day(book: &Book, moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&book.time_zone()).date_naive()
}
