//! The command line of `tallybook export journal`.

use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::anyhow;
use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::balances::Dates;
use crate::argument::{date, in_order};
use crate::failure::Failure;

/// Write down every posting, so that another program can check the books
///
/// Files for hledger and beancount assert every account's balance at the end of each month; their own checks
/// (`hledger check`, `bean-check`) then do the whole arithmetic again. Each entry names its position in the journal,
/// its event, actor, request and leaf hash. The same book up to the same position is the same file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook export journal --format hledger --output book.journal && hledger -f book.journal check
  tallybook export journal --format beancount --output book.beancount && bean-check book.beancount
  tallybook export journal --format csv --from 2026-03-01 --to 2026-03-31 > march.csv
  tallybook export journal --format parquet --output book.parquet")]
pub(super) struct ExportJournal {
    /// For which program, or as which kind of table
    #[arg(long, value_enum)]
    pub(super) format: Format,
    /// The first business date; for hledger and beancount what was before becomes an opening entry [default: the
    /// beginning]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) from: Option<NaiveDate>,
    /// The last business date [default: the end]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) to: Option<NaiveDate>,
    /// Where to write it; replaced when all is written [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// What was written, as one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Plain text accounting, for hledger
    Hledger,
    /// Plain text accounting, for beancount 2 and 3
    Beancount,
    /// A row for each posting, RFC 4180
    Csv,
    /// A row for each posting, typed and compressed; amounts are decimals
    Parquet,
}

impl ExportJournal {
    pub(super) fn dates(&self) -> Result<Dates, Failure> {
        in_order(self.from, self.to)?;
        Ok(Dates { from: self.from, to: self.to })
    }

    /// Refuses what would be of no use to anyone.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let to_terminal = self.output.is_none() && std::io::stdout().is_terminal();
        match self.format {
            Format::Parquet if to_terminal => {
                Err(Failure::usage(anyhow!("parquet is not text: name a file with --output")))
            }
            Format::Parquet | Format::Hledger | Format::Beancount | Format::Csv
                if self.json && self.output.is_none() =>
            {
                Err(Failure::usage(anyhow!("--json takes standard output: name a file with --output")))
            }
            Format::Parquet | Format::Hledger | Format::Beancount | Format::Csv => Ok(()),
        }
    }
}
