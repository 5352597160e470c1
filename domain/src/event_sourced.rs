//! What the lane needs of an aggregate: to decide without changing, and to change without deciding.
//!
//! Must never let a decision change state, nor a recorded event be refused, clamped or defaulted: an event that
//! does not fit the state it meets means that the stream is corrupt.

use std::fmt;

use cqrs_es::Aggregate;

use crate::event::BookEvent;
use crate::refusal::Refusal;

/// A stream that breaks an invariant. Nothing may be decided on top of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {aggregate_type} stream is corrupt: {detail}")]
pub struct CorruptStream {
    pub aggregate_type: &'static str,
    pub detail: String,
}

impl CorruptStream {
    pub(crate) fn new(aggregate_type: &'static str, detail: impl fmt::Display) -> Self {
        Self { aggregate_type, detail: detail.to_string() }
    }

    /// For `Aggregate::apply`, which has no way to answer: stopping is better than a wrong balance.
    pub(crate) fn stop(self) -> ! {
        panic!("{self}")
    }
}

/// An aggregate whose state is a fold of its events and whose decisions are pure.
pub trait EventSourced:
    Aggregate<Services = (), Event: Into<BookEvent>, Error: Into<Refusal>> + Clone + fmt::Debug + 'static
{
    /// What would happen; mutates nothing. No events means that it has happened already.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Error>;

    /// Takes in a recorded event. After an error the state is void.
    fn evolve(&mut self, event: &Self::Event) -> Result<(), CorruptStream>;

    /// The event as one of this aggregate's, if it is.
    fn pick(event: &BookEvent) -> Option<&Self::Event>;
}
