//! The usage source (用量来源): an outside system that usage is collected from, run by run.

mod aggregate;
mod counts;
mod event;
mod name;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{UsageSource, UsageSourceCommand};
pub use counts::{CollectedCounts, UsageRunState};
pub use event::{FailedCollection, UsageRunTerms, UsageSourceEvent};
pub use name::{SourceFile, SourceName, UsageRunId};
pub use refusal::UsageSourceRefusal;
