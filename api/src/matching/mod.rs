//! Carrying out automatic write-offs, for the API and for the command line.
//!
//! What is proposed is decided in `domain`, whether it may happen in `commands`, proposal by proposal: what has changed
//! since the read tables were written is passed over, and said.

mod run;
mod view;

pub use run::{AutomaticRun, AutomaticWriteOffs, MatchOutcome, Matched, MatchingError, write_off_matches};
pub use view::{ProposalView, views};
