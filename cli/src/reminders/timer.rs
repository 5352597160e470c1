//! Looks again and again: bills that have come to a step, reminders that wait.

use std::sync::Arc;
use std::time::Duration;

use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_event_store::Book;
use tokio_util::sync::CancellationToken;

use super::{Channels, Clock, Reminding};
use crate::environment;
use crate::failure::Failure;
use crate::personal_data;
use crate::settings::Settings;

const LOOK_EVERY: Duration = Duration::from_secs(20);

/// Reminds until asked to stop, if the settings name a way out. What was missed while nobody looked is made up for by
/// one reminder a bill.
pub async fn remind(book: &Book, settings: &Settings, stop: &CancellationToken) {
    let reminding = match reminding(book, settings) {
        Ok(Some(reminding)) => reminding,
        Ok(None) => return,
        Err(failure) => {
            tracing::error!(error = %failure, "nobody is reminded of bills from here");
            return;
        }
    };
    loop {
        look(&reminding, &environment::now).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// One turn. Delivers what waits also if nothing could be raised.
pub async fn look(reminding: &Reminding, clock: &Clock) {
    if let Err(error) = reminding.raise(clock()).await {
        tracing::warn!(error = format!("{error:#}"), "reminders could not be raised yet");
    }
    if let Err(error) = reminding.resume(clock()).await {
        tracing::warn!(
            error = format!("{error:#}"),
            "reminders that now have an address could not be taken up yet"
        );
    }
    if let Err(error) = reminding.deliver(clock).await {
        tracing::warn!(error = format!("{error:#}"), "reminders could not be delivered yet");
    }
}

/// `None`: the settings name no way out.
fn reminding(book: &Book, settings: &Settings) -> Result<Option<Reminding>, Failure> {
    let channels = Channels::of(settings)?;
    if channels.open().is_empty() {
        return Ok(None);
    }
    let key = personal_data::read(settings)?.map(Arc::new);
    if key.is_none() && channels.email.is_some() {
        tracing::warn!("there is no key of personal data: reminders by e-mail wait for one");
    }
    Ok(Some(Reminding {
        book: book.clone(),
        keys: PersonalKeys::new(book.pool().clone(), key),
        channels,
        seller: settings.seller_name.value.clone(),
        not_before: settings.reminders_from.value,
    }))
}
