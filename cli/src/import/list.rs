//! What `tallybook import` does with lists, whichever they are: arguments, mapping, copy with errors, report, exit code.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;
use tallybook_api::import_mappings;
use tallybook_commands::CommandContext;
use tallybook_event_store::{Book, CommandError};
use tallybook_import::list::{
    ColumnChoice, List, ListField, ListReport, Listed, Mapping, Summary, WordChoice,
};
use tallybook_import::{Limits, SourceFile, Unreadable, errors_file};

use super::saved;
use crate::database::Database;
use crate::environment;
use crate::failure::Failure;
use crate::output::{note, say, say_json};
use crate::progress::Progress;
use crate::settings::Settings;

/// How long a book that is busy or away is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// Bad rows shown on a terminal; all of them are in the copy of the file and in the JSON.
const SHOWN: usize = 10;

/// The arguments of all lists.
#[derive(Debug, Args)]
pub(super) struct ListArguments<F: ListField> {
    /// The list: .xlsx, or CSV in UTF-8 (with or without BOM) or GB18030 (GBK)
    #[arg(value_name = "FILE", required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Writes an empty list to fill in, and does nothing else
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    template: Option<PathBuf>,
    /// What a column means, where its name does not say it; may be given many times
    #[arg(long = "column", value_name = "FIELD=NAME")]
    columns: Vec<ColumnChoice<F>>,
    /// What a word is kept as; a field with such words takes no others
    #[arg(long = "word", value_name = "FIELD:WRITTEN=KEPT")]
    words: Vec<WordChoice<F>>,
    /// A field that no row may leave empty; may be given many times
    #[arg(long, value_name = "FIELD")]
    required: Vec<F>,
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
    pub(super) dry_run: bool,
    /// The report as one JSON object
    #[arg(long)]
    json: bool,
}

/// A list on its way into the book.
pub(super) struct ListImport<'a, F: ListField> {
    arguments: &'a ListArguments<F>,
    path: &'a Path,
    pub(super) file: SourceFile,
    /// Where the copy goes.
    errors: PathBuf,
    database: Database,
    pub(super) book: Book,
}

/// The report, with what is of this machine.
#[derive(Debug, Serialize)]
struct Shown<'r, T> {
    file: String,
    #[serde(flatten)]
    report: &'r T,
    errors_file: Option<String>,
}

impl<F: ListField> ListArguments<F> {
    /// The file to be imported; none if an empty list was asked for, which is written then.
    pub(super) fn file<E>(&self, template: fn() -> Result<Vec<u8>, E>) -> Result<Option<&Path>, Failure>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        match (&self.template, &self.file) {
            (Some(path), _) => {
                let workbook = template().context("the template cannot be made")?;
                std::fs::write(path, workbook)
                    .with_context(|| format!("cannot write {}", path.display()))
                    .map_err(Failure::Environment)?;
                note(format!("An empty list is in {}", path.display()));
                Ok(None)
            }
            (None, Some(file)) => Ok(Some(file)),
            (None, None) => Err(Failure::usage(anyhow!("name the file with the list"))),
        }
    }

    /// What the command line says, over the mapping that was named.
    async fn mapping(&self, book: &Book, given: F::Given) -> Result<Mapping<F>, Failure> {
        let text = match &self.mapping {
            None => String::new(),
            Some(name) if saved::is_path(name) => std::fs::read_to_string(name)
                .with_context(|| format!("the mapping {name} cannot be read"))
                .map_err(Failure::Usage)?,
            Some(name) => import_mappings::find(book.pool(), F::LIST, name)
                .await?
                .ok_or_else(|| Failure::usage(anyhow!("the book has no mapping {name:?} of {}", F::LIST)))?,
        };
        let named = Mapping::parse(&text).context("the mapping").map_err(Failure::Usage)?;
        Ok(named.overridden_by(self.chosen(given)?))
    }

    fn chosen(&self, given: F::Given) -> Result<Mapping<F>, Failure> {
        let mut chosen = Mapping { given, ..Mapping::default() };
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
}

impl<'a, F: ListField> ListImport<'a, F> {
    /// Reads the file, and only then opens the book.
    pub(super) async fn open(
        arguments: &'a ListArguments<F>,
        path: &'a Path,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let file = read(path)?;
        let errors = errors_file::place(path, arguments.errors.as_deref(), file.format().extension())
            .map_err(|problem| Failure::usage(anyhow!(problem)))?;
        let database = Database::open(settings).await?;
        match database.open_book(settings).await {
            Ok(book) => Ok(Self { arguments, path, file, errors, database, book }),
            Err(failure) => {
                database.close().await;
                Err(failure)
            }
        }
    }

    /// The rows, as the mapping has them, which is saved if that was asked for.
    pub(super) async fn list<R: Listed<Field = F>>(&self, given: F::Given) -> Result<List<R>, Failure> {
        let mapping = self.arguments.mapping(&self.book, given).await?;
        let list = List::read(&self.file, &mapping)
            .map_err(|problem| Failure::usage(anyhow!("{}: {problem}", self.path.display())))?;
        if let Some(name) = self.arguments.save_mapping.as_ref().filter(|_| !self.arguments.dry_run) {
            save_mapping(&self.book, name, &mapping).await?;
        }
        Ok(list)
    }

    pub(super) fn context(&self) -> Result<CommandContext, Failure> {
        Ok(CommandContext {
            actor: environment::actor()?,
            idempotency_key: None,
            request_id: None,
            client_address: None,
            dry_run: self.arguments.dry_run,
        })
    }

    pub(super) fn progress(&self, rows: usize) -> Progress {
        Progress::over(u64::try_from(rows).unwrap_or(u64::MAX), "rows", self.arguments.json)
    }

    /// Closes the book, writes the copy with the bad rows marked, and says what became of the list.
    pub(super) async fn end<T: ListReport>(
        self,
        loaded: Result<(T, Option<CommandError>), Failure>,
    ) -> Result<(), Failure> {
        let Self { arguments, path, file, errors, database, book } = self;
        book.shutdown().await;
        database.close().await;
        let (report, failure) = loaded?;
        let marked = if arguments.dry_run { Ok(false) } else { mark(&file, &report, &errors) };
        let errors_file = matches!(marked, Ok(true)).then(|| errors.display().to_string());
        let shown = Shown { file: path.display().to_string(), report: &report, errors_file };
        if arguments.json {
            say_json(&shown).context("the report")?;
        } else {
            shown.show(arguments.dry_run);
        }
        match (verdict(&report.summary(), failure), marked) {
            (Err(Failure::Reported), Err(failure)) => Err(failure),
            (ended, _) => ended,
        }
    }
}

impl<T: ListReport> Shown<'_, T> {
    /// A few lines to read.
    fn show(&self, dry_run: bool) {
        let summary = self.report.summary();
        let tried = if dry_run { ", dry run: nothing is recorded" } else { "" };
        say(format!("{}: {}, header in row {}{tried}", self.file, summary.encoding, summary.header_row));
        say(format!("  rows        {}", summary.rows));
        for (what, rows) in &summary.done {
            say(format!("  {what:<11} {rows}"));
        }
        say(format!("  unchanged   {}", summary.unchanged));
        say(format!("  rejected    {}", summary.rejected));
        if summary.left > 0 {
            say(format!("  not reached {}", summary.left));
        }
        if let Some(position) = summary.position {
            say(format!("  position    {position}"));
        }
        if !summary.ignored_columns.is_empty() {
            note(format!("columns left alone: {}", summary.ignored_columns.join(", ")));
        }
        let errors = self.report.errors();
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

/// Whether a copy was written that says what is wrong.
fn mark<T: ListReport>(file: &SourceFile, report: &T, place: &Path) -> Result<bool, Failure> {
    let errors = report.errors();
    if errors.is_empty() {
        return Ok(false);
    }
    let advice = "import the file again with --errors FILE to have the bad rows marked elsewhere";
    let failed = |error: &dyn std::fmt::Display| {
        Failure::environment(anyhow!("cannot write {}: {error}; {advice}", place.display()))
    };
    let copy = file.marked(report.summary().header_row, &errors).map_err(|error| failed(&error))?;
    errors_file::write(place, &copy).map_err(|error| failed(&error))?;
    Ok(true)
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

async fn save_mapping<F: ListField>(book: &Book, name: &str, mapping: &Mapping<F>) -> Result<(), Failure> {
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
    let saved = import_mappings::Saved { list: F::LIST, name, mapping: &text };
    import_mappings::save(book.pool(), saved, &actor, book.now()).await?;
    note(format!("The mapping is saved in the book; use it with --mapping {name}"));
    Ok(())
}

fn verdict(summary: &Summary<'_>, failure: Option<CommandError>) -> Result<(), Failure> {
    match failure {
        Some(error @ CommandError::Refused(_)) => Err(error.into()),
        Some(error) => Err(Failure::Environment(
            anyhow::Error::new(error)
                .context("stopped: import the file again when this is mended, nothing is changed twice"),
        )),
        None if summary.left > 0 => {
            note("Stopped. Import the file again: nothing is changed twice.");
            Err(Failure::Reported)
        }
        None if summary.rejected > 0 => Err(Failure::Reported),
        None => Ok(()),
    }
}
