//! Why a source is not run.

use super::{SourceName, UsageRunId};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageSourceRefusal {
    #[error("{run} is under way, with other months or customers: begin when it is over")]
    UnderWay { run: UsageRunId },
    #[error("{run} is not under way")]
    NotUnderWay { run: UsageRunId },
    #[error("{source_name} has been run too often, or has brought too much to count")]
    TooMany { source_name: SourceName },
    #[error("the file has been taken in already")]
    FileTaken,
}
