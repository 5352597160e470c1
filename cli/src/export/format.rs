//! What every format can do.

use std::io::Write;

use super::arguments::Format;
use super::balances::{Balances, Dates};
use super::beancount::Beancount;
use super::csv::Csv;
use super::entry::Entry;
use super::hledger::Hledger;
use super::parquet::Parquet;

/// What the file is of. It has no time of its own making: the same book gives the same file.
pub(super) struct Title {
    pub(super) book: String,
    /// The last event that is looked at.
    pub(super) position: u64,
    /// The Merkle root over all events up to there, hexadecimal.
    pub(super) root: String,
    pub(super) dates: Dates,
}

pub(super) type Sink = Box<dyn Write + Send>;

/// A file being written: entries in the order of their positions, balances at the end.
pub(super) trait JournalFile {
    fn entry(&mut self, entry: &Entry) -> anyhow::Result<()>;

    fn end(self: Box<Self>, balances: &Balances) -> anyhow::Result<()>;
}

impl Format {
    pub(super) fn begin(self, sink: Sink, title: &Title) -> anyhow::Result<Box<dyn JournalFile>> {
        Ok(match self {
            Self::Hledger => Box::new(Hledger::begin(sink, title)?),
            Self::Beancount => Box::new(Beancount::begin(sink, title)?),
            Self::Csv => Box::new(Csv::begin(sink)?),
            Self::Parquet => Box::new(Parquet::begin(sink, title)?),
        })
    }
}

impl Title {
    /// A sentence for the head of the file.
    pub(super) fn sentence(&self) -> String {
        let mut sentence = format!("The postings of the book {} up to position {}", self.book, self.position);
        for (word, date) in [("from", self.dates.from), ("to", self.dates.to)] {
            if let Some(date) = date {
                sentence.push_str(&format!(", {word} {date}"));
            }
        }
        sentence
    }
}
