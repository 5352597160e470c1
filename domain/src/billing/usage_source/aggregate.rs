//! A source of usage: how often it was run, and how far the run under way has come.
//!
//! One run of a source at a time. Must never decide which records are believed; see [`crate::billing::quarantine`].

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{
    CollectedCounts, FailedCollection, SourceName, UsageRunId, UsageRunTerms, UsageSourceEvent,
    UsageSourceRefusal,
};
use crate::billing::BillingEvent;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::text::Reason;

/// A source; by default one that was never run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageSource {
    /// The last one, under way or over.
    run: Option<UsageRunId>,
    under_way: bool,
    terms: UsageRunTerms,
    asked: u64,
    counts: CollectedCounts,
    failed: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageSourceCommand {
    /// One that is under way under the same terms goes on.
    Start {
        source: SourceName,
        terms: UsageRunTerms,
    },
    /// Another process begins again with what the first has left.
    Resume {
        run: UsageRunId,
    },
    Collect {
        run: UsageRunId,
        asked: u64,
        counts: CollectedCounts,
        failed: Vec<FailedCollection>,
    },
    Finish {
        run: UsageRunId,
        given_up: Option<Reason>,
    },
}

impl UsageSource {
    /// The id of a source's stream.
    pub fn stream_of(source: &SourceName) -> String {
        format!("usage-source.{source}")
    }

    /// The last run there was.
    pub fn run(&self) -> Option<&UsageRunId> {
        self.run.as_ref()
    }

    pub fn is_under_way(&self) -> bool {
        self.under_way
    }

    /// Those of the last run.
    pub fn terms(&self) -> &UsageRunTerms {
        &self.terms
    }

    /// Requests of the last run that are done with, since it was begun or taken up last.
    pub fn asked(&self) -> u64 {
        self.asked
    }

    pub fn counts(&self) -> CollectedCounts {
        self.counts
    }

    pub fn failed(&self) -> u64 {
        self.failed
    }

    fn start(
        &self,
        source: &SourceName,
        terms: UsageRunTerms,
    ) -> Result<Option<UsageSourceEvent>, UsageSourceRefusal> {
        match &self.run {
            Some(run) if self.under_way && !self.terms.asks_the_same(&terms) => {
                Err(UsageSourceRefusal::UnderWay { run: run.clone() })
            }
            Some(_) if self.under_way => Ok(None),
            last @ (Some(_) | None) => {
                let number = last.as_ref().map_or(0, UsageRunId::number).checked_add(1);
                let too_many = || UsageSourceRefusal::TooMany { source_name: source.clone() };
                let run = UsageRunId::new(source, number.ok_or_else(too_many)?);
                Ok(Some(UsageSourceEvent::UsageRunStarted { run, terms }))
            }
        }
    }

    fn check_under_way(&self, run: &UsageRunId) -> Result<(), UsageSourceRefusal> {
        if self.under_way && self.run.as_ref() == Some(run) {
            return Ok(());
        }
        Err(UsageSourceRefusal::NotUnderWay { run: run.clone() })
    }

    /// With what a further event brings; `None` if that is too much to count.
    fn with(
        &self,
        asked: u64,
        counts: CollectedCounts,
        failed: usize,
    ) -> Option<(u64, CollectedCounts, u64)> {
        let failed = self.failed.checked_add(u64::try_from(failed).ok()?)?;
        Some((self.asked.checked_add(asked)?, self.counts.checked_add(counts)?, failed))
    }
}

impl UsageRunTerms {
    /// Whoever has started it.
    fn asks_the_same(&self, other: &Self) -> bool {
        self.months == other.months && self.customers == other.customers
    }
}

impl EventSourced for UsageSource {
    fn decide(&self, command: UsageSourceCommand) -> Result<Vec<UsageSourceEvent>, UsageSourceRefusal> {
        let event = match command {
            UsageSourceCommand::Start { source, terms } => self.start(&source, terms)?,
            UsageSourceCommand::Resume { run } => {
                self.check_under_way(&run)?;
                (self.asked > 0).then_some(UsageSourceEvent::UsageRunResumed { run })
            }
            UsageSourceCommand::Collect { run, asked, counts, failed } => {
                self.check_under_way(&run)?;
                let too_many = || UsageSourceRefusal::TooMany { source_name: run.source() };
                self.with(asked, counts, failed.len()).ok_or_else(too_many)?;
                Some(UsageSourceEvent::UsageCollected { run, asked, counts, failed })
            }
            UsageSourceCommand::Finish { run, given_up } => {
                // Another process has finished it.
                let own = self.run.as_ref() == Some(&run);
                if own && !self.under_way {
                    return Ok(Vec::new());
                }
                self.check_under_way(&run)?;
                Some(UsageSourceEvent::UsageRunFinished { run, given_up })
            }
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &UsageSourceEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            CorruptStream::new(Self::TYPE, format!("{} of {}: {detail}", event.kind().name, event.run()))
        };
        if let UsageSourceEvent::UsageRunStarted { run, terms } = event {
            let follows = match &self.run {
                Some(last) => {
                    last.source() == run.source() && last.number().checked_add(1) == Some(run.number())
                }
                None => run.number() == 1,
            };
            if self.under_way || !follows {
                return Err(corrupt("does not follow the run before it"));
            }
            *self = Self { run: Some(run.clone()), under_way: true, terms: terms.clone(), ..Self::default() };
            return Ok(());
        }
        if !self.under_way || self.run.as_ref() != Some(event.run()) {
            return Err(corrupt("not under way"));
        }
        match event {
            UsageSourceEvent::UsageRunStarted { .. } => {}
            UsageSourceEvent::UsageRunResumed { .. } => {
                (self.asked, self.counts, self.failed) = (0, self.counts.lasting(), 0);
            }
            UsageSourceEvent::UsageCollected { asked, counts, failed, .. } => {
                let with = self.with(*asked, *counts, failed.len());
                (self.asked, self.counts, self.failed) = with.ok_or_else(|| corrupt("counts too many"))?;
            }
            UsageSourceEvent::UsageRunFinished { .. } => self.under_way = false,
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&UsageSourceEvent> {
        match event {
            BookEvent::Billing(BillingEvent::UsageSource(event)) => Some(event),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => None,
        }
    }
}

impl Aggregate for UsageSource {
    const TYPE: &'static str = "usage_source";
    type Command = UsageSourceCommand;
    type Event = UsageSourceEvent;
    type Error = UsageSourceRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: UsageSourceCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), UsageSourceRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: UsageSourceEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
