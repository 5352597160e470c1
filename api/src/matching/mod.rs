//! Carrying out automatic write-offs, for the API and for the command line.
//!
//! What is proposed is decided in `domain`, whether it may happen in `commands`, proposal by proposal: what has changed
//! since the read tables were written is passed over, and said.

mod run;
mod view;

pub use run::{AutomaticRun, AutomaticWriteOffs, MatchOutcome, Matched, MatchingError, write_off_matches};
pub use view::{ProposalView, views};

use tallybook_domain::settlement::write_off::DifferenceLimits;

use crate::access::Role;

/// What somebody at the machine may write off for a difference without another pair of eyes: what finance may.
pub fn limits_at_the_machine() -> DifferenceLimits {
    crate::settlement::limits_of(Role::Finance)
}
