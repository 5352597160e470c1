//! `tallybook import customers`, from the command line to the exit code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;
use tallybook_api::import_mappings;
use tallybook_commands::CommandContext;
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_domain::Currency;
use tallybook_event_store::{Book, CommandError};
use tallybook_import::customers::{
    ColumnChoice, CustomerList, CustomerMapping, Field, ImportReport, Loader, WordChoice, template,
};
use tallybook_import::{Limits, SourceFile, Unreadable, errors_file};
use tokio_util::sync::CancellationToken;

use super::saved;
use crate::database::Database;
use crate::environment;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::personal_data;
use crate::progress::Progress;
use crate::settings::Settings;

/// How long a book that is busy or away is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bad rows shown on a terminal; all of them are in the copy of the file and in the JSON.
const SHOWN: usize = 10;

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
    /// The list: .xlsx, or CSV in UTF-8 (with or without BOM) or GB18030 (GBK)
    #[arg(value_name = "FILE", required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Writes an empty list to fill in, and does nothing else
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    template: Option<PathBuf>,
    /// What a column means, where its name does not say it; may be given many times
    #[arg(long = "column", value_name = "FIELD=NAME")]
    columns: Vec<ColumnChoice>,
    /// What a word is kept as; a field with such words takes no others
    #[arg(long = "word", value_name = "FIELD:WRITTEN=KEPT")]
    words: Vec<WordChoice>,
    /// A field that no row may leave empty; may be given many times
    #[arg(long, value_name = "FIELD")]
    required: Vec<Field>,
    /// Of credit limits, where no column says it [default: CNY]
    #[arg(long, value_name = "CNY")]
    currency: Option<Currency>,
    /// A mapping to begin with: one that was saved in the book, or a file
    #[arg(long, value_name = "NAME|FILE")]
    mapping: Option<String>,
    /// Saves the mapping in the book under a name, or as a file when it ends in .toml or contains a slash
    #[arg(long, value_name = "NAME|FILE")]
    save_mapping: Option<String>,
    /// Where the copy with the bad rows marked goes [default: FILE.errors.xlsx or FILE.errors.csv]
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Check everything, record and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The report as one JSON object
    #[arg(long)]
    json: bool,
}

/// The report, with what is of this machine.
#[derive(Debug, Serialize)]
struct Summary<'r> {
    file: String,
    #[serde(flatten)]
    report: &'r ImportReport,
    errors_file: Option<String>,
}

impl ImportCustomers {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match (&self.template, &self.file) {
            (Some(path), _) => write_template(path),
            (None, Some(file)) => self.import(file, settings, stop).await,
            (None, None) => Err(Failure::usage(anyhow!("name the file with the list"))),
        }
    }

    async fn import(&self, path: &Path, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let file = read(path)?;
        let errors = errors_file::place(path, self.errors.as_deref(), file.format().extension())
            .map_err(|problem| Failure::usage(anyhow!(problem)))?;
        let database = Database::open(settings).await?;
        let book = match database.open_book(settings).await {
            Ok(book) => book,
            Err(failure) => {
                database.close().await;
                return Err(failure);
            }
        };
        let loaded = self.load(path, &file, (settings, &book), &stop).await;
        book.shutdown().await;
        database.close().await;
        let (report, failure) = loaded?;
        let marked = self.mark(&file, &report, &errors);
        let errors_file = matches!(marked, Ok(true)).then(|| errors.display().to_string());
        let summary = Summary { file: path.display().to_string(), report: &report, errors_file };
        if self.json {
            say_json(&summary).context("the report")?;
        } else {
            summary.show();
        }
        match (verdict(&report, failure), marked) {
            (Err(Failure::Reported), Err(failure)) => Err(failure),
            (ended, _) => ended,
        }
    }

    async fn load(
        &self,
        path: &Path,
        file: &SourceFile,
        (settings, book): (&Settings, &Book),
        stop: &CancellationToken,
    ) -> Result<(ImportReport, Option<CommandError>), Failure> {
        let mapping = self.mapping(book).await?;
        let list = CustomerList::read(file, &mapping)
            .map_err(|problem| Failure::usage(anyhow!("{}: {problem}", path.display())))?;
        if let Some(name) = self.save_mapping.as_ref().filter(|_| !self.dry_run) {
            save_mapping(book, name, &mapping).await?;
        }
        let master = personal_data::read(settings)?;
        let keys = PersonalKeys::new(book.pool().clone(), master.map(std::sync::Arc::new));
        let context = CommandContext {
            actor: environment::actor()?,
            idempotency_key: None,
            request_id: None,
            client_address: None,
            dry_run: self.dry_run,
        };
        let loader = Loader { book, keys: &keys, context, patience: PATIENCE };
        let rows = u64::try_from(list.rows.len()).unwrap_or(u64::MAX);
        let progress = Progress::over(rows, "rows", self.json);
        let advance = |rows| progress.advance(u64::try_from(rows).unwrap_or(u64::MAX));
        let loaded = loader.load(&list, stop, advance).await;
        progress.finish();
        Ok((ImportReport::of(file, &list, &loaded, self.dry_run), loaded.failure))
    }

    /// The mapping that was named, under what the command line says.
    async fn mapping(&self, book: &Book) -> Result<CustomerMapping, Failure> {
        let text = match &self.mapping {
            None => String::new(),
            Some(name) if saved::is_path(name) => std::fs::read_to_string(name)
                .with_context(|| format!("the mapping {name} cannot be read"))
                .map_err(Failure::Usage)?,
            Some(name) => import_mappings::find(book.pool(), import_mappings::CUSTOMERS, name)
                .await?
                .ok_or_else(|| Failure::usage(anyhow!("the book has no mapping {name:?} of customers")))?,
        };
        let named = CustomerMapping::parse(&text).context("the mapping").map_err(Failure::Usage)?;
        Ok(named.overridden_by(self.chosen()?))
    }

    fn chosen(&self) -> Result<CustomerMapping, Failure> {
        let mut chosen = CustomerMapping { currency: self.currency, ..CustomerMapping::default() };
        chosen.required.extend(&self.required);
        for ColumnChoice { field, name } in &self.columns {
            if chosen.columns.insert(*field, name.clone()).is_some() {
                return Err(Failure::usage(anyhow!("--column {field} is given twice")));
            }
        }
        for WordChoice { field, written, kept } in &self.words {
            chosen.words.entry(*field).or_default().insert(written.clone(), kept.clone());
        }
        Ok(chosen)
    }

    /// Whether a copy was written that says what is wrong.
    fn mark(&self, file: &SourceFile, report: &ImportReport, place: &Path) -> Result<bool, Failure> {
        let errors: BTreeMap<usize, String> = report.errors();
        if errors.is_empty() || self.dry_run {
            return Ok(false);
        }
        let advice = "import the file again with --errors FILE to have the bad rows marked elsewhere";
        let failed = |error: &dyn std::fmt::Display| {
            Failure::environment(anyhow!("cannot write {}: {error}; {advice}", place.display()))
        };
        let copy = file.marked(report.header_row, &errors).map_err(|error| failed(&error))?;
        errors_file::write(place, &copy).map_err(|error| failed(&error))?;
        Ok(true)
    }
}

impl Summary<'_> {
    /// A few lines to read.
    fn show(&self) {
        let report = self.report;
        say(format!("{}: {}, header in row {}", self.file, report.encoding, report.header_row));
        say(format!("  rows        {}", report.rows));
        let (registered, changed) =
            if report.dry_run { ("would add", "would change") } else { ("registered", "changed") };
        say(format!("  {registered:<11} {}", report.registered));
        say(format!("  {changed:<11} {}", report.changed));
        say(format!("  unchanged   {}", report.unchanged));
        say(format!("  rejected    {}", report.rejected));
        if report.left > 0 {
            say(format!("  not reached {}", report.left));
        }
        if let Some(position) = report.position {
            say(format!("  position    {position}"));
        }
        if !report.ignored_columns.is_empty() {
            note(format!("columns left alone: {}", report.ignored_columns.join(", ")));
        }
        let errors = report.errors();
        for (row, error) in errors.iter().take(SHOWN) {
            note(format!("row {row}: {error}"));
        }
        if errors.len() > SHOWN {
            note(format!("… and {} more", errors.len() - SHOWN));
        }
        if let Some(file) = &self.errors_file {
            note(format!("The bad rows are marked in {file}: correct them there and import that file."));
        }
    }
}

fn read(path: &Path) -> Result<SourceFile, Failure> {
    let unreadable = || format!("{} cannot be read", path.display());
    let size = std::fs::metadata(path).with_context(unreadable).map_err(Failure::Usage)?.len();
    if size > Limits::LONG.bytes {
        let error = anyhow::Error::new(Unreadable::TooLarge(Limits::LONG.bytes));
        return Err(Failure::Usage(error.context(unreadable())));
    }
    let bytes = std::fs::read(path).with_context(unreadable).map_err(Failure::Usage)?;
    SourceFile::read(bytes, &Limits::LONG).with_context(unreadable).map_err(Failure::Usage)
}

async fn save_mapping(book: &Book, name: &str, mapping: &CustomerMapping) -> Result<(), Failure> {
    let text = mapping.to_toml().context("the mapping cannot be written down")?;
    if saved::is_path(name) {
        std::fs::write(name, text).with_context(|| format!("cannot write {name}"))?;
        note(format!("The mapping is saved in {name}; use it with --mapping {name}"));
        return Ok(());
    }
    if !import_mappings::is_name(name) {
        let advice = "use letters, digits, - and _";
        return Err(Failure::usage(anyhow!("{name:?} is no name for a mapping: {advice}")));
    }
    let actor = environment::actor()?;
    let saved = import_mappings::Saved { list: import_mappings::CUSTOMERS, name, mapping: &text };
    import_mappings::save(book.pool(), saved, &actor, book.now()).await?;
    note(format!("The mapping is saved in the book; use it with --mapping {name}"));
    Ok(())
}

fn write_template(path: &Path) -> Result<(), Failure> {
    let workbook = template().context("the template cannot be made")?;
    std::fs::write(path, workbook)
        .with_context(|| format!("cannot write {}", path.display()))
        .map_err(Failure::Environment)?;
    note(format!("An empty list is in {}", path.display()));
    Ok(())
}

fn verdict(report: &ImportReport, failure: Option<CommandError>) -> Result<(), Failure> {
    match failure {
        Some(error @ CommandError::Refused(_)) => Err(error.into()),
        Some(error) => Err(Failure::Environment(
            anyhow::Error::new(error)
                .context("stopped: import the file again when this is mended, nothing is changed twice"),
        )),
        None if report.left > 0 => {
            note("Stopped. Import the file again: nothing is changed twice.");
            Err(Failure::Reported)
        }
        None if report.rejected > 0 => Err(Failure::Reported),
        None => Ok(()),
    }
}
