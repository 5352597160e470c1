//! The handle to an open book.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods};
use tallybook_domain::{EventMetadata, RecordedEvent, Refusal};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::aggregate::StreamKey;
use crate::command::{CommandError, CommandRequest, DryRunEvent, Fault, Receipt};
use crate::decision::Decision;
use crate::lane::{self, Answer, Command, Decide, LaneFigures, LaneParts, Questions};
use crate::settings::{BookSettings, StoreError};
use crate::{journal, schema, subscription};

/// One book, open in this process. Cloning it shares it.
#[derive(Clone)]
pub struct Book {
    shared: Arc<Shared>,
}

struct Shared {
    pool: PgPool,
    settings: BookSettings,
    time_zone: Tz,
    inbox: mpsc::Sender<Command>,
    permits: Arc<Semaphore>,
    head: watch::Receiver<u64>,
    figures: LaneFigures,
    stop: CancellationToken,
    lane: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Book {
    /// Opens a book that has been provisioned, and starts its lane.
    pub async fn open(connect: &PgConnectOptions, settings: BookSettings) -> Result<Self, StoreError> {
        let pool = schema::pool(connect, &settings.schema, settings.pool_connections).await?;
        let time_zone = time_zone(&pool, &settings.schema).await?;
        let options = schema::in_schema(connect, &settings.schema);
        let connection = lane::connect(&options, settings.deadline).await?;
        let opening = lane::find_out(Questions {
            options: options.clone(),
            deadline: settings.deadline,
            connection: Some(connection),
            hold_head: false,
            since: journal::head_position(&pool).await?,
            command_ids: Vec::new(),
            claims: Vec::new(),
        })
        .await;
        let (head_sender, head) = watch::channel(opening.tip.position);
        let (inbox, received) = mpsc::channel(settings.queue_capacity.max(1));
        let (figures, stop) = (LaneFigures::default(), CancellationToken::new());
        let parts = LaneParts {
            options,
            pool: pool.clone(),
            time_zone,
            inbox: received,
            head: head_sender,
            figures: figures.clone(),
        };
        let channel = subscription::channel(&settings.schema);
        tokio::spawn(subscription::announce(pool.clone(), channel, head.clone(), stop.clone()));
        let lane = tokio::spawn(lane::run(settings.clone(), parts, opening, stop.clone()));
        let permits = Arc::new(Semaphore::new(settings.queue_capacity));
        let lane = tokio::sync::Mutex::new(Some(lane));
        let shared = Shared { pool, settings, time_zone, inbox, permits, head, figures, stop, lane };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Connections inside the book, for reading.
    pub fn pool(&self) -> &PgPool {
        &self.shared.pool
    }

    pub fn schema(&self) -> &str {
        &self.shared.settings.schema
    }

    /// The last position this process knows to be durable.
    pub fn head(&self) -> u64 {
        *self.shared.head.borrow()
    }

    pub fn figures(&self) -> &LaneFigures {
        &self.shared.figures
    }

    pub fn time_zone(&self) -> Tz {
        self.shared.time_zone
    }

    /// The journal's clock.
    pub fn now(&self) -> DateTime<Utc> {
        (self.shared.settings.clock)()
    }

    /// Today's business date.
    pub fn today(&self) -> NaiveDate {
        self.now().with_timezone(&self.shared.time_zone).date_naive()
    }

    /// Has a command decided and recorded, and answers when it is durable.
    ///
    /// `decide` may run more than once, when another process came first; it must not do anything but decide.
    pub async fn execute<T>(
        &self,
        request: CommandRequest,
        streams: Vec<StreamKey>,
        mut decide: impl FnMut(&mut Decision<'_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<Receipt<T>, CommandError>
    where
        T: Serialize + DeserializeOwned,
    {
        let decide: Decide = Box::new(move |decision| {
            let outcome = decide(decision)?;
            Ok(decision.serialise(&outcome))
        });
        let keyed = request.command_id.clone();
        let (dry_run, request_hash) = (request.dry_run, request.request_hash);
        let answer = match self.submit(request, streams, decide).await {
            // The first time it was not refused, if it was recorded then.
            Err(CommandError::Refused(refusal)) => match &keyed {
                Some(id) => {
                    self.recorded_answer(id, request_hash).await?.ok_or(CommandError::Refused(refusal))?
                }
                None => return Err(CommandError::Refused(refusal)),
            },
            answer => answer?,
        };
        let (answer, dry_run_events) = match (dry_run, keyed) {
            // What was recorded under this key already would be its answer again.
            (true, Some(id)) => match self.recorded_answer(&id, request_hash).await? {
                Some(recorded) => (recorded, Some(Vec::new())),
                None => self.check_dry_run(answer).await?,
            },
            (true, None) => self.check_dry_run(answer).await?,
            (false, _) => (answer, None),
        };
        receipt(&answer, dry_run_events)
    }

    /// What the request was answered when it was recorded, if it was: for what takes so long that a repeat of it should
    /// not begin. Its key with another request is refused.
    pub async fn answered<T: DeserializeOwned>(
        &self,
        request: &CommandRequest,
    ) -> Result<Option<Receipt<T>>, CommandError> {
        let Some(id) = &request.command_id else { return Ok(None) };
        let answer = self.recorded_answer(id, request.request_hash).await?;
        answer.map(|answer| receipt(&answer, None)).transpose()
    }

    async fn submit(
        &self,
        request: CommandRequest,
        mut streams: Vec<StreamKey>,
        decide: Decide,
    ) -> Result<Answer, CommandError> {
        // Every decision is judged by what is closed.
        streams.push(StreamKey::existing::<AccountingPeriods>(ACCOUNTING_PERIODS));
        let (needed, held) = (streams.len(), self.shared.settings.cached_aggregates);
        if needed > held {
            return Err(CommandError::Corrupt(Fault(lane::too_many(needed, held))));
        }
        let permit = Arc::clone(&self.shared.permits).try_acquire_owned().map_err(|_| CommandError::Busy)?;
        let keyed = request.command_id.is_some();
        let id = request.command_id.unwrap_or_else(new_command_id);
        let metadata = EventMetadata {
            actor: request.metadata.actor.as_str().to_owned(),
            command_id: id.clone(),
            request_id: request.metadata.request_id,
            reason: request.metadata.reason,
            client_address: request.metadata.client_address,
        };
        let metadata = serde_json::to_string(&metadata)?;
        let (reply, answer) = oneshot::channel();
        let command = Command {
            id,
            keyed,
            request_hash: request.request_hash,
            metadata,
            streams,
            dry_run: request.dry_run,
            decide,
            reply,
            deadline: Instant::now() + self.shared.settings.deadline,
            maybe_recorded: false,
            looked_up: false,
            failures: 0,
            _permit: permit,
        };
        // A permit is a place in the inbox, so it is never full; it is closed only while the process stops.
        self.shared.inbox.try_send(command).map_err(|_| CommandError::Unavailable)?;
        answer.await.map_err(|_| CommandError::Unavailable)?
    }

    /// The stored answer of a command that was recorded before.
    async fn recorded_answer(
        &self,
        id: &str,
        request_hash: [u8; 32],
    ) -> Result<Option<Answer>, CommandError> {
        let row = sqlx::query!(
            r#"SELECT request_hash, last_position, outcome FROM commands WHERE command_id = $1"#,
            id
        )
        .fetch_optional(&self.shared.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if row.request_hash != request_hash {
            return Err(CommandError::KeyReused);
        }
        let position = journal::unsigned(row.last_position)?;
        let outcome = RawValue::from_string(row.outcome)?;
        Ok(Some(Answer { outcome, position, replayed: true, draft: None }))
    }

    /// What a dry run cannot see in memory: claims that are in the book already.
    async fn check_dry_run(
        &self,
        mut answer: Answer,
    ) -> Result<(Answer, Option<Vec<DryRunEvent>>), CommandError> {
        let Some(draft) = answer.draft.take() else { return Ok((answer, Some(Vec::new()))) };
        let mut connection = self.shared.pool.acquire().await?;
        let keys: Vec<_> = draft.claims.iter().map(|claim| claim.key.clone()).collect();
        let taken = lane::taken_claims(&mut connection, &keys).await?;
        if let Some(claim) = draft.claims.into_iter().find(|claim| taken.contains(&claim.key)) {
            return Err(CommandError::Refused(claim.taken));
        }
        let events = draft.events.into_iter().map(DryRunEvent::try_from).collect::<Result<_, _>>()?;
        Ok((answer, Some(events)))
    }

    /// One event by its stream and sequence: immutable, so it may be read outside a decision.
    pub async fn event_at(
        &self,
        key: &StreamKey,
        sequence: u64,
    ) -> Result<Option<RecordedEvent>, StoreError> {
        let stored =
            journal::event_of_stream(&self.shared.pool, &key.stream.kind, &key.stream.id, sequence).await?;
        let upcasters = (self.shared.settings.upcasters)();
        stored
            .map(|event| event.decode(&upcasters))
            .transpose()
            .map_err(|error| StoreError::Corrupt(format!("{:?}, sequence {sequence}: {error}", key.stream)))
    }

    /// Takes no more commands, answers those accepted, and closes its connections.
    pub async fn shutdown(&self) {
        self.shared.stop.cancel();
        if let Some(lane) = self.shared.lane.lock().await.take()
            && let Err(error) = lane.await
        {
            tracing::error!(%error, "the lane did not end well");
        }
        self.shared.pool.close().await;
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Book").field("schema", &self.schema()).field("head", &self.head()).finish()
    }
}

impl Decision<'_> {
    /// An outcome that does not serialise is a fault of the use case.
    fn serialise(&mut self, outcome: &impl Serialize) -> Box<RawValue> {
        to_raw_value(outcome).unwrap_or_else(|error| {
            self.draft.fault = Some(format!("the outcome does not serialise: {error}"));
            RawValue::NULL.to_owned()
        })
    }
}

impl TryFrom<crate::decision::DraftEvent> for DryRunEvent {
    type Error = CommandError;

    fn try_from(event: crate::decision::DraftEvent) -> Result<Self, Self::Error> {
        let payload = RawValue::from_string(event.payload)
            .map_err(|error| CommandError::Corrupt(Fault(format!("a payload is not JSON: {error}"))))?;
        Ok(Self {
            aggregate_type: event.aggregate_type,
            aggregate_id: event.aggregate_id.into(),
            sequence: event.sequence,
            event_type: event.event_type,
            event_version: event.event_version,
            payload,
        })
    }
}

fn receipt<T: DeserializeOwned>(
    answer: &Answer,
    dry_run_events: Option<Vec<DryRunEvent>>,
) -> Result<Receipt<T>, CommandError> {
    let outcome = serde_json::from_str(answer.outcome.get()).map_err(|error| {
        CommandError::Corrupt(Fault(format!("a stored outcome does not decode: {error}")))
    })?;
    Ok(Receipt { outcome, position: answer.position, replayed: answer.replayed, dry_run_events })
}

#[expect(clippy::disallowed_methods, reason = "a command without an idempotency key gets its id here")]
fn new_command_id() -> String {
    Uuid::now_v7().to_string()
}

async fn time_zone(pool: &PgPool, schema: &str) -> Result<Tz, StoreError> {
    let provisioned: Option<String> =
        sqlx::query_scalar("SELECT to_regclass('book_settings')::text").fetch_one(pool).await?;
    if provisioned.is_none() {
        return Err(StoreError::NotProvisioned { schema: schema.to_owned() });
    }
    let name: Option<String> =
        sqlx::query_scalar("SELECT time_zone FROM book_settings").fetch_optional(pool).await?;
    let name = name.ok_or_else(|| StoreError::NotProvisioned { schema: schema.to_owned() })?;
    Tz::from_str(&name).map_err(|_| StoreError::TimeZone(name))
}
