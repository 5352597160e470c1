//! Rows of a list as cells of a table.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use tallybook_domain::Money;
use tallybook_read_models::Total;

/// A row type that can be shown in a table. Money is two columns: the amount, a number, and the currency.
pub(crate) trait Tabular {
    const COLUMNS: &'static [&'static str];

    /// One cell for each column, in their order.
    fn cells(&self) -> Vec<Cell>;
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Empty,
    Text(String),
    /// An amount of money, with the decimals it is written with.
    Amount(Decimal),
    Integer(u64),
    Date(NaiveDate),
}

impl Cell {
    pub(crate) fn text(text: impl std::fmt::Display) -> Self {
        Self::Text(text.to_string())
    }

    /// A word as JSON spells it.
    pub(crate) fn spelled(word: impl Serialize) -> Self {
        match serde_json::to_value(word) {
            Ok(Value::String(word)) => Self::Text(word),
            Ok(other) => Self::Text(other.to_string()),
            Err(error) => Self::Text(error.to_string()),
        }
    }

    pub(crate) fn money(money: Money) -> Self {
        Self::Amount(money.amount())
    }

    /// With the currency's decimals, as money is written.
    pub(crate) fn total(total: Total) -> Self {
        Self::Amount(total.written())
    }

    pub(crate) fn optional(text: Option<impl std::fmt::Display>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    pub(crate) fn at(moment: DateTime<Utc>) -> Self {
        Self::Text(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }

    pub(crate) fn optional_date(date: Option<NaiveDate>) -> Self {
        date.map_or(Self::Empty, Self::Date)
    }
}
