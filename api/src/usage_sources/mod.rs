//! Collecting usage from outside systems, for the API and for the command line: the sources there are, one process per
//! source at a time, each day by itself, and taking up what another process has left behind.
//!
//! A kind of source is a file or folder beside this one that implements [`Ask`], and a line in [`Source::open`]. Must
//! never decide what is believed: that is done in the domain. Must never log or show a secret, nor the path of an
//! address, which may be one.

mod ask;
mod attend;
mod collect;
mod error;
mod folder;
mod http;
mod months;
mod schedule;
mod settings;
mod source;
mod told;

pub use ask::{Ask, Asked, Brought, Ended, FoundFile, MarkedCopy, Unanswered};
pub(crate) use attend::attend;
pub use collect::collect;
pub use error::UsageSourceError;
pub use months::months_to_ask;
pub use settings::{SourceSettings, UsualSettings};
pub use source::{Source, Sources};
pub use told::without_value;
