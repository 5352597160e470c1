//! Quarantine (待核用量): usage that came from a source and is not believed, put aside for a person to look at.

mod aggregate;
mod event;
mod given;
mod id;
mod judge;
mod refusal;
#[cfg(test)]
mod tests;

pub use aggregate::{UsageQuarantine, UsageQuarantineCommand};
pub use event::{HeldUsage, QuarantineReason, QuarantineState, UsageQuarantineEvent};
pub use given::{GivenQuantity, GivenText};
pub use id::{QuarantinedId, UsageQuarantineId};
pub use judge::{CollectedRecord, Judge, Plausibility, Verdict};
pub use refusal::UsageQuarantineRefusal;
