//! `tallybook import deposits` and `import receipts`, from the command line to the exit code.

use std::path::Path;

use anyhow::{Context, anyhow};
use tallybook_domain::deposits::DepositMethod;
use tallybook_import::encoding::{self, Encoding};
use tallybook_import::errors_file;
use tallybook_import::sheet::Sheet;
use tokio_util::sync::CancellationToken;

use super::arguments::{ImportDeposits, ImportReceipts, StatementArguments};
use super::mapping::Mapping;
use super::record::{Becomes, Recorded, Recorder};
use super::saved;
use super::statement::{Statement, by_record};
use super::summary::Summary;
use crate::database::Database;
use crate::environment;
use crate::failure::Failure;
use crate::output::{note, say_json};
use crate::progress::Progress;
use crate::settings::Settings;

impl ImportDeposits {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let mapping = self.statement.mapping(&settings.data.value)?;
        self.statement.import((Becomes::Deposits, mapping), settings, stop).await
    }
}

impl ImportReceipts {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let mapping = self.statement.mapping(&settings.data.value)?;
        let account = self.account.or_else(|| mapping.account.clone());
        let Some(account) = account else {
            let advice = "which of your accounts did the money come into? Add --account ICBC-0123";
            return Err(Failure::usage(anyhow!(advice)));
        };
        let mapping = Mapping { account: Some(account.clone()), ..mapping };
        self.statement.import((Becomes::Receipts { account }, mapping), settings, stop).await
    }
}

impl StatementArguments {
    async fn import(
        self,
        (becomes, mapping): (Becomes, Mapping),
        settings: &Settings,
        stop: CancellationToken,
    ) -> Result<(), Failure> {
        let saved = mapping.clone();
        let mapping = match &becomes {
            Becomes::Deposits => mapping.without_receipts(),
            Becomes::Receipts { .. } => mapping,
        };
        let problems = mapping.problems();
        if !problems.is_empty() {
            return Err(Failure::usage(anyhow!(problems.join("\n       "))));
        }
        let errors = errors_file::place(&self.file, self.errors.as_deref(), "csv")
            .map_err(|problem| Failure::usage(anyhow!(problem)))?;
        let (encoding, sheet) = read(&self.file)?;
        let statement = Statement::read(&sheet, &mapping)
            .map_err(|problem| Failure::usage(anyhow!("{}: {problem}", self.file.display())))?;
        if let Some(name) = self.save_mapping.as_ref().filter(|_| !self.dry_run) {
            let path = saved::save(name, &settings.data.value, &saved)?;
            note(format!("The mapping is saved in {}; use it with --mapping {name}", path.display()));
        }
        let recorded = self.record(&statement, (becomes, &mapping), settings, &stop).await?;
        let file = self.file.display().to_string();
        let mut summary = Summary::of(file, encoding, &statement, &recorded, self.dry_run);
        let mut unmarked = None;
        if !summary.bad.is_empty() && !self.dry_run {
            let copy = errors_file::compose(&sheet, statement.header_line, &by_record(&summary.bad));
            match errors_file::write(&errors, &encoding.encode(&copy)) {
                Ok(()) => summary.errors_file = Some(errors.display().to_string()),
                Err(error) => unmarked = Some(error),
            }
        }
        if self.json {
            say_json(&summary).context("the summary")?;
        } else {
            summary.show();
        }
        match (verdict(&summary, recorded), unmarked) {
            (Err(Failure::Reported), Some(error)) => Err(cannot_mark(&errors, error)),
            (ended, _) => ended,
        }
    }

    /// The mapping that was named, under what the command line says.
    fn mapping(&self, data: &Path) -> Result<Mapping, Failure> {
        let named = match &self.mapping {
            Some(name) => saved::load(name, data)?,
            None => Mapping::default(),
        };
        let chosen = self.chosen().map_err(|problem| Failure::usage(anyhow!(problem)))?;
        Ok(named.overridden_by(chosen))
    }

    async fn record(
        &self,
        statement: &Statement,
        (becomes, mapping): (Becomes, &Mapping),
        settings: &Settings,
        stop: &CancellationToken,
    ) -> Result<Recorded, Failure> {
        let database = Database::open(settings).await?;
        let book = match database.open_book(settings).await {
            Ok(book) => book,
            Err(failure) => {
                database.close().await;
                return Err(failure);
            }
        };
        let recorder = Recorder {
            book: &book,
            actor: environment::actor()?,
            becomes,
            method: mapping.method.unwrap_or(DepositMethod::BankTransfer),
            dry_run: self.dry_run,
        };
        let progress =
            Progress::over(u64::try_from(statement.money_in().rows).unwrap_or(u64::MAX), "rows", self.json);
        let recorded = recorder.record(&statement.lines, stop, &progress).await;
        progress.finish();
        book.shutdown().await;
        database.close().await;
        Ok(recorded)
    }
}

fn read(file: &Path) -> Result<(Encoding, Sheet), Failure> {
    let unreadable = || format!("{} cannot be read", file.display());
    let bytes = std::fs::read(file).with_context(unreadable).map_err(Failure::Usage)?;
    let (encoding, text) = encoding::decode(&bytes).with_context(unreadable).map_err(Failure::Usage)?;
    let sheet = Sheet::read(text).with_context(unreadable).map_err(Failure::Usage)?;
    Ok((encoding, sheet))
}

/// Said after the summary: what was recorded is recorded, wherever the copy goes.
fn cannot_mark(errors: &Path, error: std::io::Error) -> Failure {
    let advice = "import the file again with --errors FILE to have the bad rows marked elsewhere";
    Failure::environment(anyhow!("cannot write {}: {error}; {advice}", errors.display()))
}

fn verdict(summary: &Summary, recorded: Recorded) -> Result<(), Failure> {
    match recorded.failure {
        Some(error) => Err(Failure::Environment(
            anyhow::Error::new(error)
                .context("stopped: import the file again when this is mended, nothing is recorded twice"),
        )),
        None if recorded.left > 0 => {
            note("Stopped. Import the file again: nothing is recorded twice.");
            Err(Failure::Reported)
        }
        None if !summary.bad.is_empty() => Err(Failure::Reported),
        None => Ok(()),
    }
}
