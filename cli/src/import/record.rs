//! Recording the money that came in on a statement, many rows at a time, each once.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt, stream};
use tallybook_commands::CommandContext;
use tallybook_domain::Actor;
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::settlement::receipt::OwnAccount;
use tallybook_event_store::{Book, CommandError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::as_deposit::{self, Deposit};
use super::as_receipt;
use super::row::Incoming;
use super::statement::Line;
use super::taken::{self, Doubtful};
use crate::progress::Progress;

/// Commands on their way at the same time: they share the lane's commits.
const IN_FLIGHT: usize = 64;

/// How long a book that is busy or away is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who records, and how.
#[derive(Debug, Clone)]
pub(super) struct Recorder<'b> {
    pub(super) book: &'b Book,
    pub(super) actor: Actor,
    pub(super) becomes: Becomes,
    pub(super) method: DepositMethod,
    pub(super) dry_run: bool,
}

/// What the money that came in becomes.
#[derive(Debug, Clone)]
pub(super) enum Becomes {
    Deposits,
    Receipts { account: OwnAccount },
}

/// What became of the money.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    pub(super) new: usize,
    pub(super) already_there: usize,
    /// Record of the sheet, and why the book refused it.
    pub(super) refused: BTreeMap<usize, String>,
    /// The last position recorded.
    pub(super) position: Option<u64>,
    /// Rows nobody asked about, because the import was stopped.
    pub(super) left: usize,
    /// Why it was stopped, unless a signal did it.
    pub(super) failure: Option<CommandError>,
}

/// What became of one.
pub(super) enum Fate<'i> {
    New {
        position: u64,
    },
    AlreadyThere,
    /// The reference is in the book: by the same deposit, recorded some other way, or by another one.
    Taken(Deposit<'i>),
    /// The key is in the book: by the same deposit with another method, remark or person, or by something else.
    KeyUsed(Deposit<'i>),
    Refused(String),
}

impl Recorder<'_> {
    /// Records all, oldest first. Stops early when asked to, or when the book stays away.
    pub(super) async fn record(
        &self,
        lines: &[Line],
        stop: &CancellationToken,
        progress: &Progress,
    ) -> Recorded {
        let incoming: Vec<(usize, &Incoming)> =
            lines.iter().filter_map(|line| Some((line.record, line.entry.incoming.as_ref()?))).collect();
        let mut recorded = Recorded { left: incoming.len(), ..Recorded::default() };
        let mut doubtful = Vec::new();
        let failed = CancellationToken::new();
        let stopped = async {
            tokio::select! {
                () = stop.cancelled() => {}
                () = failed.cancelled() => {}
            }
        };
        let mut fates = stream::iter(&incoming)
            .take_until(Box::pin(stopped))
            .map(|(record, incoming)| async move { (*record, self.one(incoming).await) })
            .buffer_unordered(IN_FLIGHT);
        while let Some((record, fate)) = fates.next().await {
            progress.advance(1);
            match fate {
                Ok(Fate::New { position }) => {
                    recorded.new += 1;
                    recorded.position = recorded.position.max(Some(position));
                }
                Ok(Fate::AlreadyThere) => recorded.already_there += 1,
                Ok(Fate::Taken(deposit)) => doubtful.push(Doubtful { record, deposit, key_used: false }),
                Ok(Fate::KeyUsed(deposit)) => doubtful.push(Doubtful { record, deposit, key_used: true }),
                Ok(Fate::Refused(reason)) => {
                    recorded.refused.insert(record, reason);
                }
                Err(error) => {
                    failed.cancel();
                    recorded.failure.get_or_insert(error);
                    continue;
                }
            }
            recorded.left -= 1;
        }
        drop(fates);
        self.settle(doubtful, &mut recorded).await;
        recorded
    }

    /// Compares deposits whose reference or key was taken with those that took it.
    async fn settle(&self, doubtful: Vec<Doubtful<'_>>, recorded: &mut Recorded) {
        match taken::compare(self.book.pool(), &doubtful).await {
            Ok(differences) => {
                for (Doubtful { record, .. }, difference) in doubtful.into_iter().zip(differences) {
                    match difference {
                        None => recorded.already_there += 1,
                        Some(reason) => {
                            recorded.refused.insert(record, reason);
                        }
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "deposits with references that are taken could not be compared");
                recorded.left += doubtful.len();
                recorded.failure.get_or_insert(CommandError::Unavailable);
            }
        }
    }

    async fn one<'i>(&self, incoming: &'i Incoming) -> Result<Fate<'i>, CommandError> {
        let deadline = Instant::now() + PATIENCE;
        let mut pause = Duration::from_millis(20);
        loop {
            let context = CommandContext {
                actor: self.actor.clone(),
                idempotency_key: None,
                request_id: None,
                client_address: None,
                dry_run: self.dry_run,
            };
            let asked = match &self.becomes {
                Becomes::Deposits => as_deposit::ask(self.book, context, incoming, self.method).await,
                Becomes::Receipts { account } => {
                    as_receipt::ask(self.book, context, incoming, (account, self.method)).await
                }
            };
            match asked {
                Err(CommandError::Refused(refusal)) => return Ok(Fate::Refused(refusal.to_string())),
                Ok(fate) => return Ok(fate),
                Err(error @ (CommandError::Corrupt(_) | CommandError::KeyReused)) => return Err(error),
                Err(error) if Instant::now() + pause > deadline => return Err(error),
                // Nothing was done, or asking again will tell.
                Err(CommandError::Busy | CommandError::Unavailable | CommandError::OutcomeUnknown { .. }) => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(2));
                }
            }
        }
    }
}
