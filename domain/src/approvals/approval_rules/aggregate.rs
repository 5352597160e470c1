//! The rules that count now.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{ApprovalRulesEvent, ApprovalRulesRefusal};
use crate::approvals::{ApprovalRuleSet, ApprovalsEvent};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};

/// By default those a book begins with, as version 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRules {
    version: u32,
    rules: Option<ApprovalRuleSet>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalRulesCommand {
    Change {
        rules: ApprovalRuleSet,
        /// The version that was changed, if it must not have been changed by anybody else meanwhile.
        expected: Option<u32>,
    },
}

impl ApprovalRules {
    /// The id of the only stream there is.
    pub const STREAM: &'static str = "approval-rules";

    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether changes of price plans wait for somebody else.
    pub fn price_plan_changes(&self) -> bool {
        self.rules.as_ref().is_some_and(|rules| rules.price_plan_changes)
    }

    pub fn rules(&self) -> ApprovalRuleSet {
        self.rules.clone().unwrap_or_else(ApprovalRuleSet::beginning)
    }
}

impl EventSourced for ApprovalRules {
    /// The same rules again change nothing.
    fn decide(
        &self,
        ApprovalRulesCommand::Change { rules, expected }: ApprovalRulesCommand,
    ) -> Result<Vec<ApprovalRulesEvent>, ApprovalRulesRefusal> {
        rules.check()?;
        if self.rules.as_ref() == Some(&rules) {
            return Ok(Vec::new());
        }
        let version = self.version;
        if let Some(expected) = expected.filter(|expected| *expected != version) {
            return Err(ApprovalRulesRefusal::ChangedSince { expected, version });
        }
        let version = version.checked_add(1).ok_or(ApprovalRulesRefusal::TooMany)?;
        let ApprovalRuleSet { usual, kinds, price_plan_changes } = rules;
        Ok(vec![ApprovalRulesEvent::ApprovalRulesChanged { version, usual, kinds, price_plan_changes }])
    }

    fn evolve(&mut self, event: &ApprovalRulesEvent) -> Result<(), CorruptStream> {
        let ApprovalRulesEvent::ApprovalRulesChanged { version, usual, kinds, price_plan_changes } = event;
        if self.version.checked_add(1) != Some(*version) {
            let detail = format!("version {version} does not follow version {}", self.version);
            return Err(CorruptStream::new(Self::TYPE, detail));
        }
        let (usual, kinds, price_plan_changes) = (usual.clone(), kinds.clone(), *price_plan_changes);
        let rules = ApprovalRuleSet { usual, kinds, price_plan_changes };
        *self = Self { version: *version, rules: Some(rules) };
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&ApprovalRulesEvent> {
        match event {
            BookEvent::Approvals(ApprovalsEvent::Rules(event)) => Some(event),
            BookEvent::Approvals(_)
            | BookEvent::Risk(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Orders(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

impl Aggregate for ApprovalRules {
    const TYPE: &'static str = "approval_rules";
    type Command = ApprovalRulesCommand;
    type Event = ApprovalRulesEvent;
    type Error = ApprovalRulesRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: ApprovalRulesCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ApprovalRulesRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ApprovalRulesEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
