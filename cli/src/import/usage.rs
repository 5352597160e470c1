//! `tallybook import usage`.

use clap::Args;
use tallybook_domain::billing::pricing::Meter;
use tallybook_domain::billing::usage::UsageReference;
use tallybook_event_store::CommandError;
use tallybook_import::usage::{Field, GivenOfUsage, Loader, UsageImportReport, UsageList, template};
use tokio_util::sync::CancellationToken;

use super::list::{ListArguments, ListImport, PATIENCE};
use crate::failure::Failure;
use crate::settings::Settings;

/// Record what customers used, from an Excel or CSV list
///
/// Finds the row with the names of the columns, in Chinese or English: customer (its id, code or full name), meter,
/// date, quantity and reference. What is recorded already is left; another quantity for the same customer, meter, date
/// and reference is refused, unless --corrections or a column 更正 (correction) says that it is meant. A row that
/// cannot be read or is refused is reported with its number and reason, and in a copy of the file with one column more
/// (FILE.errors.xlsx or .csv, or what --errors names); the other rows are recorded. Importing a file again, or a
/// corrected copy of it, changes nothing twice.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook import usage october.xlsx --dry-run
  tallybook import usage october.csv --column reference=话单号 --word meter:短信=sms --save-mapping gateway
  tallybook import usage october-again.csv --mapping gateway --corrections
  tallybook import usage calls.csv --meter api_calls --reference daily
  tallybook import usage --template usage.xlsx")]
pub(super) struct ImportUsage {
    #[command(flatten)]
    list: ListArguments<Field>,
    /// Of every row, where no column says it
    #[arg(long, value_name = "METER")]
    meter: Option<Meter>,
    /// Of every row, where no column says it: then there is one record for a customer, meter and date
    #[arg(long, value_name = "TEXT")]
    reference: Option<UsageReference>,
    /// Another quantity takes the place of the one that is recorded
    #[arg(long)]
    corrections: bool,
}

impl ImportUsage {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let Some(file) = self.list.file(template)? else { return Ok(()) };
        let import = ListImport::open(&self.list, file, settings).await?;
        let loaded = self.load(&import, &stop).await;
        import.end(loaded).await
    }

    async fn load(
        &self,
        import: &ListImport<'_, Field>,
        stop: &CancellationToken,
    ) -> Result<(UsageImportReport, Option<CommandError>), Failure> {
        let given = GivenOfUsage { meter: self.meter.clone(), reference: self.reference.clone() };
        let list: UsageList = import.list(given).await?;
        let (context, corrections) = (import.context()?, self.corrections);
        let loader = Loader { book: &import.book, context, corrections, patience: PATIENCE };
        let progress = import.progress(list.rows.len());
        let loaded = loader.load(&list, stop, |rows| progress.advance_rows(rows)).await;
        progress.finish();
        Ok((UsageImportReport::of(&import.file, &list, &loaded, self.list.dry_run), loaded.failure))
    }
}
