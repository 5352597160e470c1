//! `tallybook import customers`.

use std::sync::Arc;

use clap::Args;
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_domain::Currency;
use tallybook_event_store::CommandError;
use tallybook_import::customers::{CustomerList, Field, GivenOfCustomers, ImportReport, Loader, template};
use tokio_util::sync::CancellationToken;

use super::list::{ListArguments, ListImport, PATIENCE};
use crate::failure::Failure;
use crate::personal_data;
use crate::settings::Settings;

/// Register and change customers, from an Excel or CSV list
///
/// Finds the row with the names of the columns, in Chinese or English. A row is about the customer with its id, else
/// its code, else its name; where there is none, one is registered. Empty cells leave a customer as it is. A row that
/// cannot be read or is refused is reported with its number and reason, and in a copy of the file with one column more
/// (FILE.errors.xlsx or .csv, or what --errors names); the other rows are recorded. Importing a file again, or a
/// corrected copy of it, changes nothing twice.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook import customers customers.xlsx --dry-run
  tallybook import customers customers.xlsx --column code=内部编号 --column phone=手机 --save-mapping crm
  tallybook import customers customers.csv --mapping crm --word industry:IT=信息技术 --required code
  tallybook import customers --template customers.xlsx")]
pub(super) struct ImportCustomers {
    #[command(flatten)]
    list: ListArguments<Field>,
    /// Of credit limits, where no column says it [default: CNY]
    #[arg(long, value_name = "CNY")]
    currency: Option<Currency>,
}

impl ImportCustomers {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let Some(file) = self.list.file(template)? else { return Ok(()) };
        let import = ListImport::open(&self.list, file, settings).await?;
        let loaded = self.load(&import, settings, &stop).await;
        import.end(loaded).await
    }

    async fn load(
        &self,
        import: &ListImport<'_, Field>,
        settings: &Settings,
        stop: &CancellationToken,
    ) -> Result<(ImportReport, Option<CommandError>), Failure> {
        let list: CustomerList = import.list(GivenOfCustomers { currency: self.currency }).await?;
        let master = personal_data::read(settings)?;
        let keys = PersonalKeys::new(import.book.pool().clone(), master.map(Arc::new));
        let context = import.context()?;
        let loader = Loader { book: &import.book, keys: &keys, context, patience: PATIENCE };
        let progress = import.progress(list.rows.len());
        let loaded = loader.load(&list, stop, |rows| progress.advance_rows(rows)).await;
        progress.finish();
        Ok((ImportReport::of(&import.file, &list, &loaded, self.list.dry_run), loaded.failure))
    }
}
