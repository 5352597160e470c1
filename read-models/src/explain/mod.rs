//! Why a figure is what it is: the events that make it up, and whether their sum is the figure.
//!
//! The figure is taken from its own read table, the sum from elsewhere: that of a wallet from the stored events
//! themselves, that of an account or a day from the lines of the ledger, each of which is held against its event when
//! it is shown. So the two being equal means something. Must never mend, round or leave out a difference.

mod event;
mod figure;
mod lines;
mod standing;
mod stream;
#[cfg(test)]
mod tests;

use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::{DecodeError, WalletId};
use utoipa::ToSchema;

pub use event::ExplainingEvent;
pub use figure::{Figure, TurnoverPart, UnknownPart, WalletPart};
pub use standing::{Standing, standing};

use crate::query::{Paging, ReadError, Total};
use crate::schema;

/// A figure, and what its events come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExplainedFigure {
    /// What the figure's own read table says.
    #[schema(value_type = schema::Money)]
    pub figure: Total,
    /// What it comes to elsewhere: of a wallet by its stored events, else by the lines of the ledger.
    #[schema(value_type = schema::Money)]
    pub sum: Total,
    /// Whether the two are the same amount.
    pub equal: bool,
    /// How many events there are, or postings of events.
    pub event_count: u64,
}

/// Why a figure cannot be explained.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the event at position {position} cannot be read: {source}")]
    Unreadable { position: u64, source: DecodeError },
    #[error("the journal has no wallet {0}")]
    UnknownWallet(WalletId),
}

impl From<sqlx::Error> for ExplainError {
    fn from(error: sqlx::Error) -> Self {
        Self::Read(error.into())
    }
}

/// Sums the events of a figure up to where it stood. The projection `Figure::lines_of` names must have come that far.
pub async fn explain(
    pool: &PgPool,
    figure: &Figure,
    standing: Standing,
) -> Result<ExplainedFigure, ExplainError> {
    let (sum, event_count) = match figure {
        Figure::Wallet { wallet, part } => match stream::sum(pool, wallet, *part, standing.position).await? {
            Some(summed) => summed,
            // Money without any event is a difference, not a wallet nobody knows.
            None if standing.figure.is_zero() => return Err(ExplainError::UnknownWallet(wallet.clone())),
            None => (Total::zero(wallet.currency()), 0),
        },
        Figure::Account { .. } | Figure::Turnover { .. } => {
            lines::sum(pool, figure, standing.position).await?
        }
    };
    let Standing { figure, position: _ } = standing;
    Ok(ExplainedFigure { figure, sum, equal: figure == sum, event_count })
}

/// Those events, up to a position: a wallet's in the order of the journal, others by effective date.
pub async fn explaining_events(
    pool: &PgPool,
    figure: &Figure,
    position: u64,
    paging: &Paging,
) -> Result<(Vec<ExplainingEvent>, Option<String>), ExplainError> {
    match figure {
        Figure::Wallet { wallet, part } => stream::page(pool, (wallet, *part), position, paging).await,
        Figure::Account { .. } | Figure::Turnover { .. } => lines::page(pool, figure, position, paging).await,
    }
}
