//! The statement: issued, answered by the customer, or withdrawn.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{
    StatementAnswer, StatementCommand, StatementEvent, StatementFigures, StatementId, StatementRefusal,
    StatementState, rules,
};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::settlement::SettlementEvent;
use crate::text::Remark;

/// A statement; by default one nobody has issued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    pub(super) issued: Option<Issued>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Issued {
    pub(super) statement: StatementId,
    pub(super) customer: CustomerId,
    pub(super) figures: StatementFigures,
    pub(super) answered: Option<Answered>,
    pub(super) is_withdrawn: bool,
}

/// The answer that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answered {
    pub(super) answer: StatementAnswer,
    pub(super) remark: Option<Remark>,
}

impl Statement {
    pub fn customer(&self) -> Option<&CustomerId> {
        self.issued.as_ref().map(|issued| &issued.customer)
    }

    /// `None` before it is issued.
    pub fn figures(&self) -> Option<&StatementFigures> {
        self.issued.as_ref().map(|issued| &issued.figures)
    }

    /// `None` before it is issued.
    pub fn state(&self) -> Option<StatementState> {
        self.issued.as_ref().map(Issued::state)
    }
}

impl Issued {
    pub(super) fn state(&self) -> StatementState {
        if self.is_withdrawn {
            return StatementState::Withdrawn;
        }
        let answered = self.answered.as_ref();
        answered.map_or(StatementState::Issued, |said| StatementState::of_answered(said.answer))
    }

    /// Takes in what happened after it was issued.
    fn take_in(&mut self, event: &StatementEvent) -> Result<(), String> {
        match event {
            StatementEvent::StatementIssued { .. } => Err("issued twice".into()),
            StatementEvent::StatementAnswered { answer, remark, .. } => {
                if self.state() != StatementState::Issued {
                    return Err(format!("met a statement that is {}", self.state()));
                }
                self.answered = Some(Answered { answer: *answer, remark: remark.clone() });
                Ok(())
            }
            StatementEvent::StatementWithdrawn { .. } => {
                if self.is_withdrawn {
                    return Err("withdrawn twice".into());
                }
                self.is_withdrawn = true;
                Ok(())
            }
        }
    }
}

impl EventSourced for Statement {
    fn decide(&self, command: StatementCommand) -> Result<Vec<StatementEvent>, StatementRefusal> {
        Ok(rules::decide(self, command)?.into_iter().collect())
    }

    fn evolve(&mut self, event: &StatementEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.statement()))
        };
        match (&mut self.issued, event) {
            (Some(issued), event) if issued.statement != *event.statement() => {
                Err(corrupt("belongs to another statement"))
            }
            (Some(issued), event) => issued.take_in(event).map_err(|detail| corrupt(&detail)),
            (issued @ None, StatementEvent::StatementIssued { statement, customer, figures }) => {
                *issued = Some(Issued {
                    statement: statement.clone(),
                    customer: customer.clone(),
                    figures: figures.clone(),
                    answered: None,
                    is_withdrawn: false,
                });
                Ok(())
            }
            (None, StatementEvent::StatementAnswered { .. } | StatementEvent::StatementWithdrawn { .. }) => {
                Err(corrupt("never issued"))
            }
        }
    }

    fn pick(event: &BookEvent) -> Option<&StatementEvent> {
        match event {
            BookEvent::Settlement(SettlementEvent::Statement(event)) => Some(event),
            BookEvent::Settlement(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Billing(_)
            | BookEvent::Period(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

impl Aggregate for Statement {
    const TYPE: &'static str = "statement";
    type Command = StatementCommand;
    type Event = StatementEvent;
    type Error = StatementRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: StatementCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), StatementRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: StatementEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
