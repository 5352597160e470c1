//! From columns to the domain's values. A column that does not read as what it must be is an error, never a default.

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use smol_str::SmolStr;
use sqlx::Row;
use sqlx::postgres::PgRow;
use tallybook_domain::billing::pricing::Quantity;
use tallybook_domain::{Currency, Money};

use super::ReadError;
use crate::fold::Stamp;

type Decoded<T> = Result<T, sqlx::Error>;

pub(crate) fn damaged(column: &str, source: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(source) }
}

/// A value of the domain by the spelling it has in JSON, in a column of a checked query.
pub(crate) fn read<T: DeserializeOwned>(text: &str, column: &str) -> Decoded<T> {
    let text: StrDeserializer<'_, ValueError> = text.into_deserializer();
    T::deserialize(text).map_err(|error| damaged(column, error))
}

/// The same in a column of a row.
pub(crate) fn spelled<T: DeserializeOwned>(row: &PgRow, column: &str) -> Decoded<T> {
    read(row.try_get(column)?, column)
}

pub(crate) fn optional<T: DeserializeOwned>(row: &PgRow, column: &str) -> Decoded<Option<T>> {
    row.try_get::<Option<&str>, _>(column)?.map(|text| read(text, column)).transpose()
}

pub(crate) fn spelled_all<T: DeserializeOwned>(row: &PgRow, column: &str) -> Decoded<Vec<T>> {
    row.try_get::<Vec<String>, _>(column)?.iter().map(|text| read(text, column)).collect()
}

pub(crate) fn text(row: &PgRow, column: &str) -> Decoded<SmolStr> {
    row.try_get::<&str, _>(column).map(SmolStr::new)
}

/// A value stored as the text of its JSON.
pub(crate) fn stored_json<T: DeserializeOwned>(row: &PgRow, column: &str) -> Decoded<T> {
    serde_json::from_str(row.try_get(column)?).map_err(|error| damaged(column, error))
}

/// A number that counts something and so is never negative.
pub(crate) fn count(row: &PgRow, column: &str) -> Decoded<u64> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|error| damaged(column, error))
}

/// Points of risk, and what they come to.
pub(crate) fn points(row: &PgRow, column: &str) -> Decoded<u32> {
    u32::try_from(row.try_get::<i64, _>(column)?).map_err(|error| damaged(column, error))
}

/// The same where there may be none.
pub(crate) fn optional_points(row: &PgRow, column: &str) -> Decoded<Option<u32>> {
    let number: Option<i64> = row.try_get(column)?;
    number.map(|number| u32::try_from(number).map_err(|error| damaged(column, error))).transpose()
}

/// A count where there may be none.
pub(crate) fn optional_count(row: &PgRow, column: &str) -> Decoded<Option<u64>> {
    let number: Option<i64> = row.try_get(column)?;
    number.map(|number| u64::try_from(number).map_err(|error| damaged(column, error))).transpose()
}

/// The same for a number of a checked query.
pub(crate) fn counted(number: i64) -> Result<u64, ReadError> {
    u64::try_from(number).map_err(|_| ReadError::Corrupt(format!("a count is {number}")))
}

/// What was counted of a meter.
pub(crate) fn quantity(number: Decimal, column: &str) -> Decoded<Quantity> {
    Quantity::new(number).map_err(|error| damaged(column, error))
}

pub(crate) fn money(row: &PgRow, column: &str, currency: Currency) -> Decoded<Money> {
    Money::new(row.try_get(column)?, currency).map_err(|error| damaged(column, error))
}

/// A position for the database, which has no unsigned numbers.
pub(crate) fn signed(position: u64) -> Result<i64, ReadError> {
    i64::try_from(position).map_err(|error| sqlx::Error::Encode(error.into()).into())
}

/// The three columns `…_position`, `…_at` and `…_by`.
pub(crate) fn stamp(row: &PgRow, position: &str, at: &str, by: &str) -> Decoded<Stamp> {
    Ok(Stamp { position: count(row, position)?, at: row.try_get(at)?, by: text(row, by)? })
}
