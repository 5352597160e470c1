//! The file of a batch, in the formats banks take. The same bytes at every download of the same payouts: all that is in it is
//! in the journal, and never changes.

mod csv;
mod iban;
mod pain001;
#[cfg(test)]
mod tests;

use tallybook_domain::text::InvalidText;
use tallybook_read_models::payouts::{PayoutBatchRow, PayoutRow};

use crate::problem::{Problem, ProblemKind};

/// A format of bank files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileFormat {
    Csv,
    /// ISO 20022 pain.001.001.09.
    Pain001,
}

impl FileFormat {
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Pain001 => "xml",
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Pain001 => "application/xml",
        }
    }

    pub(super) fn write(self, batch: &PayoutBatchRow, payouts: &[PayoutRow]) -> Result<Vec<u8>, Problem> {
        match self {
            Self::Csv => csv::write(batch, payouts),
            Self::Pain001 => pain001::write(batch, payouts).map_err(|unfit| {
                let detail = format!("{unfit}. Take the CSV file, or have the account corrected.");
                Problem::new(ProblemKind::PayoutFileUnfit, detail).with("payout", &unfit.payout)
            }),
        }
    }
}

impl std::str::FromStr for FileFormat {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "csv" => Ok(Self::Csv),
            "pain001" => Ok(Self::Pain001),
            _ => Err(InvalidText::Malformed { expected: "csv or pain001" }),
        }
    }
}
