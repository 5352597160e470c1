//! The rules that count now.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{MatchingRulesEvent, MatchingRulesRefusal};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::settlement::SettlementEvent;
use crate::settlement::matching::RuleSet;

/// By default those a book begins with, as version 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchingRules {
    version: u32,
    rules: Option<RuleSet>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchingRulesCommand {
    Change {
        rules: RuleSet,
        /// The version that was changed, if it must not have been changed by anybody else meanwhile.
        expected: Option<u32>,
    },
}

impl MatchingRules {
    /// The id of the only stream there is.
    pub const STREAM: &'static str = "book";

    pub fn version(&self) -> u32 {
        self.version
    }

    pub fn rules(&self) -> RuleSet {
        self.rules.clone().unwrap_or_else(RuleSet::beginning)
    }
}

impl EventSourced for MatchingRules {
    /// The same rules again change nothing.
    fn decide(
        &self,
        MatchingRulesCommand::Change { rules, expected }: MatchingRulesCommand,
    ) -> Result<Vec<MatchingRulesEvent>, MatchingRulesRefusal> {
        rules.check()?;
        if self.rules.as_ref() == Some(&rules) {
            return Ok(Vec::new());
        }
        let version = self.version;
        if let Some(expected) = expected.filter(|expected| *expected != version) {
            return Err(MatchingRulesRefusal::ChangedSince { expected, version });
        }
        let version = version.checked_add(1).ok_or(MatchingRulesRefusal::TooMany)?;
        let RuleSet { automatic_from, rules } = rules;
        Ok(vec![MatchingRulesEvent::MatchingRulesChanged { version, automatic_from, rules }])
    }

    fn evolve(&mut self, event: &MatchingRulesEvent) -> Result<(), CorruptStream> {
        let MatchingRulesEvent::MatchingRulesChanged { version, automatic_from, rules } = event;
        if self.version.checked_add(1) != Some(*version) {
            let detail = format!("version {version} does not follow version {}", self.version);
            return Err(CorruptStream::new(Self::TYPE, detail));
        }
        let rules = RuleSet { automatic_from: *automatic_from, rules: rules.clone() };
        *self = Self { version: *version, rules: Some(rules) };
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&MatchingRulesEvent> {
        match event {
            BookEvent::Settlement(SettlementEvent::MatchingRules(event)) => Some(event),
            BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Billing(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

impl Aggregate for MatchingRules {
    const TYPE: &'static str = "matching_rules";
    type Command = MatchingRulesCommand;
    type Event = MatchingRulesEvent;
    type Error = MatchingRulesRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: MatchingRulesCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), MatchingRulesRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: MatchingRulesEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
