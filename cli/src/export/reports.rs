//! `tallybook export revenue`, `receivables`, `receivables-ageing`, `receivables-summary`, `bills` and
//! `segregation-of-duties`: the tables of the API, as files.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use serde::Serialize;
use tallybook_api::reports::{DutiesScope, Report, ReportError, ReportFormat, WrittenReport, standpoint};
use tallybook_domain::approvals::ApprovalKind;
use tallybook_domain::{Currency, CustomerId, Month};
use tallybook_event_store::Book;
use tallybook_read_models::DateRange;
use tallybook_read_models::billing::{
    AgeingBounds, AgeingScope, BillFilter, BillStanding, DaysOverdue, OpenItemFilter, ReceivablesScope,
    RevenueBy, RevenueScope,
};
use tokio_util::sync::CancellationToken;

use super::journal::{head, is_broken_pipe};
use super::target::Target;
use crate::argument::{date, in_order};
use crate::database::in_book_until;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::settings::Settings;

/// How long the read models may take to come as far as the book was when the export began.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Revenue without tax, the groups with the most first
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook export revenue --from 2026-10-01 --to 2026-10-31 --format xlsx --output october.xlsx
  tallybook export revenue --group-by industry --format csv")]
pub(super) struct ExportRevenue {
    /// customer, plan, meter, industry or account_manager
    #[arg(long, value_name = "WORD", default_value = "customer")]
    group_by: RevenueBy,
    /// The first effective date [default: the beginning]
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<NaiveDate>,
    /// The last effective date [default: the end]
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: Option<NaiveDate>,
    /// Only this currency
    #[arg(long)]
    currency: Option<Currency>,
    #[command(flatten)]
    file: TableFile,
}

/// Who owes how much, and for how long it has been due
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook export receivables-summary --format xlsx --output receivables.xlsx")]
pub(super) struct ExportReceivables {
    /// Only this currency
    #[arg(long)]
    currency: Option<Currency>,
    #[command(flatten)]
    file: TableFile,
}

/// The bills of which something is owed, by customer and due date
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook export receivables --format xlsx --output open-items.xlsx
  tallybook export receivables --as-of 2026-10-31 --overdue --format csv")]
pub(super) struct ExportOpenItems {
    /// Only this customer's
    #[arg(long, value_name = "ID")]
    customer: Option<CustomerId>,
    /// Only this currency
    #[arg(long)]
    currency: Option<Currency>,
    /// Only what is overdue
    #[arg(long)]
    overdue: bool,
    #[command(flatten)]
    seen: SeenFrom,
    #[command(flatten)]
    file: TableFile,
}

/// What is owed by the days since it was due: a row for each customer and bucket
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook export receivables-ageing --format xlsx --output ageing.xlsx
  tallybook export receivables-ageing --buckets 0,15,45 --as-of 2026-10-31 --format csv")]
pub(super) struct ExportAgeing {
    /// The last day of each bucket but the last
    #[arg(long, value_name = "DAYS", default_value_t)]
    buckets: AgeingBounds,
    /// Only this currency
    #[arg(long)]
    currency: Option<Currency>,
    #[command(flatten)]
    seen: SeenFrom,
    #[command(flatten)]
    file: TableFile,
}

/// From where it is looked at.
#[derive(Debug, Clone, Copy, Args)]
struct SeenFrom {
    /// As it stood at the end of this business date [default: all that is recorded, seen today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<NaiveDate>,
    /// As the book knew it at this position of the journal
    #[arg(long, value_name = "POSITION")]
    known_at: Option<u64>,
}

/// Bills, in the order they were made
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook export bills --period 2026-10 --format xlsx --output october.xlsx
  tallybook export bills --status overdue --format csv")]
pub(super) struct ExportBills {
    /// Only this customer's
    #[arg(long, value_name = "ID")]
    customer: Option<CustomerId>,
    /// The month that is billed
    #[arg(long, value_name = "MONTH")]
    period: Option<Month>,
    /// draft, issued, partly_settled, settled, overdue or voided
    #[arg(long, value_name = "WORD")]
    status: Option<BillStanding>,
    /// Owed, and due before this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    due_before: Option<NaiveDate>,
    #[command(flatten)]
    file: TableFile,
}

/// What was approved or rejected, and who could have asked for it and approved it
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook export segregation-of-duties --from 2026-10-01 --to 2026-12-31 --format xlsx --output duties.xlsx
  tallybook export segregation-of-duties --kind withdrawal --format csv")]
pub(super) struct ExportDuties {
    /// The first day on which it was decided
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<NaiveDate>,
    /// The last day on which it was decided
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: Option<NaiveDate>,
    /// withdrawal, refund, write_off, credit_note, bad_debt or period_reopening
    #[arg(long, value_name = "WORD")]
    kind: Option<ApprovalKind>,
    #[command(flatten)]
    file: TableFile,
}

/// Where a table goes, and as what.
#[derive(Debug, Args)]
struct TableFile {
    /// As which kind of table
    #[arg(long, value_enum)]
    format: Format,
    /// Where to write it; replaced when all is written [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What was written, as one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// RFC 4180, safe to open in a spreadsheet
    Csv,
    /// An Excel workbook
    Xlsx,
}

/// What was written.
#[derive(Debug, Serialize)]
struct Summary {
    position: u64,
    rows: u64,
}

impl ExportRevenue {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        in_order(self.from, self.to)?;
        let range = DateRange::new(self.from, self.to).map_err(|error| Failure::usage(anyhow!(error)))?;
        let scope = RevenueScope { by: self.group_by, range, currency: self.currency, limit: None };
        self.file.write(settings, stop, |_| Ok(Report::Revenue(scope))).await
    }
}

impl ExportReceivables {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let of = |book: &Book| {
            let scope = ReceivablesScope { on: book.today(), currency: self.currency, limit: None };
            Ok(Report::Receivables(scope))
        };
        self.file.write(settings, stop, of).await
    }
}

impl ExportOpenItems {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let Self { customer, currency, overdue, seen, file } = self;
        let of = |book: &Book| {
            let (on, overdue) = (seen.on(book), overdue.then_some(true));
            let days = DaysOverdue { from_days: None, to_days: None };
            let filter = OpenItemFilter { on, customer, currency, overdue, days };
            Ok(Report::OpenItems(filter, standpoint(book, seen.as_of, seen.known_at)?))
        };
        file.write(settings, stop, of).await
    }
}

impl ExportAgeing {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let Self { buckets, currency, seen, file } = self;
        let of = |book: &Book| {
            let scope = AgeingScope {
                on: seen.on(book),
                currency,
                limit: None,
                bounds: buckets,
                window_days: AgeingScope::USUAL_WINDOW,
            };
            Ok(Report::Ageing(scope, standpoint(book, seen.as_of, seen.known_at)?))
        };
        file.write(settings, stop, of).await
    }
}

impl SeenFrom {
    /// The day on which it is counted for how long something has been due.
    fn on(self, book: &Book) -> NaiveDate {
        self.as_of.unwrap_or_else(|| book.today())
    }
}

impl ExportBills {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let Self { customer, period, status, due_before, file } = self;
        let of = |book: &Book| {
            Ok(Report::Bills(BillFilter { customer, period, status, due_before }, book.today()))
        };
        file.write(settings, stop, of).await
    }
}

impl ExportDuties {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        in_order(self.from, self.to)?;
        let range = DateRange::new(self.from, self.to).map_err(|error| Failure::usage(anyhow!(error)))?;
        let scope = DutiesScope { range, kind: self.kind };
        self.file.write(settings, stop, |_| Ok(Report::SegregationOfDuties(scope))).await
    }
}

impl TableFile {
    async fn write(
        &self,
        settings: &Settings,
        stop: CancellationToken,
        report: impl FnOnce(&Book) -> Result<Report, ReportError>,
    ) -> Result<(), Failure> {
        self.check()?;
        let done = in_book_until(settings, &stop, async |book| {
            let target = Target::open(self.output.as_deref())?;
            let report = report(book).context("what is asked for")?;
            let mut written = self.written(book, &report).await?;
            let copied = target.sink().and_then(|mut sink| {
                io::copy(&mut written.file, &mut sink)?;
                sink.flush()
            });
            match copied.context("cannot write the table") {
                Ok(()) => target.keep()?,
                Err(error) if matches!(target, Target::StandardOutput) && is_broken_pipe(&error) => {}
                Err(error) => return Err(error.into()),
            }
            Ok(Summary { position: written.position, rows: written.rows })
        });
        self.tell(&done.await?)
    }

    /// The table, once the read models are where the book was at the beginning.
    async fn written(&self, book: &Book, report: &Report) -> anyhow::Result<WrittenReport> {
        let (last, _) = head(book.pool()).await?;
        let reached = report.known_at().map_or(last, |known_at| known_at.min(last));
        let format = match self.format {
            Format::Csv => ReportFormat::Csv,
            Format::Xlsx => ReportFormat::Xlsx,
        };
        let mut waited = Duration::ZERO;
        loop {
            let written = report.write(book, format).await?;
            if written.position >= reached {
                return Ok(written);
            }
            anyhow::ensure!(
                waited < PATIENCE,
                "the read tables are at position {}, and the book is at {reached}: does a projector run?",
                written.position
            );
            tokio::time::sleep(LOOK_AGAIN).await;
            waited += LOOK_AGAIN;
        }
    }

    /// Refuses what would be of no use to anyone.
    fn check(&self) -> Result<(), Failure> {
        let to_terminal = self.output.is_none() && io::stdout().is_terminal();
        match self.format {
            Format::Xlsx if to_terminal => {
                Err(Failure::usage(anyhow!("a workbook is not text: name a file with --output")))
            }
            Format::Xlsx | Format::Csv if self.json && self.output.is_none() => {
                Err(Failure::usage(anyhow!("--json takes standard output: name a file with --output")))
            }
            Format::Xlsx | Format::Csv => Ok(()),
        }
    }

    fn tell(&self, summary: &Summary) -> Result<(), Failure> {
        if self.json {
            say_json(summary).context("the summary")?;
            return Ok(());
        }
        let told = format!("{} rows, at position {}", summary.rows, summary.position);
        match &self.output {
            Some(file) => say(format!("{}: {told}", file.display())),
            None => note(told),
        }
        Ok(())
    }
}
