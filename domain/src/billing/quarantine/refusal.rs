//! Why what was put aside is not decided on.

use super::{GivenText, QuarantineState, QuarantinedId, UsageQuarantineId};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageQuarantineRefusal {
    #[error("there is no usage {id} in quarantine")]
    NotFound { id: QuarantinedId },
    #[error("{id} is {state} already")]
    AlreadyDecided { id: QuarantinedId, state: QuarantineState },
    #[error("{given} is no quantity: say which quantity is right, or dismiss it")]
    NotAQuantity { id: QuarantinedId, given: GivenText },
    #[error("{quarantine} is full: too much of it is put aside")]
    Full { quarantine: UsageQuarantineId },
}
