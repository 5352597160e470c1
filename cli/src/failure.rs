//! How a subcommand ends when it does not end well, and the exit code that says so.

use std::fmt;
use std::process::ExitCode;

use tallybook_api::access::AccessError;
use tallybook_api::bill_runs::BillRunError;
use tallybook_api::matching::MatchingError;
use tallybook_api::usage_sources::UsageSourceError;
use tallybook_event_store::proof::{ProofError, TreeError};
use tallybook_event_store::seal::SealError;
use tallybook_event_store::{CommandError, StoreError};

use crate::postgres::PostgresError;

/// Exit codes: 0 done, 1 refused or a difference found, 2 wrong usage, 3 environment. See docs of the command line.
#[derive(Debug)]
pub enum Failure {
    /// The book's rules say no, or a check found something.
    Refused(anyhow::Error),
    /// The command line, a settings file or an input file is not what it should be.
    Usage(anyhow::Error),
    /// No database, no PostgreSQL, no disk.
    Environment(anyhow::Error),
    /// Already said: bad rows in a summary, a difference in a table.
    Reported,
}

impl Failure {
    pub fn refused(why: impl Into<anyhow::Error>) -> Self {
        Self::Refused(why.into())
    }

    pub fn usage(why: impl Into<anyhow::Error>) -> Self {
        Self::Usage(why.into())
    }

    pub fn environment(why: impl Into<anyhow::Error>) -> Self {
        Self::Environment(why.into())
    }

    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(_) | Self::Reported => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
            Self::Environment(_) => ExitCode::from(3),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) | Self::Usage(why) | Self::Environment(why) => f.write_str(&told(why)),
            Self::Reported => f.write_str("see above"),
        }
    }
}

/// The chain of causes in one line. Many errors say their cause themselves: it is not said twice.
fn told(why: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in why.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// What nobody classified is the machine's: a write that failed, a connection that broke.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Environment(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Environment(error.into())
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Environment(anyhow::Error::new(error).context("PostgreSQL"))
    }
}

impl From<PostgresError> for Failure {
    fn from(error: PostgresError) -> Self {
        Self::Environment(error.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::BookName(_) | StoreError::TimeZone(_) => Self::Usage(error.into()),
            StoreError::Database(_)
            | StoreError::Migration(_)
            | StoreError::NotProvisioned { .. }
            | StoreError::Head(_)
            | StoreError::Corrupt(_) => Self::Environment(error.into()),
        }
    }
}

/// A journal that cannot be sealed is a finding, not a fault of the machine.
impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        match &error {
            SealError::Empty
            | SealError::Shorter { .. }
            | SealError::Inconsistent { .. }
            | SealError::MissingLeaf { .. }
            | SealError::LastSeal(_)
            | SealError::StrangeKey { .. }
            | SealError::LastFrontier
            | SealError::Head(_) => Self::Refused(error.into()),
            SealError::Database(_) | SealError::Unwritable(_) => Self::Environment(error.into()),
        }
    }
}

impl From<ProofError> for Failure {
    fn from(error: ProofError) -> Self {
        match &error {
            ProofError::NoEvent { .. }
            | ProofError::NotSealed { .. }
            | ProofError::NotOlder { .. }
            | ProofError::NoWallet { .. }
            | ProofError::Statement(_)
            | ProofError::Altered(_)
            | ProofError::Key(_)
            | ProofError::Tree(TreeError::NotTheTree { .. } | TreeError::MissingLeaf { .. }) => {
                Self::Refused(error.into())
            }
            ProofError::Database(_) | ProofError::Tree(TreeError::Database(_)) => {
                Self::Environment(error.into())
            }
        }
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        match &error {
            CommandError::Refused(_) | CommandError::KeyReused => Self::Refused(error.into()),
            CommandError::Busy
            | CommandError::Unavailable
            | CommandError::OutcomeUnknown { .. }
            | CommandError::Corrupt(_) => Self::Environment(error.into()),
        }
    }
}

impl From<BillRunError> for Failure {
    fn from(error: BillRunError) -> Self {
        match error {
            BillRunError::Command(error) => error.into(),
            BillRunError::Read(_)
            | BillRunError::Store(_)
            | BillRunError::Database(_)
            | BillRunError::Journal(_)
            | BillRunError::Workbook(_) => Self::Environment(error.into()),
        }
    }
}

impl From<MatchingError> for Failure {
    fn from(error: MatchingError) -> Self {
        match error {
            MatchingError::Command(error) => error.into(),
            MatchingError::Read(_) | MatchingError::Money(_) | MatchingError::Stopped(_) => {
                Self::Environment(error.into())
            }
        }
    }
}

impl From<UsageSourceError> for Failure {
    fn from(error: UsageSourceError) -> Self {
        match error {
            UsageSourceError::Command(error) => error.into(),
            UsageSourceError::Customers(error) => error.into(),
            UsageSourceError::Read(_)
            | UsageSourceError::Store(_)
            | UsageSourceError::Database(_)
            | UsageSourceError::Outside(_) => Self::Environment(error.into()),
        }
    }
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Self {
        match &error {
            AccessError::InvalidName | AccessError::InvalidPassword => Self::Usage(error.into()),
            AccessError::UserExists { .. }
            | AccessError::UserNotFound { .. }
            | AccessError::LastAdmin { .. }
            | AccessError::ApiKeyNotFound { .. }
            | AccessError::ApiKeyNameTaken { .. } => Self::Refused(error.into()),
            AccessError::UnknownRole(_)
            | AccessError::Hashing(_)
            | AccessError::Randomness(_)
            | AccessError::Database(_) => Self::Environment(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let broken = sqlx::Error::Protocol("no answer".into());
        let words = Failure::from(StoreError::Database(broken)).to_string();
        assert_eq!(words.matches("no answer").count(), 1, "{words}");
        let layered = anyhow::anyhow!("inner").context("middle").context("outer");
        assert_eq!(Failure::refused(layered).to_string(), "outer: middle: inner");
    }
}
