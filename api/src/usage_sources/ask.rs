//! What every kind of source can do.

use std::fmt;
use std::path::PathBuf;
use std::time::SystemTime;

use futures::future::BoxFuture;
use tallybook_domain::billing::quarantine::CollectedRecord;
use tallybook_domain::billing::usage_source::SourceFile;
use tallybook_domain::customers::CustomerCode;
use tallybook_domain::{CustomerId, Month};
use tallybook_event_store::Book;

/// A kind of source.
pub trait Ask: fmt::Debug + Send + Sync {
    /// What it is called in the settings.
    fn kind(&self) -> &'static str;

    /// Where it is, without anything that could be a secret.
    fn place(&self) -> String;

    /// Whether it is asked about each customer's months; the alternative is to ask it what it has.
    fn asks_by_month(&self) -> bool;

    /// Whether it has something now, if it is not asked by month. Takes nothing, and does not wait.
    fn comes(&self) -> Result<bool, Unanswered>;

    /// What it has, if it is not asked by month; it is for this process alone.
    fn offers(&self) -> BoxFuture<'_, Result<Vec<Asked>, Unanswered>>;

    /// One request, once.
    fn ask<'a>(&'a self, book: &'a Book, asked: &'a Asked) -> BoxFuture<'a, Result<Brought, Unanswered>>;

    /// What it brought has been recorded; all of it, or what could be.
    fn settle<'a>(&'a self, asked: &'a Asked, ended: &'a Ended) -> BoxFuture<'a, Result<(), Unanswered>>;
}

/// One request to a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// What a customer used in a month.
    Month { customer: CustomerId, code: Option<CustomerCode>, month: Month },
    /// What a file says.
    File(FoundFile),
}

/// A file and where it lies, in the order in which files are taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundFile {
    pub modified: SystemTime,
    /// As it came.
    pub name: SourceFile,
    pub size: u64,
    pub path: PathBuf,
}

/// What a source answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brought {
    pub records: Vec<(CustomerId, CollectedRecord)>,
    /// Why parts of it cannot be read.
    pub unreadable: Vec<String>,
    /// Of the content that was read, if it is a file.
    pub hash: Option<String>,
    /// What is wrong, row by row.
    pub copy: Option<MarkedCopy>,
}

/// A copy of a file that says what is wrong in which row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedCopy {
    pub bytes: Vec<u8>,
    pub extension: &'static str,
}

/// How it ended with a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// Nothing of it has failed.
    pub whole: bool,
    pub copy: Option<MarkedCopy>,
}

/// Why there is no answer, in words without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    pub reason: String,
    /// It may work in a moment.
    pub again: bool,
}

impl Unanswered {
    pub fn for_now(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), again: true }
    }

    pub fn for_good(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), again: false }
    }
}
