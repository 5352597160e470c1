//! What every request shares: the open book, the door, and the figures.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveTime;
use sqlx::PgPool;
use tallybook_commands::customers::personal::{MasterKey, PersonalKeys};
use tallybook_domain::billing::CreditPolicy;
use tallybook_domain::billing::usage_source::SourceName;
use tallybook_domain::orders::OrderTimes;
use tallybook_domain::settlement::write_off::DifferenceLimits;
use tallybook_domain::{Actor, Month};
use tallybook_event_store::Book;
use tallybook_event_store::journal::head_position;
use tallybook_projector::{ViewName, WaitError};
use tokio::sync::{Notify, OnceCell, OwnedSemaphorePermit, Semaphore, TryAcquireError, watch};
use tokio_util::sync::CancellationToken;

use crate::access::{Access, Moment};
use crate::channels::Channels;
use crate::metrics::HttpFigures;
use crate::operations::Readiness;
use crate::payouts::Payouts;
use crate::print::Seller;
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::request::Freshness;
use crate::settlement::LinkKey;
use crate::usage_sources::Sources;
use crate::views::OpenedViews;

/// What the operator may set.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Whether `GET /metrics` answers, without sign-in.
    pub metrics: bool,
    /// Take a client's address from the last entry of `X-Forwarded-For`. Only where a proxy always writes it.
    pub behind_proxy: bool,
    /// Connections served at once; further ones wait.
    pub max_connections: usize,
    /// Event streams open at once; a further one is refused as busy.
    pub max_event_streams: usize,
    /// How long the record of who was turned away is kept. Without it, for ever.
    pub refusals_kept_days: Option<NonZeroU16>,
    /// What the keys of customers are wrapped with. Without it, personal fields are neither taken in nor shown.
    pub personal_data_key: Option<Arc<MasterKey>>,
    /// What stands on every bill as the seller.
    pub seller: Seller,
    /// Where customers reach this server, such as `https://ledger.example`: what links on paper begin with.
    pub public_url: Option<String>,
    /// When, on the first day of a month, the bill run of the month before begins by itself. Without it, never.
    pub bill_run_at: Option<NaiveTime>,
    /// What becomes of bills and orders that pass their customers' credit limits.
    pub credit_policy: CreditPolicy,
    /// How much of each difference finance may write off without another pair of eyes.
    pub difference_limits: DifferenceLimits,
    /// Outside systems that usage is collected from.
    pub usage_sources: Sources,
    /// Payment channels that notify us.
    pub channels: Channels,
    /// How long orders wait for their next step.
    pub order_times: OrderTimes,
    /// How payouts get to the bank.
    pub payouts: Payouts,
}

/// A year that is audited, and a month to do it.
pub const REFUSALS_KEPT_DAYS: u16 = 400;

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            metrics: true,
            behind_proxy: false,
            max_connections: 10_000,
            max_event_streams: 200,
            refusals_kept_days: NonZeroU16::new(REFUSALS_KEPT_DAYS),
            personal_data_key: None,
            seller: Seller::default(),
            public_url: None,
            bill_run_at: None,
            credit_policy: CreditPolicy::Warn,
            difference_limits: DifferenceLimits::usual(),
            usage_sources: Sources::default(),
            channels: Channels::default(),
            order_times: OrderTimes::default(),
            payouts: Payouts::default(),
        }
    }
}

/// One per process and book. Cloning it shares it.
#[derive(Debug, Clone)]
pub struct ApiState {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    book: Book,
    personal_keys: PersonalKeys,
    /// Read when the first link is made or followed.
    link_key: OnceCell<LinkKey>,
    settings: ApiSettings,
    access: Access,
    figures: HttpFigures,
    /// The last position known to any process, as far as this one has heard.
    tail: watch::Sender<u64>,
    readiness: Readiness,
    event_streams: Arc<Semaphore>,
    /// How many of them each caller has open.
    streams_of: Mutex<HashMap<Actor, usize>>,
    workbooks: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    link_pages: Semaphore,
    searches: tokio::sync::Mutex<()>,
    views: OpenedViews,
    /// Months whose runs were started here and not looked after yet.
    bill_runs: Mutex<BTreeSet<Month>>,
    bill_run_started: Notify,
    /// Sources whose runs were started here and not looked after yet.
    usage_runs: Mutex<BTreeSet<SourceName>>,
    payout_prepared: Notify,
    stop: CancellationToken,
}

/// Event streams one caller has open at once, so that nobody takes all places.
const STREAMS_OF_ONE: usize = 8;
/// Excel workbooks written at once.
const WORKBOOKS: usize = 4;
/// Lists taken in at once, from the first byte of the file to the answer: each is in memory as long.
const UPLOADS: usize = 4;
/// Statements shown at once to whoever has a link, so that they leave the database to those who sign in.
const LINK_PAGES: usize = 4;

impl ApiState {
    pub fn new(book: Book, settings: ApiSettings) -> Self {
        let (tail, _) = watch::channel(book.head());
        let shared = Shared {
            access: Access::new(),
            figures: HttpFigures::new(),
            tail,
            readiness: Readiness::default(),
            event_streams: Arc::new(Semaphore::new(settings.max_event_streams)),
            streams_of: Mutex::default(),
            views: OpenedViews::default(),
            bill_runs: Mutex::default(),
            bill_run_started: Notify::new(),
            usage_runs: Mutex::default(),
            payout_prepared: Notify::new(),
            workbooks: Arc::new(Semaphore::new(WORKBOOKS)),
            uploads: Arc::new(Semaphore::new(UPLOADS)),
            link_pages: Semaphore::new(LINK_PAGES),
            searches: tokio::sync::Mutex::default(),
            stop: CancellationToken::new(),
            link_key: OnceCell::new(),
            personal_keys: PersonalKeys::new(book.pool().clone(), settings.personal_data_key.clone()),
            book,
            settings,
        };
        Self { shared: Arc::new(shared) }
    }

    pub fn book(&self) -> &Book {
        &self.shared.book
    }

    /// Seals and opens the personal fields of customers.
    pub(crate) fn personal_keys(&self) -> &PersonalKeys {
        &self.shared.personal_keys
    }

    /// What the links of customers are made with.
    pub(crate) async fn link_key(&self) -> Result<&LinkKey, Problem> {
        self.shared.link_key.get_or_try_init(|| LinkKey::read(self.book().pool())).await
    }

    pub(crate) fn settings(&self) -> &ApiSettings {
        &self.shared.settings
    }

    pub(crate) fn access(&self) -> &Access {
        &self.shared.access
    }

    pub(crate) fn figures(&self) -> &HttpFigures {
        &self.shared.figures
    }

    pub(crate) fn readiness(&self) -> &Readiness {
        &self.shared.readiness
    }

    pub(crate) fn tail(&self) -> &watch::Sender<u64> {
        &self.shared.tail
    }

    /// Cancelled when the process stops: what would run for ever ends then.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.shared.stop
    }

    /// A place for one more event stream of this caller.
    pub(crate) fn event_stream(&self, caller: &Actor) -> Result<StreamPlace, Problem> {
        let Ok(permit) = Arc::clone(&self.shared.event_streams).try_acquire_owned() else {
            let detail = "Too many event streams are open. Try again in a moment, or read GET /v1/events.";
            return Err(Problem::new(ProblemKind::Busy, detail).retry_after(5));
        };
        let mut streams = self.shared.streams_of.lock().unwrap_or_else(PoisonError::into_inner);
        let open = streams.entry(caller.clone()).or_default();
        if *open >= STREAMS_OF_ONE {
            let detail = format!("You have {STREAMS_OF_ONE} event streams open. Close one first.");
            return Err(Problem::new(ProblemKind::Busy, detail).retry_after(5));
        }
        *open += 1;
        Ok(StreamPlace { caller: caller.clone(), shared: Arc::clone(&self.shared), _permit: permit })
    }

    pub(crate) fn workbook(&self) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        Arc::clone(&self.shared.workbooks).try_acquire_owned()
    }

    pub(crate) fn upload(&self) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        Arc::clone(&self.shared.uploads).try_acquire_owned()
    }

    pub(crate) fn link_pages(&self) -> &Semaphore {
        &self.shared.link_pages
    }

    /// The place for a search among all open bills and payers, which are in memory as long: one after the other.
    pub(crate) async fn search(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.shared.searches.lock().await
    }

    /// Has a run that was just started carried out.
    pub(crate) fn bill_run_started(&self, month: Month) {
        self.shared.bill_runs.lock().unwrap_or_else(PoisonError::into_inner).insert(month);
        self.shared.bill_run_started.notify_one();
    }

    /// Waits until a run is started here.
    pub(crate) async fn started_bill_run(&self) {
        self.shared.bill_run_started.notified().await;
    }

    pub(crate) fn take_started_bill_runs(&self) -> BTreeSet<Month> {
        std::mem::take(&mut *self.shared.bill_runs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has a payout that was just made here looked after.
    pub(crate) fn payout_prepared(&self) {
        self.shared.payout_prepared.notify_one();
    }

    /// Waits until a payout is made here.
    pub(crate) async fn prepared_payout(&self) {
        self.shared.payout_prepared.notified().await;
    }

    /// Has a run of a source that was just started carried out.
    pub(crate) fn usage_run_started(&self, source: SourceName) {
        self.shared.usage_runs.lock().unwrap_or_else(PoisonError::into_inner).insert(source);
    }

    /// Whether one was started here since the last call.
    pub(crate) fn take_started_usage_run(&self, source: &SourceName) -> bool {
        self.shared.usage_runs.lock().unwrap_or_else(PoisonError::into_inner).remove(source)
    }

    pub(crate) fn moment(&self, client: Option<IpAddr>) -> Moment<'_> {
        Moment { pool: self.book().pool(), now: self.book().now(), client }
    }

    /// Where to read what projections fold: in a view, if one is asked for; else in the live tables, once they are as
    /// fresh as the client wants.
    pub(crate) async fn reading(
        &self,
        projections: &[&'static str],
        view: Option<&ViewName>,
        fresh: Option<Freshness>,
    ) -> Result<PgPool, Problem> {
        match (view, fresh) {
            (None, fresh) => {
                self.wait_for(projections, fresh).await?;
                Ok(self.book().pool().clone())
            }
            (Some(view), None) => self.shared.views.pool(self.book(), view).await,
            (Some(_), Some(_)) => Err(Problem::validation(vec![FieldError {
                pointer: "?min_position".into(),
                code: "not_with_view",
                detail: "cannot be waited for in a view, which stays as it is".into(),
            }])),
        }
    }

    /// Up to which event the book has been recorded, or a view of it goes.
    pub(crate) async fn last_position(&self, view: Option<&ViewName>) -> Result<u64, Problem> {
        match view {
            None => Ok(head_position(self.book().pool()).await?),
            Some(view) => self.shared.views.position(self.book(), view).await,
        }
    }

    /// Waits until the projections have come as far as the client wants, for as long as the client wants.
    async fn wait_for(&self, projections: &[&'static str], fresh: Option<Freshness>) -> Result<(), Problem> {
        let Some(Freshness { min_position, wait }) = fresh else { return Ok(()) };
        tallybook_projector::wait_for(self.book().pool(), projections, min_position, wait)
            .await
            .map_err(|error| not_there(error, min_position))
    }
}

/// Held while an event stream is open.
#[derive(Debug)]
pub(crate) struct StreamPlace {
    caller: Actor,
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut streams = self.shared.streams_of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = streams.get_mut(&self.caller) {
            *open -= 1;
            if *open == 0 {
                streams.remove(&self.caller);
            }
        }
    }
}

fn not_there(error: WaitError, min_position: u64) -> Problem {
    match error {
        WaitError::Behind { name, position } => {
            let detail =
                format!("The read model {name} is at position {position}, not yet at {min_position}.");
            Problem::new(ProblemKind::ProjectionBehind, detail)
                .with("projection", name)
                .with("position", position)
                .with("min_position", min_position)
                .retry_after(1)
        }
        WaitError::Stopped { name, position, error } => {
            let detail = format!(
                "The read model {name} has stopped at position {position} and will not come to {min_position} \
                 until an operator has looked at it."
            );
            Problem::new(ProblemKind::ProjectionStopped, detail)
                .with("projection", &name)
                .with("position", position)
                .with("min_position", min_position)
                .retry_after(60)
                .because(format_args!("projection {name} is stopped at {position}: {error}"))
        }
        WaitError::Database(error) => error.into(),
    }
}
