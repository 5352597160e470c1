//! The rules that count now.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{RiskRulesEvent, RiskRulesRefusal};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::risk::{RiskEvent, RiskRuleSet};

/// By default those a book begins with, as version 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskRules {
    version: u32,
    rules: Option<RiskRuleSet>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RiskRulesCommand {
    Change {
        rules: RiskRuleSet,
        /// The version that was changed, if it must not have been changed by anybody else meanwhile.
        expected: Option<u32>,
    },
}

impl RiskRules {
    /// The id of the only stream there is.
    pub const STREAM: &'static str = "risk-rules";

    pub fn version(&self) -> u32 {
        self.version
    }

    pub fn rules(&self) -> RiskRuleSet {
        self.rules.clone().unwrap_or_else(RiskRuleSet::beginning)
    }
}

impl EventSourced for RiskRules {
    /// The same rules again change nothing.
    fn decide(
        &self,
        RiskRulesCommand::Change { rules, expected }: RiskRulesCommand,
    ) -> Result<Vec<RiskRulesEvent>, RiskRulesRefusal> {
        rules.check()?;
        if self.rules.as_ref() == Some(&rules) {
            return Ok(Vec::new());
        }
        let version = self.version;
        if let Some(expected) = expected.filter(|expected| *expected != version) {
            return Err(RiskRulesRefusal::ChangedSince { expected, version });
        }
        let version = version.checked_add(1).ok_or(RiskRulesRefusal::TooMany)?;
        let RiskRuleSet { review_from, block_from, rules } = rules;
        Ok(vec![RiskRulesEvent::RiskRulesChanged { version, review_from, block_from, rules }])
    }

    fn evolve(&mut self, event: &RiskRulesEvent) -> Result<(), CorruptStream> {
        let RiskRulesEvent::RiskRulesChanged { version, review_from, block_from, rules } = event;
        if self.version.checked_add(1) != Some(*version) {
            let detail = format!("version {version} does not follow version {}", self.version);
            return Err(CorruptStream::new(Self::TYPE, detail));
        }
        let rules = RiskRuleSet { review_from: *review_from, block_from: *block_from, rules: rules.clone() };
        *self = Self { version: *version, rules: Some(rules) };
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&RiskRulesEvent> {
        match event {
            BookEvent::Risk(RiskEvent::Rules(event)) => Some(event),
            BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_) => None,
        }
    }
}

impl Aggregate for RiskRules {
    const TYPE: &'static str = "risk_rules";
    type Command = RiskRulesCommand;
    type Event = RiskRulesEvent;
    type Error = RiskRulesRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: RiskRulesCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), RiskRulesRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: RiskRulesEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
