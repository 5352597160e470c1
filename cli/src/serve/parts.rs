//! The parts of a running book and the order in which they stop.

use std::future::Future;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use anyhow::Context;
use tallybook_api::access::{AccessError, ensure_admin};
use tallybook_api::{ApiSettings, ApiState};
use tallybook_event_store::Book;
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_projector::ProjectorSettings;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::database::Database;
use crate::environment;
use crate::failure::Failure;
use crate::personal_data;
use crate::postgres::memory_bytes;
use crate::reminders::remind;
use crate::seals::seal_nightly;
use crate::settings::Settings;

/// How long the parts may take to stop, before the database is stopped under them. With the database's own time it
/// stays below ten seconds.
const STOP_WITHIN: Duration = Duration::from_secs(6);

/// Runs the work until it ends by itself, or until it has been asked to stop and takes too long over it.
pub async fn until_stopped(
    stop: &CancellationToken,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(STOP_WITHIN).await;
    };
    tokio::select! {
        ended = work => ended,
        () = overdue => {
            tracing::warn!("some work did not stop in time and is cut off");
            Ok(())
        }
    }
}

/// A book that is there and up to date, and the password of its first administrator if one was made up just now.
pub async fn make_book(database: &Database, settings: &Settings) -> Result<(Book, Option<String>), Failure> {
    let new = NewBook { time_zone: settings.time_zone.value.clone() };
    provision(database.connect_options(), &settings.schema(), &new).await?;
    let book = database.open_book(settings).await?;
    let password = settings.admin_password.value.clone();
    match ensure_admin(book.pool(), password, environment::now()).await {
        Ok(made_up) => Ok((book, made_up)),
        Err(error) => {
            book.shutdown().await;
            if matches!(error, AccessError::InvalidPassword) {
                let error = anyhow::Error::new(error).context("TALLYBOOK_ADMIN_PASSWORD cannot be used");
                return Err(Failure::Usage(error));
            }
            Err(error.into())
        }
    }
}

/// Serves until asked to stop.
pub(super) async fn serve_api(
    listener: TcpListener,
    book: Book,
    settings: &Settings,
    stop: CancellationToken,
) -> Result<(), Failure> {
    let api = ApiSettings {
        metrics: settings.metrics.value,
        behind_proxy: settings.behind_proxy.value,
        bill_run_at: settings.bill_run_at.value.time(),
        refusals_kept_days: NonZeroU16::new(settings.refusals_kept_days.value),
        personal_data_key: personal_data::read(settings)?.map(Arc::new),
        seller: settings.seller(),
        credit_policy: settings.credit_limit.value,
        difference_limits: settings.difference_limits.value.clone(),
        public_url: settings.public_url.value.as_ref().map(ToString::to_string),
        usage_sources: crate::usage::sources(settings)?,
        channels: crate::channels::open(settings)?,
        order_times: settings.orders.value.times(),
        payouts: crate::payouts::open(settings)?,
        ..ApiSettings::default()
    };
    if api.personal_data_key.is_none() {
        let file = settings.personal_data_key_file();
        tracing::warn!(file = %file.display(), "there is no key of personal data: personal fields are locked");
    }
    let state = ApiState::new(book, api);
    tallybook_api::serve(listener, state, stop).await.context("the API ended").map_err(Failure::Environment)
}

/// Runs all projections until asked to stop, seals the book every night and reminds customers of their bills.
pub async fn run_projector(book: &Book, settings: &Settings, stop: CancellationToken) {
    let sealing = seal_nightly(book, settings, &stop);
    let reminding = remind(book, settings, &stop);
    let projector = ProjectorSettings {
        // Nobody waits for it at a terminal, so people's requests go first.
        rebuild_jobs: available_parallelism().map_or(1, |cores| cores.get().div_ceil(2).min(4)),
        sample_one_in: settings.sample.value.one_in(),
        rebuild_memory: usize::try_from(memory_bytes() / 4).unwrap_or(usize::MAX),
        ..ProjectorSettings::default()
    };
    let projecting = tallybook_projector::run(
        book.pool().clone(),
        book.schema().to_owned(),
        tallybook_projector::every(),
        projector,
        stop.clone(),
    );
    tokio::join!(projecting, sealing, reminding);
}
