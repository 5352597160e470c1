//! The lane: the one task through which every command of a process enters the book.
//!
//! While one batch is being committed the next is decided on top of it in memory, so PostgreSQL and decisions
//! overlap. Nobody is answered, not even refused, before everything the answer rests on is durable. When an
//! append does not happen, memory is put back exactly and its commands are decided again.
//! The lane never waits for a cold aggregate and never guesses whether an append happened.

mod admit;
mod append;
mod batch;
mod column;
mod figures;
mod recover;
mod settle;
mod statement;

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use chrono_tz::Tz;
use futures::future::{BoxFuture, MaybeDone, maybe_done};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

pub(crate) use admit::too_many;
pub(crate) use append::connect;
pub(crate) use batch::{Answer, Command, Decide};
pub use figures::LaneFigures;
pub(crate) use recover::{Findings, Questions, find_out, taken_claims};

use crate::aggregate::{Loaded, StreamId};
use crate::cache::Cache;
use crate::command::CommandError;
use crate::load::LoadError;
use crate::settings::BookSettings;
use append::{AppendRows, HeadRow, Line};
use batch::{Admitted, Batch, Tip};
use statement::Statements;

/// How often waiting commands are checked against their deadlines.
const SWEEP_EVERY: Duration = Duration::from_millis(100);

/// What the lane is doing with its connection.
enum Phase {
    Idle(Line),
    Appending(MaybeDone<BoxFuture<'static, (Line, AppendResult)>>),
    Recovering(BoxFuture<'static, Findings>),
}

enum AppendResult {
    Appended(HeadRow),
    /// The head had moved, or a command or a claim was there already.
    Conflict,
    /// The database refused the statement: nothing was recorded.
    Refused(sqlx::Error),
    /// No answer: it may be recorded.
    Unknown(String),
}

/// A load that ended, with each stream it was for.
pub(crate) struct LoadEnd {
    streams: Vec<(StreamId, Result<Loaded, LoadError>)>,
}

pub(crate) struct Lane {
    settings: BookSettings,
    options: PgConnectOptions,
    pool: PgPool,
    time_zone: Tz,
    cache: Cache,
    /// The end of the journal if everything decided so far becomes durable.
    tip: Tip,
    /// The end of the durable journal.
    durable: Tip,
    /// Where the row is that holds it.
    head_row: HeadRow,
    head: watch::Sender<u64>,
    figures: LaneFigures,
    inbox: mpsc::Receiver<Command>,
    loads: (mpsc::UnboundedSender<LoadEnd>, mpsc::UnboundedReceiver<LoadEnd>),
    /// Commands to decide, in order.
    backlog: VecDeque<Command>,
    /// Commands waiting for a cold aggregate.
    loading: HashMap<StreamId, Vec<Command>>,
    /// Commands waiting for the batches that hold their key or claim to be durable.
    deferred: Vec<Command>,
    /// Commands of an append that did not happen, waiting for what the database says.
    retry: Vec<Admitted>,
    pending: Batch,
    in_flight: Batch,
    /// The batch that just became durable, until its callers are answered.
    settled: Option<Batch>,
    statements: Statements,
    /// Appends that still look for repeats first, because there was one lately.
    careful_appends: u32,
    /// Appends one after the other that found the head moved.
    lost_in_a_row: u32,
    /// Nothing more comes in.
    closed: bool,
}

/// What a lane is made of besides its settings.
pub(crate) struct LaneParts {
    pub(crate) options: PgConnectOptions,
    pub(crate) pool: PgPool,
    pub(crate) time_zone: Tz,
    pub(crate) inbox: mpsc::Receiver<Command>,
    pub(crate) head: watch::Sender<u64>,
    pub(crate) figures: LaneFigures,
}

/// Runs until `stop` is cancelled and everything accepted is answered.
pub(crate) async fn run(
    settings: BookSettings,
    parts: LaneParts,
    opening: Findings,
    stop: CancellationToken,
) {
    let snapshot_every = settings.snapshot_every;
    let mut cache = Cache::new(settings.cached_aggregates);
    cache.clear(opening.tip.position);
    let mut lane = Lane {
        cache,
        tip: opening.tip.clone(),
        durable: opening.tip,
        head_row: opening.head_row,
        settings,
        options: parts.options,
        pool: parts.pool,
        time_zone: parts.time_zone,
        head: parts.head,
        figures: parts.figures,
        inbox: parts.inbox,
        loads: mpsc::unbounded_channel(),
        backlog: VecDeque::new(),
        loading: HashMap::new(),
        deferred: Vec::new(),
        retry: Vec::new(),
        pending: Batch::new(snapshot_every),
        in_flight: Batch::new(snapshot_every),
        settled: None,
        statements: Statements::default(),
        careful_appends: 0,
        lost_in_a_row: 0,
        closed: false,
    };
    let mut phase = Phase::Idle(opening.line);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        phase = lane.advance(phase);
        if lane.closed && lane.is_quiet(&phase) {
            return;
        }
        tokio::select! {
            biased;
            next = progress(&mut phase) => {
                phase = lane.progressed(next);
                // The next batch is on its way before anyone is answered: the database waits for no one.
                begin(&mut phase).await;
                lane.answer_settled();
            }
            Some(end) = lane.loads.1.recv() => lane.loaded(end),
            received = lane.inbox.recv(), if !lane.closed => match received {
                Some(command) => lane.take_in(command),
                None => lane.closed = true,
            },
            _ = sweep.tick() => lane.sweep(Instant::now()),
            () = stop.cancelled(), if !lane.inbox.is_closed() => lane.inbox.close(),
        }
    }
}

/// A phase that came to its end.
enum Progress {
    Appended(Line, AppendResult),
    Found(Findings),
}

async fn progress(phase: &mut Phase) -> Progress {
    match phase {
        Phase::Idle(_) => std::future::pending().await,
        Phase::Appending(append) => {
            Pin::new(&mut *append).await;
            match Pin::new(append).take_output() {
                Some((line, result)) => Progress::Appended(line, result),
                None => std::future::pending().await,
            }
        }
        Phase::Recovering(findings) => Progress::Found(findings.await),
    }
}

/// Lets an append get as far as it can without waiting.
async fn begin(phase: &mut Phase) {
    std::future::poll_fn(|context| {
        if let Phase::Appending(append) = phase
            && Pin::new(append).poll(context).is_ready()
        {
            tracing::trace!("an append ended at once");
        }
        Poll::Ready(())
    })
    .await;
}

impl Lane {
    /// Takes a command and everything that came with it.
    fn take_in(&mut self, command: Command) {
        self.backlog.push_back(command);
        while self.backlog.len() < self.settings.max_batch {
            match self.inbox.try_recv() {
                Ok(command) => self.backlog.push_back(command),
                Err(mpsc::error::TryRecvError::Empty | mpsc::error::TryRecvError::Disconnected) => return,
            }
        }
    }

    /// Decides what it can, and sends the next batch if the connection is free.
    fn advance(&mut self, phase: Phase) -> Phase {
        match phase {
            Phase::Recovering(_) => phase,
            Phase::Appending(_) => {
                self.decide_backlog();
                phase
            }
            Phase::Idle(line) => {
                self.decide_backlog();
                self.send(line)
            }
        }
    }

    /// Sends the pending batch. Of one that writes nothing only the head is looked at: another process may have appended
    /// what its answers do not know of. A head that is held is let go of, whether there is anything to send or not.
    fn send(&mut self, mut line: Line) -> Phase {
        if self.pending.is_empty() && !line.holds_head {
            return Phase::Idle(line);
        }
        let mut batch = self.take_pending();
        let rows = std::mem::replace(&mut batch.rows, AppendRows::new());
        batch.end = Some(self.tip.clone());
        self.in_flight = batch;
        self.figures.batch(self.in_flight.admitted.len());
        let (expected, head_row) = (self.durable.position, self.head_row.clone());
        let (tip, deadline) = (self.tip.clone(), self.settings.deadline);
        let statement = self.statements.of(rows.shape(self.careful_appends > 0));
        self.careful_appends = self.careful_appends.saturating_sub(1);
        Phase::Appending(maybe_done(Box::pin(async move {
            let append = line.append(rows, (expected, &head_row), &tip, &statement);
            let answer = tokio::time::timeout(deadline, append).await;
            (line, AppendResult::of(answer))
        })))
    }

    fn take_pending(&mut self) -> Batch {
        std::mem::replace(&mut self.pending, Batch::new(self.settings.snapshot_every))
    }

    fn take_in_flight(&mut self) -> Batch {
        std::mem::replace(&mut self.in_flight, Batch::new(self.settings.snapshot_every))
    }

    fn progressed(&mut self, progress: Progress) -> Phase {
        match progress {
            Progress::Appended(line, result) => self.settle(line, result),
            Progress::Found(findings) => self.resume(findings),
        }
    }

    /// Nothing accepted is left to answer.
    fn is_quiet(&self, phase: &Phase) -> bool {
        !matches!(phase, Phase::Appending(_))
            && self.retry.is_empty()
            && self.backlog.is_empty()
            && self.loading.is_empty()
            && self.deferred.is_empty()
            && self.pending.is_empty()
    }

    /// Gives up what has waited too long.
    fn sweep(&mut self, now: Instant) {
        self.figures.sizes(self.cache.len(), self.backlog.len());
        let mut kept = VecDeque::with_capacity(self.backlog.len());
        for command in self.backlog.drain(..) {
            if command.deadline > now { kept.push_back(command) } else { give_up(command) }
        }
        self.backlog = kept;
        for late in self.retry.extract_if(.., |admitted| admitted.command.deadline <= now) {
            give_up(late.command);
        }
        for waiting in self.loading.values_mut().chain(std::iter::once(&mut self.deferred)) {
            for late in waiting.extract_if(.., |command| command.deadline <= now) {
                give_up(late);
            }
        }
    }
}

/// Tells the caller exactly as much as is known.
fn give_up(command: Command) {
    let error = if command.maybe_recorded {
        CommandError::OutcomeUnknown { command_id: command.id.clone() }
    } else {
        CommandError::Unavailable
    };
    reply(command, Err(error));
}

/// A caller that went away needs no answer: its command stands as the journal says.
fn reply(command: Command, answer: Result<Answer, CommandError>) {
    if command.reply.send(answer).is_err() {
        tracing::debug!(command_id = %command.id, "the caller did not wait for its answer");
    }
}

impl AppendResult {
    fn of(answer: Result<Result<Option<HeadRow>, sqlx::Error>, tokio::time::error::Elapsed>) -> Self {
        match answer {
            Ok(Ok(Some(head_row))) => Self::Appended(head_row),
            Ok(Ok(None)) => Self::Conflict,
            Ok(Err(error)) if is_repeat(&error) || has_lost_its_hold(&error) => Self::Conflict,
            Ok(Err(error)) if nothing_was_recorded(&error) => Self::Refused(error),
            Ok(Err(error)) => Self::Unknown(error.to_string()),
            Err(_) => Self::Unknown("no answer within the deadline".into()),
        }
    }
}

/// A command or claim that is in the book already.
fn is_repeat(error: &sqlx::Error) -> bool {
    let constraint = error.as_database_error().and_then(|report| report.constraint());
    matches!(constraint, Some("commands_pkey" | "claims_pkey"))
}

/// PostgreSQL let go of a head that was held for too long: `idle_in_transaction_session_timeout`.
fn has_lost_its_hold(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|report| report.code()).is_some_and(|code| code == "25P03")
}

/// An error report of the statement itself. Class 57 (the server is going away) and class 08 (the connection) may
/// arrive after the commit.
fn nothing_was_recorded(error: &sqlx::Error) -> bool {
    match error.as_database_error().map(|report| report.code()) {
        Some(Some(code)) => !(code.starts_with("57P") || code.starts_with("08")),
        Some(None) => false,
        // It could not even be written down to be sent.
        None => matches!(error, sqlx::Error::Encode(_)),
    }
}
