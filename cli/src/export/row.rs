//! A posting as a row of a table: what its columns are, for CSV and Parquet alike.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use tallybook_domain::ledger::{AccountKind, Posting, Side};

use super::entry::Entry;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Date,
    Moment,
    Text,
    OptionalText,
    Amount,
}

/// What stands in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    Number(u64),
    Date(NaiveDate),
    Moment(DateTime<Utc>),
    Text(&'a str),
    OptionalText(Option<&'a str>),
    /// Positive; the side says which way.
    Amount(Decimal),
}

pub(super) const COLUMNS: [(&str, Kind); 19] = [
    ("position", Kind::Number),
    ("posting", Kind::Number),
    ("effective_date", Kind::Date),
    ("recorded_at", Kind::Moment),
    ("event_type", Kind::Text),
    ("aggregate_type", Kind::Text),
    ("aggregate_id", Kind::Text),
    ("account", Kind::Text),
    ("name_en", Kind::Text),
    ("name_zh", Kind::Text),
    ("kind", Kind::Text),
    ("side", Kind::Text),
    ("amount", Kind::Amount),
    ("currency", Kind::Text),
    ("actor", Kind::Text),
    ("command_id", Kind::Text),
    ("request_id", Kind::OptionalText),
    ("reason", Kind::OptionalText),
    ("leaf_hash", Kind::Text),
];

/// The rows of an entry, one for each posting, in its order.
pub(super) fn rows(entry: &Entry) -> impl Iterator<Item = [Cell<'_>; COLUMNS.len()]> {
    (0..).zip(&entry.postings).map(|(number, posting)| row(entry, number, posting))
}

fn row<'a>(entry: &'a Entry, number: u64, posting: &Posting) -> [Cell<'a>; COLUMNS.len()] {
    let (recorded, account) = (&entry.recorded, posting.account.account());
    let metadata = &recorded.metadata;
    [
        Cell::Number(recorded.position),
        Cell::Number(number),
        Cell::Date(entry.effective_date),
        Cell::Moment(recorded.recorded_at),
        Cell::Text(recorded.event.event_type()),
        Cell::Text(recorded.event.aggregate_type()),
        Cell::Text(&recorded.aggregate_id),
        Cell::Text(account.code),
        Cell::Text(account.name_en),
        Cell::Text(account.name_zh),
        Cell::Text(kind(account.kind)),
        Cell::Text(side(posting.side)),
        Cell::Amount(posting.amount.amount()),
        Cell::Text(posting.amount.currency().code()),
        Cell::Text(&metadata.actor),
        Cell::Text(&metadata.command_id),
        Cell::OptionalText(metadata.request_id.as_deref()),
        Cell::OptionalText(metadata.reason.as_deref()),
        Cell::Text(&entry.leaf_hash),
    ]
}

fn kind(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Asset => "asset",
        AccountKind::Liability => "liability",
        AccountKind::Equity => "equity",
        AccountKind::Income => "income",
        AccountKind::Expense => "expense",
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Debit => "debit",
        Side::Credit => "credit",
    }
}
