//! One projection, from the journal into its tables.
//!
//! A page of events is folded in memory and written together with the new position, which moves only if it is where
//! this engine left it and this engine still leads. So each event counts once, whoever else is running.

mod fold;
mod lease;
mod write;

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tallybook_read_models::Projection;
use tallybook_read_models::fold::Tables;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ProjectorSettings;
use crate::journal::{Journal, JournalError, PageEvent};
use crate::rebuild::Resting;
pub(crate) use fold::page as fold_page;
use fold::{Folded, Unfoldable};
use lease::{Claim, Standing};
pub(crate) use lease::{interval, register};
use write::{Checkpoint, Written};
pub(crate) use write::{copy_statement, rows as write_rows};

/// What engines of one process share.
#[derive(Clone)]
pub(crate) struct Surroundings {
    /// Connections to fold and write with, taken for one step at a time.
    pub(crate) writers: PgPool,
    pub(crate) journal: Arc<Journal>,
    pub(crate) settings: Arc<ProjectorSettings>,
    /// Who is rebuilt by this process meanwhile.
    pub(crate) resting: Resting,
    /// Counts wake-ups: there may be new events.
    pub(crate) woken: watch::Receiver<u64>,
    pub(crate) shutdown: CancellationToken,
}

/// Runs the projection until shutdown. A database error ends a term, not the engine.
pub(crate) async fn run<P: Projection>(surroundings: Surroundings) {
    let mut backoff = surroundings.settings.first_backoff;
    loop {
        let begun = Instant::now();
        match Term::<P>::serve(surroundings.clone()).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(projection = P::NAME, %error, "the projection was interrupted; it tries again");
            }
        }
        if begun.elapsed() > surroundings.settings.longest_backoff {
            backoff = surroundings.settings.first_backoff;
        }
        tokio::select! {
            () = tokio::time::sleep(backoff) => {}
            () = surroundings.shutdown.cancelled() => return,
        }
        backoff = (backoff * 2).min(surroundings.settings.longest_backoff);
    }
}

/// From one database error to the next: waiting to lead, and leading.
struct Term<P: Projection> {
    surroundings: Surroundings,
    /// Up to here events are folded one by one: a page that reaches here was refused by the database.
    singly_until: u64,
    renewed_at: Instant,
    projection: PhantomData<P>,
}

/// A projection being led: where it stands, and the rows in memory.
struct Lead<T> {
    position: u64,
    tables: T,
    standing: Standing,
}

/// What a step came to.
enum Step {
    /// Some events were folded and written.
    Moved { events: usize },
    /// There is nothing after this position yet.
    AtEnd,
    /// The database refused the rows of a page; its events are tried one by one.
    Narrowed,
    /// The event after this position cannot be folded, and `projections` says so.
    Stopped,
    /// Another process moved the position or leads now.
    Overtaken,
}

impl<P: Projection> Term<P> {
    async fn serve(surroundings: Surroundings) -> Result<(), JournalError> {
        register(&surroundings.writers, P::NAME, P::VERSION).await?;
        let renewed_at = Instant::now();
        let mut term = Self { surroundings, singly_until: 0, renewed_at, projection: PhantomData };
        let mut reported = None;
        let first_pause = term.surroundings.settings.first_backoff;
        let mut pause = first_pause;
        while !term.stopping() {
            match lease::claim::<P>(&term.surroundings.writers, &term.surroundings.settings).await? {
                Claim::Leading { position, standing } => {
                    term.renewed_at = Instant::now();
                    term.lead(position, standing).await?;
                    pause = first_pause;
                }
                Claim::Refused { version, free_in } => {
                    if reported.replace(version) != Some(version) && version != P::VERSION {
                        tracing::warn!(
                            projection = P::NAME,
                            version,
                            known = P::VERSION,
                            "the tables are of another version than this program folds; they are left alone"
                        );
                    }
                    // Who was overtaken asks soon again: a swap takes the lead for a moment only.
                    let until_free = if free_in.is_zero() { pause } else { free_in.max(first_pause) };
                    term.pause(pause.min(until_free)).await;
                    pause = (pause * 2).min(term.surroundings.settings.renew_every);
                }
            }
        }
        lease::release::<P>(&term.surroundings.writers, &term.surroundings.settings.leader).await?;
        Ok(())
    }

    fn stopping(&self) -> bool {
        self.surroundings.shutdown.is_cancelled()
    }

    /// Sleeps, but not through a shutdown.
    async fn pause(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.surroundings.shutdown.cancelled() => {}
        }
    }

    /// Follows the journal until another process leads or it is time to stop.
    async fn lead(&mut self, position: u64, standing: Standing) -> Result<(), JournalError> {
        tracing::debug!(projection = P::NAME, position, "leading");
        let mut lead = Lead { position, tables: P::Tables::cached(), standing };
        let mut rested = false;
        while !self.stopping() {
            if self.surroundings.resting.has(P::NAME) {
                rested = true;
                self.pause(self.surroundings.settings.first_backoff).await;
            } else if rested || !self.go_on(&mut lead).await? {
                // It has lost the lead; or the tables are others now, at another position.
                return Ok(());
            }
            if self.renewed_at.elapsed() >= self.surroundings.settings.renew_every {
                match lease::renew::<P>(&self.surroundings.writers, &self.surroundings.settings).await? {
                    Some(standing) => lead.standing = standing,
                    None => return Ok(()),
                }
                self.renewed_at = Instant::now();
            }
        }
        Ok(())
    }

    /// Follows the journal a step further, or waits until it can. `false`: another leads.
    async fn go_on(&mut self, lead: &mut Lead<P::Tables>) -> Result<bool, JournalError> {
        match lead.standing {
            Standing::Stopped => self.pause(self.surroundings.settings.renew_every).await,
            Standing::Running => {
                let begun = Instant::now();
                self.surroundings.woken.mark_unchanged();
                match self.step(lead).await? {
                    Step::Moved { events } => self.keep_pace(events, begun).await,
                    Step::AtEnd => self.await_events().await,
                    Step::Narrowed => {}
                    Step::Stopped => lead.standing = Standing::Stopped,
                    Step::Overtaken => return Ok(false),
                }
            }
        }
        Ok(true)
    }

    /// Lets events gather, so that a busy book is folded in fewer, larger pages. A full page means being behind.
    async fn keep_pace(&self, events: usize, begun: Instant) {
        let settings = &self.surroundings.settings;
        if events < settings.page_size as usize {
            self.pause(settings.pace.saturating_sub(begun.elapsed())).await;
        }
    }

    async fn await_events(&mut self) {
        let renewal = self.renewed_at + self.surroundings.settings.renew_every;
        let Surroundings { woken, shutdown, .. } = &mut self.surroundings;
        tokio::select! {
            // An error means that `run` is ending, which it says by `shutdown` too.
            changed = woken.changed() => if changed.is_err() { shutdown.cancelled().await },
            () = tokio::time::sleep_until(renewal) => {}
            () = shutdown.cancelled() => {}
        }
    }

    /// Folds and writes the next page.
    async fn step(&mut self, lead: &mut Lead<P::Tables>) -> Result<Step, JournalError> {
        let settings = Arc::clone(&self.surroundings.settings);
        let limit = if lead.position < self.singly_until { 1 } else { settings.page_size as usize };
        let page = match self.surroundings.journal.after(lead.position, limit).await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(Step::AtEnd),
            Err(JournalError::Gap { wanted, found }) => {
                let reason = JournalError::Gap { wanted, found }.to_string();
                return self.stop(lead, Unfoldable { position: wanted, reason }).await;
            }
            Err(error @ JournalError::Database(_)) => return Err(error),
        };
        let (folded, written) = self.fold_and_write(lead, page.events()).await?;
        match written {
            None => {}
            Some(Written::Moved) => {
                lead.position = folded.position;
                lead.tables.settle_all(settings.cached_rows);
                self.renewed_at = Instant::now();
            }
            Some(Written::Overtaken) => return Ok(Step::Overtaken),
            Some(Written::Refused(reason)) if folded.position - lead.position == 1 => {
                return self.stop(lead, Unfoldable { position: folded.position, reason }).await;
            }
            Some(Written::Refused(_)) => {
                self.singly_until = folded.position;
                lead.tables = P::Tables::cached();
                return Ok(Step::Narrowed);
            }
        }
        match folded.unfoldable {
            Some(unfoldable) => self.stop(lead, unfoldable).await,
            None => Ok(Step::Moved { events: page.events().len() }),
        }
    }

    /// `None`: there was nothing to write, not even another position.
    async fn fold_and_write(
        &self,
        lead: &mut Lead<P::Tables>,
        events: &[PageEvent],
    ) -> Result<(Folded, Option<Written>), sqlx::Error> {
        let Surroundings { writers, settings, .. } = &self.surroundings;
        let mut connection = writers.acquire().await?;
        let folded = fold::page::<P>(&mut connection, &mut lead.tables, events).await?;
        if folded.position == lead.position {
            return Ok((folded, None));
        }
        let checkpoint = Checkpoint {
            projection: P::NAME,
            leader: &settings.leader,
            lease: settings.lease,
            from: lead.position,
            to: folded.position,
        };
        let written =
            write::page(&mut connection, &checkpoint, &mut lead.tables, settings.small_write).await?;
        Ok((folded, Some(written)))
    }

    /// Says loudly that the next event cannot be folded.
    async fn stop(
        &mut self,
        lead: &mut Lead<P::Tables>,
        unfoldable: Unfoldable,
    ) -> Result<Step, JournalError> {
        let Unfoldable { position, reason } = unfoldable;
        lead.tables = P::Tables::cached();
        let leader = &self.surroundings.settings.leader;
        if !lease::stop::<P>(&self.surroundings.writers, leader, lead.position, (position, &reason)).await? {
            return Ok(Step::Overtaken);
        }
        tracing::error!(
            projection = P::NAME,
            position,
            reason,
            "the projection has stopped: this event cannot be folded; it tries again when it is resumed or restarted"
        );
        Ok(Step::Stopped)
    }
}
