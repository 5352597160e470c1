//! A list brought into the book: each row becomes a customer, a change of one, or a refusal with its reason.
//!
//! Rows are decided some hundreds at a time, one after the other, so that customers get their numbers in the list's
//! order. A list that was brought in before changes nothing; one that was stopped goes on where it was.

use std::collections::HashMap;
use std::time::Duration;

use tallybook_commands::CommandContext;
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_commands::customers::{CustomerFile, FileOutcome, MAX_FILES, register_or_change_customers};
use tallybook_domain::CustomerId;
use tallybook_event_store::{Book, CommandError, Receipt};
use tallybook_read_models::customers::Owners;
use tokio_util::sync::CancellationToken;

use super::{CustomerList, CustomerRow, Field};
use crate::list::{CellError, Columns, ListField, ListRow, Loaded, owners, patiently};

/// Who brings the list, and how.
#[derive(Debug, Clone)]
pub struct Loader<'b> {
    pub book: &'b Book,
    pub keys: &'b PersonalKeys,
    /// Without a key: what happens to a row depends on the book alone.
    pub context: CommandContext,
    /// How long a book that is busy or away is waited for.
    pub patience: Duration,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Registered(CustomerId),
    Changed(CustomerId),
    Unchanged(CustomerId),
    Rejected(Vec<CellError>),
    /// Nobody asked, because the import was stopped.
    Left,
}

/// A row on its way to the book, with its place in the list.
type Wanted<'l> = (usize, &'l CustomerRow);

impl Loader<'_> {
    pub async fn load(
        &self,
        list: &CustomerList,
        stop: &CancellationToken,
        mut progress: impl FnMut(usize),
    ) -> Loaded<Fate> {
        let fate = |row: &ListRow<CustomerRow>| match &row.read {
            Ok(_) => Fate::Left,
            Err(errors) => Fate::Rejected(errors.clone()),
        };
        let fates = list.rows.iter().map(fate).collect();
        let mut loaded = Loaded { fates, position: None, failure: None };
        let readable = list.rows.iter().enumerate();
        let mut wanted: Vec<Wanted<'_>> =
            readable.filter_map(|(place, row)| Some((place, row.read.as_ref().ok()?))).collect();
        // A row that is looked at twice counts once.
        let (total, mut told) = (list.rows.len(), 0);
        let mut advance = |rows: usize| {
            let rows = rows.min(total - told);
            told += rows;
            progress(rows);
        };
        advance(total - wanted.len());
        // What somebody else registered meanwhile is looked for once more.
        for _ in 0..2 {
            match self.pass(&wanted, &list.columns, stop, (&mut loaded, &mut advance)).await {
                Ok(again) if again.is_empty() => break,
                Ok(again) => wanted = again,
                Err(error) => {
                    loaded.failure = Some(error);
                    break;
                }
            }
        }
        loaded
    }

    /// Answers the rows whose name or code was taken after it had been looked for.
    async fn pass<'l>(
        &self,
        wanted: &[Wanted<'l>],
        columns: &Columns<Field>,
        stop: &CancellationToken,
        (loaded, progress): (&mut Loaded<Fate>, &mut impl FnMut(usize)),
    ) -> Result<Vec<Wanted<'l>>, CommandError> {
        let found = self.owners(wanted).await?;
        let mut resolving = Resolving { found, seen: HashMap::new(), columns };
        let mut again = Vec::new();
        for chunk in wanted.chunks(MAX_FILES) {
            if stop.is_cancelled() {
                break;
            }
            let mut sent = Vec::with_capacity(chunk.len());
            let mut files = Vec::with_capacity(chunk.len());
            for (place, row) in chunk {
                match resolving.file(*place, row) {
                    Ok(file) => {
                        sent.push((*place, *row, file.customer.is_none()));
                        files.push(file);
                    }
                    Err(errors) => loaded.fates[*place] = Fate::Rejected(errors),
                }
            }
            if files.is_empty() {
                progress(chunk.len());
                continue;
            }
            let receipt = self.send(files).await?;
            if !self.context.dry_run {
                loaded.position = loaded.position.max(Some(receipt.position));
            }
            for ((place, row, new), outcome) in sent.into_iter().zip(receipt.outcome) {
                if new && is_taken(&outcome) {
                    again.push((place, row));
                }
                loaded.fates[place] = resolving.fate(outcome);
            }
            progress(chunk.len());
        }
        Ok(again)
    }

    async fn owners(&self, wanted: &[Wanted<'_>]) -> Result<Owners, CommandError> {
        let names = wanted.iter().filter_map(|(_, row)| row.name.clone()).collect();
        let codes = wanted.iter().filter_map(|(_, row)| row.code().cloned()).collect();
        owners(self.book, names, codes).await
    }

    async fn send(&self, files: Vec<CustomerFile>) -> Result<Receipt<Vec<FileOutcome>>, CommandError> {
        patiently(self.patience, || {
            register_or_change_customers(self.book, self.keys, self.context.clone(), files.clone())
        })
        .await
    }
}

/// Rows held against the book and against each other.
struct Resolving<'l> {
    found: Owners,
    /// Which row a customer was met in.
    seen: HashMap<CustomerId, usize>,
    columns: &'l Columns<Field>,
}

impl Resolving<'_> {
    fn file(&mut self, place: usize, row: &CustomerRow) -> Result<CustomerFile, Vec<CellError>> {
        let customer = self.customer(row).map_err(|error| vec![error])?;
        let CustomerRow { name, account_manager, profile, personal, masked, .. } = row.clone();
        match &customer {
            Some(customer) if self.seen.insert(customer.clone(), place).is_some() => {
                let twice = format!("another row of the list is customer {customer} already");
                Err(vec![CellError::of_row(twice)])
            }
            None if !masked.is_empty() => Err(masked
                .into_iter()
                .map(|field| self.wrong(field, "this is a mask, and the customer is not in the book yet"))
                .collect()),
            Some(_) | None => Ok(CustomerFile { customer, name, account_manager, profile, personal }),
        }
    }

    /// The customer the row is about: by its id, else by its code, else by its name. `None` is a new one.
    fn customer(&self, row: &CustomerRow) -> Result<Option<CustomerId>, CellError> {
        if let Some(customer) = &row.customer {
            return Ok(Some(customer.clone()));
        }
        let by_code = row.code().and_then(|code| self.found.of_code(code));
        let by_name = row.name.as_ref().and_then(|name| self.found.of_name(name));
        match (by_code, by_name) {
            (Some(code), Some(name)) if code != name => {
                let detail = format!("customer {name} has this name, and customer {code} this code");
                Err(self.wrong(Field::Name, &detail))
            }
            (Some(customer), _) => Ok(Some(customer.clone())),
            (None, Some(customer)) => match (row.code(), self.found.code_of(customer)) {
                (Some(_), Some(other)) => {
                    let detail = format!(
                        "customer {customer} has this name already, with the code {other}; to change its code, write {customer} in a column {}",
                        Field::Id.chinese()
                    );
                    Err(self.wrong(Field::Name, &detail))
                }
                (Some(_) | None, Some(_) | None) => Ok(Some(customer.clone())),
            },
            (None, None) => Ok(None),
        }
    }

    fn fate(&self, outcome: FileOutcome) -> Fate {
        match outcome {
            FileOutcome::Registered { customer } => Fate::Registered(customer),
            FileOutcome::Changed { customer } => Fate::Changed(customer),
            FileOutcome::Unchanged { customer } => Fate::Unchanged(customer),
            FileOutcome::Refused { field, reason } => {
                let field = field.and_then(|field| field.parse().ok());
                Fate::Rejected(vec![match field {
                    Some(field) => self.wrong(field, &reason),
                    None => CellError::of_row(reason),
                }])
            }
        }
    }

    fn wrong(&self, field: Field, detail: &str) -> CellError {
        CellError::of(field, self.columns, detail)
    }
}

fn is_taken(outcome: &FileOutcome) -> bool {
    match outcome {
        FileOutcome::Refused { field, .. } => matches!(field.as_deref(), Some("name" | "code")),
        FileOutcome::Registered { .. } | FileOutcome::Changed { .. } | FileOutcome::Unchanged { .. } => false,
    }
}
